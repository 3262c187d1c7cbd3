"""Queries over what a launch wrote: plans, phases, items with their units and materials, series, and who can be reached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, case, delete, exists, insert, not_, select, update
from sqlmodel import Session, SQLModel

from campaign.records.duty.suspended import stopped_series
from campaign.records.statements import among, chunks, insert_of, table_of
from campaign.records.tables import Campaign, Duty, DutyState, Item, ItemUnit, Person, Phase, PlanVersion, Post, Requirement, Series, Tenure, Unit
from campaign.records.tables.duties import UNFINISHED, duty_table

_item, _part, _requirement, _series, _phase, _campaign = (table_of(model) for model in (Item, ItemUnit, Requirement, Series, Phase, Campaign))
_unit, _post, _tenure, _person = table_of(Unit), table_of(Post), table_of(Tenure), table_of(Person)

_PHASES = select(Phase).where(_phase.c.campaign_id == bindparam("b_campaign")).order_by(_phase.c.number)
_DUTIES = select(Duty).where(among(duty_table.c.id)).order_by(duty_table.c.id)
_ANY_TO_GROW = select(exists().where(_series.c.state == "active", _series.c.next_on <= bindparam("b_horizon")))


@dataclass(frozen=True, slots=True)
class Part:
    """A unit's part in an item."""

    unit_id: int
    code: str
    role: str


def latest_plan(tx: Session, campaign: Campaign) -> PlanVersion:
    versions = table_of(PlanVersion)
    latest: PlanVersion = tx.execute(select(PlanVersion).where(versions.c.campaign_id == campaign.id).order_by(versions.c.number.desc()).limit(1)).scalar_one()
    return latest


def phases_of(tx: Session, campaign: Campaign) -> list[Phase]:
    return list(tx.execute(_PHASES, {"b_campaign": campaign.id}).scalars())


def items_of(tx: Session, campaign: Campaign) -> list[Item]:
    return list(tx.execute(select(Item).where(_item.c.campaign_id == campaign.id).order_by(_item.c.id)).scalars())


def parts_of(tx: Session, campaign: Campaign) -> dict[int, list[Part]]:
    found: dict[int, list[Part]] = {}
    rows = (
        select(_part.c.item_id, _part.c.unit_id, _part.c.role, _unit.c.code)
        .join(_item, _item.c.id == _part.c.item_id)
        .join(_unit, _unit.c.id == _part.c.unit_id)
    )
    for row in tx.execute(rows.where(_item.c.campaign_id == campaign.id)):
        found.setdefault(row.item_id, []).append(Part(row.unit_id, row.code, row.role))
    return found


def requirements_of(tx: Session, campaign: Campaign) -> dict[int, list[Requirement]]:
    """Item → the materials that it asks for."""
    found: dict[int, list[Requirement]] = {}
    asked = (_item.c.campaign_id == campaign.id) & _requirement.c.removed.is_(False)
    rows = select(Requirement).join(_item, _item.c.id == _requirement.c.item_id).where(asked).order_by(_requirement.c.number)
    for row in tx.execute(rows).scalars():
        found.setdefault(row.item_id, []).append(row)
    return found


def requirement_rows(tx: Session, item_ids: Iterable[int | None]) -> dict[int, list[Requirement]]:
    """Item → its materials, with those that are no longer asked for, in the order of their numbers."""
    found: dict[int, list[Requirement]] = {}
    for part in chunks((item_id for item_id in item_ids if item_id is not None), 900):
        for row in tx.execute(select(Requirement).where(_requirement.c.item_id.in_(part)).order_by(_requirement.c.number)).scalars():
            found.setdefault(row.item_id, []).append(row)
    return found


def drop_requirement(tx: Session, row: Requirement) -> None:
    """Forget a material that is no longer asked for; one that a duty was ever made of stays, with its number."""
    if tx.execute(select(duty_table.c.id).where(duty_table.c.requirement_id == row.id).limit(1)).first() is None:
        tx.delete(row)
    else:
        row.removed = True
        tx.add(row)


def clear_parts(tx: Session, item_ids: Iterable[int]) -> None:
    for part in chunks(item_ids, 900):
        tx.execute(delete(_part).where(_part.c.item_id.in_(part)))


