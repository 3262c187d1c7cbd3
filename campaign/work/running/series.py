"""Recurring duties: a series a unit, and its occurrences as duties to a horizon of 14 days.

After an outage the occurrences that were missed are recorded as missed, and only the latest is opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from campaign.plan.spec import Recurrence
from campaign.records.duty.duties import DutyDraft, RungClock, create_duties, finish, start_revision
from campaign.records.planning import registry
from campaign.records.planning.calendars import load_calendar
from campaign.records.planning.registry import Part
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Item, Phase, Series
from campaign.rules.calendar import campaign_day, due_at_of_day, due_on
from campaign.rules.recurrence import Occurrence, missed_and_latest, occurrences
from campaign.work.by import By
from campaign.work.planning.plan_duties import is_series, owing

HORIZON = timedelta(days=14)
MISSED, EXCUSED = "停摆期间漏开，记为缺报", "暂缓期间到期，免报"
SHORTENED, CHANGED = "阶段缩短，该期不再报送", "报送周期调整，该期不再报送"
NO_LONGER_ASKED = "方案调整后不再要求"


def enter_series(tx: Session, campaign: Campaign, phase: Phase, item: Item, parts: Sequence[Part], today: date) -> Iterator[str]:
    """A series for each unit that owes a recurring item, from its phase's start to its end; dated anew when the phase moves. Answers their origins."""
    if not is_series(item):
        return
    starts = phase.starts_on or campaign_day(phase.opened_at or campaign.launched_at)
    ends = phase.ends_on or campaign.ends_on or starts
    for part in owing(parts):
        yield registry.put_series(
            tx, today, campaign_id=campaign.id, phase_id=phase.id, item_id=item.id, unit_id=part.unit_id, origin=f"item:{item.key}/series/unit:{part.code}",
            title=item.title[:300], recurrence=item.recurrence, starts_on=starts, ends_on=max(ends, starts),
        )  # fmt: skip


def excuse_missed(tx: Session, series: Series, since: date, by: By) -> int:
    """After a suspension: occurrences that fell due meanwhile are recorded as excused, and growing goes on from today; answers how many.

    What had been due before the suspension and was not opened then is missed, as after an outage. Neither is a debt.
    """
    campaign = tx.get_one(Campaign, series.campaign_id)
    yesterday = min(campaign_day(by.now) - timedelta(days=1), series.ends_on)
    first = series.next_on or series.starts_on
    if yesterday < first:
        return 0
    found = occurrences(Recurrence.model_validate(series.recurrence), first, yesterday, load_calendar(tx, campaign.calendar))
    created = create_duties(tx, [_occurring(series, campaign, occurrence) for occurrence in found], by.now)
    for duty in registry.duties_of_ids(tx, created):
        meanwhile = duty.due_at is not None and due_on(duty.due_at) >= since
        finish(tx, duty, DutyState.WAIVED, by.now, EXCUSED if meanwhile else MISSED)
    series.next_on = yesterday + timedelta(days=1)
    tx.add(series)
    tx.flush()
    return len(created)


def trim_series(tx: Session, campaign: Campaign, by: By, phase: Phase | None = None) -> list[str]:
    """Cancel the occurrences that lie behind the end of their series, which its phase has drawn nearer; answers what was said of them."""
    rows = registry.reports_not_begun(tx, campaign, phase)
    behind = [duty for duty, series in rows if duty.first_due_at is not None and due_on(duty.first_due_at) > series.ends_on]
    return [_let_go(tx, duty, f"{SHORTENED}{f'：{by.reason}' if by.reason else ''}", by) for duty in behind]


def follow_recurrence(tx: Session, campaign: Campaign, before: Mapping[int, Mapping[str, Any] | None], by: By) -> list[str]:
    """Where the period itself has changed, what is to come is asked anew; what is overdue stays. `before` is each series' period as it was."""
    today = campaign_day(by.now)
    told: list[str] = []
    for series in registry.series_of(tx, campaign):
        if series.state == "cancelled" or series.id not in before or before[series.id] == series.recurrence:
            continue
        series.state, series.next_on = "active", max(today, series.starts_on)
        tx.add(series)
        told.append(f"「{series.title}」的报送周期调整")
        for duty, of in registry.reports_not_begun(tx, campaign):
            if of.id == series.id and duty.due_at is not None and duty.due_at > by.now:
                _let_go(tx, duty, f"{CHANGED}{f'：{by.reason}' if by.reason else ''}", by)
    tx.flush()
    return told


