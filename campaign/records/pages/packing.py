"""What the package of a campaign will hold, by item, and what is missing; counted by the same conditions as the package, without reading it.

Owns these counts: one statement for all items, one for a leaf of the missing list, however many duties there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select
from sqlmodel import Session, col

from campaign.records.duty.evidence import package_items
from campaign.records.statements import table_of
from campaign.records.tables import DutyKind, DutyState, Item, PackageRecord, Unit
from campaign.records.tables.duties import duty_table as duty

_unit, _item = table_of(Unit), table_of(Item)
INTERNAL = (DutyKind.REVIEW, DutyKind.RECHECK)
DONE = (DutyState.ACCEPTED, DutyState.WAIVED)
RECTIFICATIONS, OTHERS = -1, 0
"""Keys of the two folders that are no item's."""


@dataclass(frozen=True, slots=True)
class ItemLine:
    key: int
    number: str | None
    title: str
    phase: str
    owed: int
    done: int
    missing: int


@dataclass(frozen=True, slots=True)
class MissingLine:
    duty_id: int
    title: str
    unit: str
    item: str | None
    state: str
    due_at: datetime | None


def item_lines(tx: Session, campaign_id: int) -> list[ItemLine]:
    """In the order of the package's folders; an item that nobody owes anything for stays, as its folder does."""
    missing = and_(duty.c.required, duty.c.state.not_in(DONE))
    rows = tx.execute(
        select(
            _key().label("key"), func.count().label("owed"), func.sum(case((duty.c.state.in_(DONE), 1), else_=0)).label("done"),
            func.sum(case((missing, 1), else_=0)).label("missing"),
        ).where(_packed(campaign_id)).group_by(_key())
    )  # fmt: skip
    counts = {row.key: (int(row.owed), int(row.done), int(row.missing)) for row in rows}
    items = package_items(tx, campaign_id)
    found = [ItemLine(one.id, one.number, one.title, one.phase, *counts.pop(one.id, (0, 0, 0))) for one in items]
    fixed = counts.pop(RECTIFICATIONS, None)
    rest = [sum(numbers) for numbers in zip(*counts.values(), strict=True)]
    if fixed:
        found.append(ItemLine(RECTIFICATIONS, None, "整改事项", "", *fixed))
    if rest:
        found.append(ItemLine(OTHERS, None, "其他事项", "", *rest))
    return found


def missing_lines(tx: Session, campaign_id: int, *, folders: Sequence[int], item: int | None, limit: int, offset: int) -> list[MissingLine]:
    """Required and neither accepted nor waived, by unit; of one of the `folders` only where `item` names it."""
    chosen = [_packed(campaign_id), duty.c.required, duty.c.state.not_in(DONE)]
    if item == OTHERS:
        chosen.append(_key().not_in([RECTIFICATIONS, *(key for key in folders if key != OTHERS)]))
    elif item is not None:
        chosen.append(_key() == item)
    rows = (
        select(duty.c.id, duty.c.title, _unit.c.name.label("unit"), _item.c.title.label("item"), duty.c.state, duty.c.due_at)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .outerjoin(_item, _item.c.id == duty.c.item_id)
        .where(*chosen)
        .order_by(_unit.c.code, duty.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [MissingLine(*row) for row in tx.execute(rows)]


def packages_of(tx: Session, campaign_id: int) -> list[PackageRecord]:
    """The frozen ones, the newest first."""
    rows = select(PackageRecord).where(col(PackageRecord.campaign_id) == campaign_id).order_by(col(PackageRecord.number).desc()).limit(50)
    return list(tx.execute(rows).scalars())


def _key() -> ColumnElement[int]:
    # Literals, for PostgreSQL takes two bound values for two expressions and would not group by this one.
    return case((duty.c.finding_id.is_not(None), literal_column(str(RECTIFICATIONS))), else_=func.coalesce(duty.c.item_id, literal_column(str(OTHERS))))


def _packed(campaign_id: int) -> ColumnElement[bool]:
    """What units owe the campaign, as `evidence.package_duties` reads it."""
    return and_(duty.c.campaign_id == campaign_id, duty.c.state != DutyState.CANCELLED, duty.c.kind.not_in(INTERNAL), duty.c.notice_id.is_(None))
