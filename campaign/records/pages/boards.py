"""What the portal's overview shows of all campaigns, in a handful of set-based queries that walk indexes only.

The lights of a phase are counted from (phase, state, due) of the index: a condition on other columns would read every duty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, select
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Notice, Parked, PassRun, Phase, RungRow, Unit
from campaign.records.tables.duties import CLIMBING
from campaign.records.tables.duties import duty_table as duty
from campaign.rules.calendar import Light, due_on

_campaign, _phase, _unit, _notice, _run, _parked, _rung = (table_of(model) for model in (Campaign, Phase, Unit, Notice, PassRun, Parked, RungRow))


@dataclass
class PhaseLine:
    id: int
    number: int
    key: str
    name: str
    kind: str
    state: str
    starts_on: date | None
    ends_on: date | None
    lights: dict[str, int] = field(default_factory=lambda: dict.fromkeys((light.value for light in Light), 0))
    total: int = 0
    done: int = 0


@dataclass
class CampaignLine:
    id: int
    slug: str
    title: str
    state: str
    starts_on: date | None
    ends_on: date | None
    live: bool
    phases: list[PhaseLine] = field(default_factory=list)

    @property
    def lights(self) -> dict[str, int]:
        return {light.value: sum(phase.lights[light.value] for phase in self.phases) for light in Light}

    @property
    def total(self) -> int:
        return sum(phase.total for phase in self.phases)

    @property
    def done(self) -> int:
        return sum(phase.done for phase in self.phases)


A_QUERY = 500
"""Ids in one question: databases bound the number of parameters."""


@dataclass(frozen=True, slots=True)
class RedLine:
    id: int
    campaign: str
    unit: str
    title: str
    due_on: date
    due_at: datetime
    rung: int
    rung_name: str


def campaign_lines(tx: Session, *, slug: str | None = None, limit: int = 20, offset: int = 0) -> list[CampaignLine]:
    """Campaigns that were not discarded, the running ones first, each with its phases; two queries."""
    chosen = select(_campaign).where(_campaign.c.state != "discarded")
    if slug is not None:
        chosen = chosen.where(_campaign.c.slug == slug)
    chosen = chosen.order_by(case((_campaign.c.state == "launched", 0), else_=1), _campaign.c.id.desc()).limit(limit).offset(offset)
    found = {row.id: CampaignLine(row.id, row.slug, row.title, row.state, row.starts_on, row.ends_on, row.live_at is not None) for row in tx.execute(chosen)}
    for row in tx.execute(select(_phase).where(_phase.c.campaign_id.in_(list(found))).order_by(_phase.c.campaign_id, _phase.c.number)):
        found[row.campaign_id].phases.append(PhaseLine(row.id, row.number, row.key, row.name, row.kind, row.state, row.starts_on, row.ends_on))
    return list(found.values())


def campaign_and_phase(tx: Session, slug: str, number: int) -> tuple[Campaign, Phase] | None:
    """A phase by its number, with its campaign, in one query."""
    rows = select(Campaign, Phase).join(Phase, _phase.c.campaign_id == _campaign.c.id).where(_campaign.c.slug == slug, _phase.c.number == number)
    found = tx.execute(rows).one_or_none()
    return None if found is None else (found[0], found[1])


def light_counts(tx: Session, phase_ids: Sequence[int], now: datetime, yellow_until: datetime) -> dict[int, dict[str, int]]:
    """Lights, `total` and `done` of each phase, from the index alone. Cancelled duties do not count."""
    red = func.sum(cast(duty.c.due_at <= now, Integer))
    soon = func.sum(cast(duty.c.due_at <= yellow_until, Integer))
    rows = (
        select(duty.c.phase_id, duty.c.state, func.count().label("total"), red.label("red"), soon.label("soon"))
        .where(duty.c.phase_id.in_(list(phase_ids)), duty.c.state != "cancelled")
        .group_by(duty.c.phase_id, duty.c.state)
    )
    found: dict[int, dict[str, int]] = {}
    for row in tx.execute(rows):
        counts = found.setdefault(row.phase_id, {"red": 0, "yellow": 0, "green": 0, "grey": 0, "total": 0, "done": 0})
        counts["total"] += row.total
        if row.state in ("waived", "suspended", "waiting"):
            counts["grey"] += row.total
        elif row.state in CLIMBING:
            late = row.red or 0
            near = row.total if row.state == "returned" else row.soon or 0
            counts["red"] += late
            counts["yellow"] += near - late
            counts["green"] += row.total - near
        else:
            counts["green"] += row.total
            counts["done"] += row.total if row.state == "accepted" else 0
    return found


def put_counts(lines: Sequence[CampaignLine], counts: dict[int, dict[str, int]]) -> None:
    for line in lines:
        for phase in line.phases:
            counted = counts.get(phase.id)
            if counted is not None:
                phase.lights = {light.value: counted[light.value] for light in Light}
                phase.total, phase.done = counted["total"], counted["done"]


def red_list(tx: Session, campaign_ids: Sequence[int], now: datetime, *, limit: int = 20) -> list[RedLine]:
    """The longest overdue first. The ids are picked from the index before anything is joined to them."""
    late = and_(duty.c.campaign_id.in_(list(campaign_ids)), duty.c.state.in_(CLIMBING), duty.c.due_at <= now)
    picked = select(duty.c.id).where(late).order_by(duty.c.due_at, duty.c.id).limit(limit).subquery()
    rows = (
        select(
            duty.c.id,
            _campaign.c.title.label("campaign"),
            _unit.c.name.label("unit"),
            duty.c.title,
            duty.c.due_at,
            duty.c.rung,
            _rung.c.name.label("rung_name"),
        )
        .join(picked, picked.c.id == duty.c.id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .join(_campaign, _campaign.c.id == duty.c.campaign_id)
        .outerjoin(_rung, and_(_rung.c.ladder_id == duty.c.ladder_id, _rung.c.number == duty.c.rung))
        .order_by(duty.c.due_at, duty.c.id)
    )
    return [RedLine(row.id, row.campaign, row.unit, row.title, due_on(row.due_at), row.due_at, row.rung, row.rung_name or "") for row in tx.execute(rows)]


def papers_to_sign(tx: Session, *, state: str = "draft", limit: int = 20, offset: int = 0) -> list[Any]:
    """Drafts that wait for a signature (or issued ones that have not arrived), the oldest first."""
    rows = (
        select(
            _notice.c.id,
            _notice.c.title,
            _notice.c.kind,
            _notice.c.number,
            _notice.c.created_at,
            func.coalesce(_notice.c.unit_name, _unit.c.name).label("unit"),
            _campaign.c.title.label("campaign"),
        )
        .join(_unit, _unit.c.id == _notice.c.unit_id)
        .join(_campaign, _campaign.c.id == _notice.c.campaign_id)
        .where(_notice.c.state == state)
        .order_by(_notice.c.id)
        .limit(limit)
        .offset(offset)
    )
    return list(tx.execute(rows))


def recent_passes(tx: Session, *, campaign_id: int | None = None, limit: int = 10) -> list[Any]:
    rows = (
        select(_run, _campaign.c.title.label("campaign"), _campaign.c.slug, _phase.c.name.label("phase"))
        .outerjoin(_campaign, _campaign.c.id == _run.c.campaign_id)
        .outerjoin(_phase, _phase.c.id == _run.c.phase_id)
        .order_by(_run.c.id.desc())
        .limit(limit)
    )
    if campaign_id is not None:
        rows = rows.where(_run.c.campaign_id == campaign_id)
    return list(tx.execute(rows))


def parked_count(tx: Session) -> int:
    return int(tx.execute(select(func.count()).select_from(_parked)).scalar_one())


def rung_names(tx: Session, duty_ids: Sequence[int]) -> dict[int, str]:
    """The name of the rung that each duty has reached, as its own ladder names it; duties on no rung are left out."""
    reached = and_(_rung.c.ladder_id == duty.c.ladder_id, _rung.c.number == duty.c.rung)
    named: dict[int, str] = {}
    for start in range(0, len(duty_ids), A_QUERY):
        rows = select(duty.c.id, _rung.c.name).join(_rung, reached).where(duty.c.id.in_(list(duty_ids[start : start + A_QUERY])))
        named |= {row.id: row.name for row in tx.execute(rows)}
    return named