def _let_go(tx: Session, duty: Duty, reason: str, by: By) -> str:
    finish(tx, duty, DutyState.CANCELLED, by.now, reason[:300])
    return f"取消「{duty.title}」（#{duty.id}）"


def grow_series(tx: Session, campaign_id: int | None, by: By, *, unit_ids: Sequence[int] | None = None, phase_id: int | None = None) -> list[Duty]:
    """Create the occurrences of open phases up to the horizon; answers the new duties that are owed (missed ones are not)."""
    today = campaign_day(by.now)
    grown: list[Duty] = []
    clocks: dict[str, RungClock] = {}
    for series, campaign in registry.growing_series(tx, today + HORIZON, campaign_id=campaign_id, unit_ids=unit_ids, phase_id=phase_id):
        clock = clocks.setdefault(campaign.calendar, RungClock(tx, campaign.calendar))
        grown += _grow(tx, series, campaign, today, by, clock)
    return grown


def _grow(tx: Session, series: Series, campaign: Campaign, today: date, by: By, clock: RungClock) -> list[Duty]:
    until = min(today + HORIZON, series.ends_on)
    found = occurrences(Recurrence.model_validate(series.recurrence), series.next_on or series.starts_on, until, load_calendar(tx, campaign.calendar))
    missed, _ = missed_and_latest(found, by.now)
    drafts = {f"{series.origin}/{occurrence.key}": _occurring(series, campaign, occurrence) for occurrence in found}
    created = registry.duties_of_ids(tx, create_duties(tx, list(drafts.values()), by.now, clock))
    created += _asked_again(tx, campaign, [draft for origin, draft in drafts.items() if origin not in {duty.origin for duty in created}], by)
    gone = {f"{series.origin}/{occurrence.key}" for occurrence in missed}
    for duty in created:
        if duty.origin in gone:
            finish(tx, duty, DutyState.WAIVED, by.now, MISSED)
    series.next_on = until + timedelta(days=1)
    if until >= series.ends_on:
        series.state, series.next_on = "ended", None
    tx.add(series)
    tx.flush()
    return [duty for duty in created if duty.origin not in gone]


def _occurring(series: Series, campaign: Campaign, occurrence: Occurrence) -> DutyDraft:
    return DutyDraft(
        campaign_id=series.campaign_id, phase_id=series.phase_id, unit_id=series.unit_id, kind=DutyKind.REPORT, origin=f"{series.origin}/{occurrence.key}",
        title=f"{series.title}（{occurrence.label}）", ladder_id=campaign.ladder_id, due_at=due_at_of_day(occurrence.due_on), due_source="own",
        item_id=series.item_id, series_id=series.id,
    )  # fmt: skip


def _asked_again(tx: Session, campaign: Campaign, drafts: Sequence[DutyDraft], by: By) -> list[Duty]:
    """Occurrences that a shorter phase or another plan had cancelled are owed again, as a new revision."""
    known = registry.duties_by_origin(tx, campaign, [draft.origin for draft in drafts]) if drafts else {}
    again = []
    for draft in drafts:
        duty = known.get(draft.origin)
        if duty is None or duty.state != DutyState.CANCELLED or not (duty.closed_reason or "").startswith((SHORTENED, CHANGED, NO_LONGER_ASKED)):
            continue
        assert draft.due_at is not None
        duty.finished_at, duty.closed_reason, duty.opened_at, duty.first_due_at, duty.series_id = None, None, by.now, draft.due_at, draft.series_id
        start_revision(tx, duty, due_at=draft.due_at, now=by.now, state=DutyState.OPEN, source="own")
        again.append(duty)
    return again
