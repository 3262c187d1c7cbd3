"""What a lead unit sees: its items with the lights of everybody's duties, the units of one item, and what of theirs is accepted.

A fixed number of queries a page: ids are picked by an index, then counted and joined.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, select
from sqlmodel import Session

from campaign.records.pages.todo import OWN_KINDS
from campaign.records.pages.views import light_column
from campaign.records.statements import insert_new, table_of
from campaign.records.tables import Campaign, CompiledPart, Item, ItemUnit, Notice, NoticeLine, Phase, StoredFile, Submission, SubmissionFile, Unit, Verdict
from campaign.records.tables.duties import CLIMBING
from campaign.records.tables.duties import duty_table as duty

_item, _part, _campaign, _phase, _unit = (table_of(model) for model in (Item, ItemUnit, Campaign, Phase, Unit))
_submission, _file, _stored, _verdict, _notice, _line = (
    table_of(model) for model in (Submission, SubmissionFile, StoredFile, Verdict, Notice, NoticeLine)
)  # fmt: skip
MOST_LINES, MOST_PARTS = 300, 200


def led_items(tx: Session, unit_ids: Collection[int] | None, *, limit: int, offset: int = 0) -> list[Any]:
    """The items that these units lead in running campaigns, in the order of the campaigns and plans."""
    rows = (
        select(_item.c.id, _item.c.key, _item.c.number, _item.c.title, _item.c.due_at, _unit.c.name.label("unit"), _part.c.unit_id,
               _campaign.c.title.label("campaign"), _phase.c.name.label("phase"))
        .join(_part, and_(_part.c.item_id == _item.c.id, _part.c.role == "lead"))
        .join(_unit, _unit.c.id == _part.c.unit_id)
        .join(_campaign, _campaign.c.id == _item.c.campaign_id)
        .join(_phase, _phase.c.id == _item.c.phase_id)
        .where(_item.c.state == "active", _campaign.c.state == "launched")
        .order_by(_item.c.id)
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    if unit_ids is not None:
        rows = rows.where(_part.c.unit_id.in_(sorted(unit_ids)))
    return list(tx.execute(rows))


def counts_of_items(tx: Session, item_ids: Collection[int], now: datetime, yellow_until: datetime) -> dict[int, dict[str, int]]:
    """Item → how many units owe something, how many duties are late, waiting for review, done, and in all."""
    owed = _theirs(duty.c.item_id.in_(list(item_ids)))
    rows = (
        select(duty.c.item_id, *_counted(now, yellow_until), func.count(duty.c.unit_id.distinct()).label("units"))
        .where(owed)
        .group_by(duty.c.item_id)
    )  # fmt: skip
    return {row.item_id: dict(row._mapping) for row in tx.execute(rows)}


def item_facts(tx: Session, item_id: int) -> Any | None:
    """One item with its lead unit."""
    rows = (
        select(_item, _part.c.unit_id.label("lead_id"), _unit.c.name.label("lead"), _campaign.c.title.label("campaign"), _campaign.c.slug,
               _phase.c.name.label("phase"))
        .join(_part, and_(_part.c.item_id == _item.c.id, _part.c.role == "lead"))
        .join(_unit, _unit.c.id == _part.c.unit_id)
        .join(_campaign, _campaign.c.id == _item.c.campaign_id)
        .join(_phase, _phase.c.id == _item.c.phase_id)
        .where(_item.c.id == item_id)
    )  # fmt: skip
    return tx.execute(rows).one_or_none()


def units_of_item(tx: Session, item_id: int, now: datetime, yellow_until: datetime, *, limit: int, offset: int = 0) -> list[Any]:
    """Each unit's count for an item, who is late first."""
    red = _counted(now, yellow_until)[0]
    rows = (
        select(duty.c.unit_id, _unit.c.name.label("unit"), *_counted(now, yellow_until))
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(_theirs(duty.c.item_id == item_id))
        .group_by(duty.c.unit_id, _unit.c.name)
        .order_by(red.desc(), duty.c.unit_id)
        .limit(limit)
        .offset(offset)
    )
    return list(tx.execute(rows))


def duties_of_item(tx: Session, item_id: int, unit_ids: Sequence[int], now: datetime, yellow_until: datetime) -> dict[int, list[Any]]:
    """Unit → its duties of an item, what is not done first."""
    over = cast(duty.c.state.in_(("accepted", "waived")), Integer)
    rows = (
        select(duty.c.id, duty.c.unit_id, duty.c.kind, duty.c.title, duty.c.state, duty.c.due_at, duty.c.submitted_at, duty.c.closed_reason,
               light_column(now, yellow_until).label("light"))
        .where(_theirs(duty.c.item_id == item_id), duty.c.unit_id.in_(list(unit_ids)))
        .order_by(over, duty.c.due_at, duty.c.id)
        .limit(MOST_LINES)
    )  # fmt: skip
    found: dict[int, list[Any]] = {}
    for row in tx.execute(rows):
        found.setdefault(row.unit_id, []).append(row)
    return found


