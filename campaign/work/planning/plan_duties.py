"""From an item to its duties: who owes what by when. One mechanism, one origin, one function.

Owns the origins `item:…`, `receipt:…`, `selfcheck:…` and `summary:…`. The lead unit and each responsible unit owe the item itself;
materials are owed by the responsible units, and by the lead unit where the plan names nobody else; supporting units owe nothing.
A recurring item is a series of reports instead of one `perform`. Pure: records in, drafts out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign.plan.spec import PhaseKind
from campaign.records.duty.duties import DutyDraft
from campaign.records.planning.registry import Part
from campaign.records.tables import Campaign, DutyKind, Item, Phase, Requirement


def owing(parts: Iterable[Part]) -> list[Part]:
    """Who owes the task itself: the lead unit and every responsible unit."""
    return sorted((part for part in parts if part.role in ("lead", "responsible")), key=lambda part: (part.role != "lead", part.code))


def handing_in(parts: Iterable[Part]) -> list[Part]:
    owed = owing(parts)
    return [part for part in owed if part.role == "responsible"] or owed


def due_of(campaign: Campaign, phase: Phase, own: datetime | None, source: str) -> tuple[datetime | None, str]:
    """A duty's due time is its own deadline, else its phase's end, else the campaign's."""
    if own is not None:
        return own, source
    if phase.due_at is not None:
        return phase.due_at, "phase"
    if campaign.ends_on is not None:
        from campaign.rules.calendar import due_at_of_day

        return due_at_of_day(campaign.ends_on), "campaign"
    return None, "phase"


def item_duties(campaign: Campaign, phase: Phase, item: Item, parts: Sequence[Part], requirements: Sequence[Requirement]) -> Iterator[DutyDraft]:
    """The duties of an item that does not recur, or whose recurrence has no dates (an event, 定期)."""
    due_at, source = due_of(campaign, phase, item.due_at, item.due_source)
    frame = _Frame(campaign, phase, item)
    if item.signed:
        for part in owing(parts):
            yield frame.draft(part, DutyKind.SIGN, "sign", f"签订责任书：{item.title}", due_at, source)
    if not is_series(item):
        for part in owing(parts):
            yield frame.draft(part, DutyKind.PERFORM, "perform", item.title, due_at, source, event=item.event_name)
    for requirement in requirements:
        own, own_source = due_of(campaign, phase, requirement.due_at or item.due_at, "own" if requirement.due_at else item.due_source)
        for part in handing_in(parts):
            yield frame.draft(
                part, DutyKind.MATERIAL, f"material:{requirement.number}", f"报送《{requirement.name}》：{item.title}", own, own_source,
                event=requirement.event_name or item.event_name, requirement_id=requirement.id,
            )  # fmt: skip


def is_series(item: Item) -> bool:
    return item.recurrence is not None and item.recurrence.get("every") in ("day", "week", "month", "quarter", "year", "festival")


def standing_duties(campaign: Campaign, phase: Phase, units: Iterable[Part]) -> Iterator[DutyDraft]:
    """What every unit owes in a phase of this kind, whatever the plan says: the receipt with its contact person, the self-check, the summary."""
    asked = {
        PhaseKind.MOBILIZATION: (DutyKind.PERFORM, "receipt", "确定分管领导和联络员并报送回执"),
        PhaseKind.RECTIFICATION: (DutyKind.MATERIAL, "selfcheck", "报送自查表（含自评分）"),
        PhaseKind.CONSOLIDATION: (DutyKind.MATERIAL, "summary", "报送工作总结"),
    }.get(PhaseKind(phase.kind))
    if asked is None:
        return
    kind, mechanism, title = asked
    due_at, source = due_of(campaign, phase, None, "phase")
    for part in units:
        yield DutyDraft(
            campaign_id=_id(campaign), phase_id=_id(phase), unit_id=part.unit_id, kind=kind, origin=f"{mechanism}:{phase.key}/unit:{part.code}",
            title=title, ladder_id=campaign.ladder_id, due_at=due_at, due_source=source, waiting=True,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Frame:
    campaign: Campaign
    phase: Phase
    item: Item

    def draft(self, part: Part, kind: DutyKind, mechanism: str, title: str, due_at: datetime | None, source: str, *, event: str | None = None,
              requirement_id: int | None = None) -> DutyDraft:  # fmt: skip
        name, _, days = (event or "").partition("+")
        return DutyDraft(
            campaign_id=_id(self.campaign), phase_id=_id(self.phase), unit_id=part.unit_id, kind=kind,
            origin=f"item:{self.item.key}/{mechanism}/unit:{part.code}", title=title, ladder_id=self.campaign.ladder_id,
            due_at=None if event else due_at, due_source="event" if event else source, waiting=True, required=self.item.required,
            event_name=name or None, event_days=days or None, item_id=self.item.id, requirement_id=requirement_id,
        )  # fmt: skip


def _id(row: Campaign | Phase) -> int:
    assert row.id is not None
    return row.id
