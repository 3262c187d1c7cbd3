"""Parts of a split duty: who has them, which are not done yet, and the units below that may get one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from campaign.records.pages.views import light_column
from campaign.records.statements import among, one_of_words, table_of
from campaign.records.tables import Duty, Submission, Unit
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty

_unit, _submission = table_of(Unit), table_of(Submission)
MOST_PARTS = 500
_WAITED_FOR = (
    select(duty.c.parent_id, _unit.c.name)
    .join(_unit, _unit.c.id == duty.c.unit_id)
    .where(among(duty.c.parent_id), one_of_words(duty.c.state, UNFINISHED))
    .order_by(duty.c.parent_id, duty.c.id)
)


def parts_of(tx: Session, duty_id: int) -> list[Duty]:
    """The parts that stand: what was undone is not among them."""
    chosen = select(Duty).where(duty.c.parent_id == duty_id, duty.c.state != "cancelled").order_by(duty.c.id)
    return list(tx.execute(chosen).scalars())


def parts_undone(tx: Session, duty_id: int, unit_id: int) -> int:
    """How often a part of this unit was undone: the next one needs an origin of its own."""
    chosen = select(func.count()).select_from(duty).where(duty.c.parent_id == duty_id, duty.c.unit_id == unit_id, duty.c.state == "cancelled")
    return int(tx.execute(chosen).scalar_one())


def any_handed_in(tx: Session, duty_ids: Collection[int]) -> bool:
    return tx.execute(select(_submission.c.id).where(_submission.c.duty_id.in_(list(duty_ids))).limit(1)).first() is not None


def parts_and_below(tx: Session, duty_id: int, unit_id: int) -> tuple[bool, bool]:
    """Whether a duty has parts, and whether its unit has units below it."""
    parts = select(duty.c.id).where(duty.c.parent_id == duty_id, duty.c.state != "cancelled").exists()
    below = select(_unit.c.id).where(_unit.c.parent_id == unit_id, _unit.c.state == "active").exists()
    row = tx.execute(select(parts, below)).one()
    return bool(row[0]), bool(row[1])


def waited_for(tx: Session, duty_ids: Collection[int]) -> dict[int, list[str]]:
    """Duty → names of the units whose parts are not done yet."""
    found: dict[int, list[str]] = {}
    for row in tx.execute(_WAITED_FOR, {"b_ids": duty_ids}):
        found.setdefault(row.parent_id, []).append(row.name)
    return found


def part_lines(tx: Session, duty_id: int, now: datetime, yellow_until: datetime) -> list[Any]:
    """For the page of the whole: each part with its unit, light and state."""
    rows = (
        select(duty.c.id, duty.c.state, duty.c.due_at, duty.c.acked_at, duty.c.unit_id, _unit.c.name.label("unit"),
               light_column(now, yellow_until).label("light"))
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(duty.c.parent_id == duty_id, duty.c.state != "cancelled")
        .order_by(duty.c.id)
        .limit(MOST_PARTS)
    )  # fmt: skip
    return list(tx.execute(rows))


def whole_of(tx: Session, part: Any) -> Any | None:
    """What a part is a part of: (id, title, unit, due_at)."""
    if part.parent_id is None:
        return None
    rows = select(duty.c.id, duty.c.title, duty.c.due_at, duty.c.unit_id, _unit.c.name.label("unit")).join(_unit, _unit.c.id == duty.c.unit_id)
    return tx.execute(rows.where(duty.c.id == part.parent_id)).one_or_none()


def units_below(tx: Session, unit_id: int) -> list[Unit]:
    """The units directly below, who may get a part."""
    chosen = select(Unit).where(_unit.c.parent_id == unit_id, _unit.c.state == "active").order_by(_unit.c.code).limit(MOST_PARTS)
    return list(tx.execute(chosen).scalars())
