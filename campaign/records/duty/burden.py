"""How much was asked of each unit in each week, and the requests beside the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, and_, case, cast, func, or_, select
from sqlmodel import Session

from campaign.records.statements import insert_new, table_of
from campaign.records.tables import Campaign, ExtraRequest, Phase, Unit
from campaign.records.tables.duties import duty_table as duty
from campaign.rules.calendar import due_at_of_day

_extra, _unit, _phase = table_of(ExtraRequest), table_of(Unit), table_of(Phase)
ASKED_KINDS = ("perform", "material", "report", "rectify", "sign")
_beside = or_(duty.c.origin.like("extra:%"), duty.c.origin.like("rectify:%"))


@dataclass(frozen=True, slots=True)
class Load:
    """What one unit was asked for: by week all requests, and those beside the plan."""

    unit_id: int
    unit: str
    asked: tuple[int, ...]
    extra: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.asked)


def _start(monday: date) -> Any:
    """00:00 of that day; `due_at_of_day` is the end of the day before."""
    return due_at_of_day(date.fromordinal(monday.toordinal() - 1))


def loads(tx: Session, campaign: Campaign, weeks: Sequence[date], *, unit_id: int | None = None) -> list[Load]:
    """One row a unit, the most burdened of the last week first; the office's own work does not count. `weeks` are Mondays in order."""
    ends = [*weeks[1:], date.fromordinal(weeks[-1].toordinal() + 7)]
    within = [and_(duty.c.opened_at >= _start(first), duty.c.opened_at < _start(end)) for first, end in zip(weeks, ends, strict=True)]
    asked = [func.sum(case((one, 1), else_=0)).label(f"w{place}") for place, one in enumerate(within)]
    extra = [func.sum(cast(and_(one, _beside), Integer)).label(f"x{place}") for place, one in enumerate(within)]
    rows = (
        select(duty.c.unit_id, _unit.c.name, *asked, *extra)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(duty.c.campaign_id == campaign.id, duty.c.opened_at >= _start(weeks[0]), duty.c.opened_at < _start(ends[-1]))
        .where(duty.c.state.not_in(("waiting", "cancelled")), duty.c.kind.in_(ASKED_KINDS), duty.c.notice_id.is_(None))
        .where(or_(duty.c.unit_id != campaign.office_unit_id, duty.c.item_id.is_not(None)))
        .group_by(duty.c.unit_id, _unit.c.name)
    )
    if unit_id is not None:
        rows = rows.where(duty.c.unit_id == unit_id)
    count = len(weeks)
    found = [
        Load(row[0], row[1], tuple(int(one or 0) for one in row[2 : 2 + count]), tuple(int(one or 0) for one in row[2 + count :])) for row in tx.execute(rows)
    ]
    return sorted(found, key=lambda one: (-one.asked[-1], -one.total, one.unit))


def _numbers(cells: Sequence[Any]) -> tuple[int, ...]:
    return tuple(int(one or 0) for one in cells)


def enter(tx: Session, **values: Any) -> ExtraRequest | None:
    """None when this form was sent before."""
    created = insert_new(tx, ExtraRequest, [values])
    return tx.get_one(ExtraRequest, created[0]) if created else None


def by_key(tx: Session, key: str) -> ExtraRequest:
    found: ExtraRequest = tx.execute(select(ExtraRequest).where(_extra.c.key == key)).scalar_one()
    return found


def extra_requests(tx: Session, campaign_id: int, *, held: bool, limit: int = 50) -> list[Any]:
    """Those that wait, the oldest first; or the latest others."""
    rows = (
        select(_extra, _unit.c.name.label("unit"), _phase.c.name.label("phase"))
        .join(_unit, _unit.c.id == _extra.c.unit_id)
        .join(_phase, _phase.c.id == _extra.c.phase_id)
        .where(_extra.c.campaign_id == campaign_id, _extra.c.state == "held" if held else _extra.c.state != "held")
        .order_by(_extra.c.id if held else _extra.c.id.desc())
        .limit(limit)
    )
    return list(tx.execute(rows))


def slug_of(tx: Session, campaign_id: int) -> str:
    return tx.get_one(Campaign, campaign_id).slug