def add_rows(tx: Session, model: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    for part in chunks(rows, 1000):
        tx.execute(insert(table_of(model)), part)


def duties_by_origin(tx: Session, campaign: Campaign, origins: Sequence[str]) -> dict[str, Duty]:
    found = {}
    for part in chunks(origins, 900):
        for duty in tx.execute(select(Duty).where(duty_table.c.campaign_id == campaign.id, duty_table.c.origin.in_(part))).scalars():
            found[duty.origin] = duty
    return found


def unfinished_of(tx: Session, campaign: Campaign) -> list[Duty]:
    chosen = (duty_table.c.campaign_id == campaign.id) & duty_table.c.state.in_(UNFINISHED)
    return list(tx.execute(select(Duty).where(chosen).order_by(duty_table.c.id)).scalars())


def duties_of_ids(tx: Session, ids: Sequence[int]) -> list[Duty]:
    return list(tx.execute(_DUTIES, {"b_ids": ids}).scalars().all()) if ids else []


def put_series(tx: Session, today: date, **columns: Any) -> str:
    """Enter a series by its origin; one that is there follows its phase's dates and its item's words. Answers the origin.

    One that had ended, or that an earlier version of the plan had dropped, grows again from today when it is wanted for longer.
    """
    behind = columns["ends_on"] + timedelta(days=1)
    statement = insert_of(tx, Series).values(next_on=columns["starts_on"], state="active", **columns)
    again = (_series.c.state == "cancelled") | ((_series.c.state == "ended") & (_series.c.ends_on < statement.excluded.ends_on))
    wanted = {name: statement.excluded[name] for name in ("title", "recurrence", "ends_on", "phase_id")}
    wanted |= {
        "state": case((again, "active"), else_=_series.c.state),
        "next_on": case((again, max(today, columns["starts_on"])), (_series.c.next_on > behind, behind), else_=_series.c.next_on),
    }
    tx.execute(statement.on_conflict_do_update(index_elements=["campaign_id", "origin"], set_=wanted))
    return str(columns["origin"])


def drop_series(tx: Session, campaign: Campaign, wanted: Collection[str]) -> list[int]:
    """Cancel the series that the plan no longer asks for; answers their ids."""
    rows = tx.execute(select(Series).where(_series.c.campaign_id == campaign.id, _series.c.state != "cancelled")).scalars()
    dropped = [series for series in rows if series.origin not in wanted]
    for series in dropped:
        series.state, series.next_on = "cancelled", None
    tx.flush()
    return [series.id or 0 for series in dropped]


def date_series(tx: Session, phase: Phase, today: date) -> None:
    """Series begin and end with their phase, and go on when it ends later or is reopened: growing again makes nothing twice."""
    for series in tx.execute(select(Series).where(_series.c.phase_id == phase.id, _series.c.state != "cancelled")).scalars():
        if series.next_on == series.starts_on:
            series.starts_on = series.next_on = phase.starts_on or series.starts_on
        series.ends_on = max(phase.ends_on or series.ends_on, series.starts_on)
        if series.next_on is not None:
            series.next_on = min(series.next_on, series.ends_on + timedelta(days=1))
        if series.state == "ended" and series.ends_on >= today:
            series.state, series.next_on = "active", today
    tx.flush()


def series_of(tx: Session, campaign: Campaign) -> list[Series]:
    return list(tx.execute(select(Series).where(_series.c.campaign_id == campaign.id).order_by(_series.c.id)).scalars())


def reports_not_begun(tx: Session, campaign: Campaign, phase: Phase | None = None) -> list[tuple[Duty, Series]]:
    """Occurrences that nobody has handed in, with their series."""
    idle = duty_table.c.state.in_((DutyState.OPEN, DutyState.WAITING, DutyState.SUSPENDED))
    rows = select(Duty, Series).join(_series, _series.c.id == duty_table.c.series_id).where(duty_table.c.campaign_id == campaign.id, idle)
    if phase is not None:
        rows = rows.where(duty_table.c.phase_id == phase.id)
    return [(row[0], row[1]) for row in tx.execute(rows.order_by(duty_table.c.id)).all()]


def growing_series(
    tx: Session, horizon: date, *, campaign_id: int | None, unit_ids: Sequence[int] | None, phase_id: int | None
) -> list[tuple[Series, Campaign]]:
    """Active series of open phases that have days to fill before the horizon, and that no suspension stops. Mostly there are none to ask about."""
    if not tx.execute(_ANY_TO_GROW, {"b_horizon": horizon}).scalar_one():
        return []
    chosen = (
        select(Series, Campaign)
        .join(_campaign, _campaign.c.id == _series.c.campaign_id)
        .join(_phase, _phase.c.id == _series.c.phase_id)
        .where(_series.c.state == "active", _series.c.next_on <= horizon, _phase.c.state == "open", _campaign.c.state == "launched")
        .where(not_(stopped_series(tx)))
        .order_by(_series.c.id)
    )
    if campaign_id is not None:
        chosen = chosen.where(_series.c.campaign_id == campaign_id)
    else:
        chosen = chosen.where(_campaign.c.rehearsal.is_(False))
    if unit_ids is not None:
        chosen = chosen.where(_series.c.unit_id.in_(list(unit_ids)))
    if phase_id is not None:
        chosen = chosen.where(_series.c.phase_id == phase_id)
    return [(row[0], row[1]) for row in tx.execute(chosen).all()]


def series_due(tx: Session, horizon: date) -> bool:
    """Of campaigns that live in our time: has any series days to fill that no suspension stops?"""
    return bool(growing_series(tx, horizon, campaign_id=None, unit_ids=None, phase_id=None))


def end_series(tx: Session, phase_id: int) -> None:
    tx.execute(update(_series).where(_series.c.phase_id == phase_id, _series.c.state == "active").values(state="ended", next_on=None))


def reachable(tx: Session, unit: Unit, today: date) -> bool:
    return bool(addressees(tx, [unit.id or 0], today))


def addressees(
    tx: Session, unit_ids: Sequence[int], today: date, relations: Sequence[str] | None = None
) -> dict[int, list[tuple[str, str, str | None, str | None, str | None]]]:
    """Who holds a post in these units today: unit → (relation, name, phone, email, account)."""
    rows = (
        select(_post.c.unit_id, _post.c.relation, _person.c.name, _person.c.phone, _person.c.email, _person.c.account)
        .join(_tenure, _tenure.c.post_id == _post.c.id)
        .join(_person, _person.c.id == _tenure.c.person_id)
        .where(_post.c.unit_id.in_(list(unit_ids)), _tenure.c.from_on <= today, (_tenure.c.to_on.is_(None)) | (_tenure.c.to_on >= today))
        .order_by(_post.c.relation, _person.c.id)
    )
    if relations is not None:
        rows = rows.where(_post.c.relation.in_(list(relations)))
    found: dict[int, list[tuple[str, str, str | None, str | None, str | None]]] = {}
    for row in tx.execute(rows):
        found.setdefault(row.unit_id, []).append((row.relation, row.name, row.phone, row.email, row.account))
    return found