def own_open(tx: Session, item_id: int, lead_id: int) -> list[Any]:
    """What the lead unit itself still has to hand in for an item."""
    rows = select(duty.c.id, duty.c.kind, duty.c.title, duty.c.state, duty.c.due_at).where(
        duty.c.item_id == item_id, duty.c.unit_id == lead_id, duty.c.kind.in_(OWN_KINDS), duty.c.kind != "sign", duty.c.parent_id.is_(None),
        duty.c.state.in_((*CLIMBING, "submitted")),
    )  # fmt: skip
    return list(tx.execute(rows.order_by(duty.c.due_at, duty.c.id).limit(30)))


def accepted_parts(tx: Session, item_id: int, lead_id: int, *, only: Collection[int] | None = None) -> list[Any]:
    """Accepted versions of the other units' duties of an item, by unit: what a compilation may be made of."""
    files = select(func.count()).where(_file.c.submission_id == _submission.c.id).scalar_subquery()
    rows = (
        select(_submission.c.id, _submission.c.version, _submission.c.note, duty.c.id.label("duty_id"), duty.c.title, duty.c.unit_id,
               _unit.c.name.label("unit"), files.label("files"))
        .join(_verdict, and_(_verdict.c.submission_id == _submission.c.id, _verdict.c.outcome == "accepted"))
        .join(duty, duty.c.id == _submission.c.duty_id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(_theirs(duty.c.item_id == item_id), duty.c.unit_id != lead_id, duty.c.state == "accepted")
        .order_by(_unit.c.code, _submission.c.id)
        .limit(MOST_PARTS)
    )  # fmt: skip
    if only is not None:
        rows = rows.where(_submission.c.id.in_(sorted(only)))
    return list(tx.execute(rows))


def files_of_parts(tx: Session, submission_ids: Collection[int]) -> list[Any]:
    """The files of these versions that were not withdrawn, in order."""
    rows = (
        select(_file.c.submission_id, _file.c.name, _file.c.sha256, _stored.c.size, _stored.c.media_type)
        .join(_stored, _stored.c.sha256 == _file.c.sha256)
        .where(_file.c.submission_id.in_(list(submission_ids)), _stored.c.withdrawn_at.is_(None))
        .order_by(_file.c.submission_id, _file.c.number)
    )
    return list(tx.execute(rows))


def link_parts(tx: Session, submission_id: int, part_ids: Sequence[int]) -> None:
    insert_new(tx, CompiledPart, [{"submission_id": submission_id, "part_id": part_id} for part_id in part_ids], returning="part_id")


def still_owed(tx: Session, item_id: int, lead_id: int) -> list[Any]:
    """Duties of the other units that are in hand: (id, unit_id, unit)."""
    rows = (
        select(duty.c.id, duty.c.unit_id, _unit.c.name.label("unit"))
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(duty.c.item_id == item_id, duty.c.unit_id != lead_id, duty.c.state.in_(CLIMBING), duty.c.kind.in_(OWN_KINDS), duty.c.parent_id.is_(None))
        .order_by(_unit.c.code, duty.c.id)
    )
    return list(tx.execute(rows))


def reminded_on(tx: Session, duty_ids: Collection[int], kind: str, day: Any) -> set[int]:
    """Those of these duties that a paper of this kind, asked for by a person, named on this day."""
    rows = (
        select(_line.c.duty_id)
        .join(_notice, _notice.c.id == _line.c.notice_id)
        .where(_line.c.duty_id.in_(list(duty_ids)), _notice.c.kind == kind, _notice.c.rung == 0, _notice.c.day == day)
    )
    return set(tx.execute(rows).scalars())


def _theirs(chosen: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(chosen, duty.c.kind.in_(OWN_KINDS), duty.c.state != "cancelled", duty.c.parent_id.is_(None))


def _counted(now: datetime, yellow_until: datetime) -> list[Any]:
    light = light_column(now, yellow_until)
    return [
        *(func.sum(case((light == name, 1), else_=0)).label(name) for name in ("red", "yellow", "green", "grey")),
        func.sum(cast(duty.c.state == "submitted", Integer)).label("submitted"),
        func.sum(cast(duty.c.state == "returned", Integer)).label("returned"),
        func.sum(cast(duty.c.state.in_(("accepted", "waived")), Integer)).label("done"),
        func.count().label("total"),
    ]
