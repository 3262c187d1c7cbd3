"""Moving what a unit owes to its successor, row by row where an origin names the unit.

An origin ends in `unit:CODE` (a series' occurrence has its period behind it); the moved duty gets the successor's code there, so that the
next launch of the plan recognises it.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session

from campaign.records.duties import duty_table as duty
from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Duty, Finding, ItemUnit, Series, Unit, UnitAlias
from campaign.records.tables.duties import UNFINISHED

_unit, _alias, _part, _series, _finding, _campaign = (table_of(model) for model in (Unit, UnitAlias, ItemUnit, Series, Finding, Campaign))
RANK = {"lead": 0, "responsible": 1, "supporting": 2}


def drop_alias(tx: Session, name: str) -> None:
    tx.execute(delete(_alias).where(_alias.c.name == name))


def office_of(tx: Session, unit: Unit) -> str | None:
    """The running campaign whose office this unit is."""
    found: str | None = tx.execute(
        select(_campaign.c.title).where(_campaign.c.office_unit_id == unit.id, _campaign.c.state == "launched").limit(1)
    ).scalar_one_or_none()
    return found


def unfinished_duties(tx: Session, unit: Unit) -> list[Duty]:
    return list(tx.execute(select(Duty).where(duty.c.unit_id == unit.id, duty.c.state.in_(UNFINISHED)).order_by(duty.c.id)).scalars())


def twin_of(tx: Session, one: Duty, unit: Unit, into: Unit) -> int | None:
    """The successor's own duty of the same matter."""
    origin = recoded(one.origin, unit, into)
    if origin == one.origin:
        return None
    found: int | None = tx.execute(select(duty.c.id).where(duty.c.campaign_id == one.campaign_id, duty.c.origin == origin)).scalar_one_or_none()
    return found


def move_duty(tx: Session, one: Duty, unit: Unit, into: Unit) -> None:
    one.unit_id, one.origin = into.id, recoded(one.origin, unit, into)
    tx.add(one)
    tx.flush()


def recoded(origin: str, unit: Unit, into: Unit) -> str:
    return re.sub(rf"(?<=unit:){re.escape(unit.code)}(?=/|$)", into.code, origin)


def move_series(tx: Session, unit: Unit, into: Unit) -> None:
    """A series the successor has too ends; the others go on under its code."""
    for row in tx.execute(select(Series).where(_series.c.unit_id == unit.id, _series.c.state == "active")).scalars().all():
        origin = recoded(row.origin, unit, into)
        same = select(_series.c.id).where(_series.c.campaign_id == row.campaign_id, _series.c.origin == origin, _series.c.id != row.id)
        if tx.execute(same).first() is not None:
            row.state, row.next_on = "ended", None
        else:
            row.unit_id, row.origin = into.id, origin
        tx.add(row)
    tx.flush()


def move_parts(tx: Session, unit: Unit, into: Unit) -> None:
    """Where both had a part in an item, the successor keeps the higher one."""
    own: dict[int, Any] = {row.item_id: row for row in tx.execute(select(_part).where(_part.c.unit_id == into.id))}
    for row in tx.execute(select(_part).where(_part.c.unit_id == unit.id)).all():
        tx.execute(delete(_part).where(_part.c.item_id == row.item_id, _part.c.unit_id == unit.id))
        if row.item_id not in own:
            tx.execute(_part.insert().values(item_id=row.item_id, unit_id=into.id, role=row.role))
        elif RANK[row.role] < RANK[own[row.item_id].role]:
            tx.execute(update(_part).where(_part.c.item_id == row.item_id, _part.c.unit_id == into.id).values(role=row.role))


def move_findings_and_children(tx: Session, unit: Unit, into: Unit) -> None:
    tx.execute(update(_finding).where(_finding.c.unit_id == unit.id, _finding.c.state.in_(("rectifying", "rechecking"))).values(unit_id=into.id))
    tx.execute(update(_unit).where(_unit.c.parent_id == unit.id, _unit.c.id != into.id).values(parent_id=into.id))
    tx.execute(update(_unit).where(_unit.c.id == into.id, _unit.c.parent_id == unit.id).values(parent_id=unit.parent_id))
