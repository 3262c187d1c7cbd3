"""What people look at: lights, lists and tables of a campaign, derived on read in set-based queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, func, select
from sqlmodel import Session

from campaign.records.planning.calendars import load_calendar
from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Duty, DutyState, Item, ItemUnit, Notice, Phase, Unit
from campaign.records.tables.duties import duty_table as duty
from campaign.rules.calendar import Light, due_on, yellow_through

_unit, _phase, _notice, _item, _part = (table_of(model) for model in (Unit, Phase, Notice, Item, ItemUnit))
ENDED = (DutyState.WAIVED, DutyState.CANCELLED, DutyState.SUSPENDED, DutyState.WAITING)


@dataclass(frozen=True, slots=True)
class DutyView:
    id: int
    origin: str
    unit: str
    unit_code: str
    kind: str
    title: str
    due_at: datetime | None
    due_on: str | None
    light: str
    rung: int
    state: str
    required: bool
    phase_id: int
    estimated: bool = False
    """Its day lies in a year whose notice is not published yet."""


def light_column(now: datetime, yellow_until: datetime, of: FromClause = duty) -> ColumnElement[str]:
    """The rule `campaign.rules.calendar.light` as SQL; a test holds the two together. `of` has the columns `state` and `due_at`."""
    owed = of.c.state.in_((DutyState.OPEN, DutyState.RETURNED))
    return case(
        (of.c.state.in_(ENDED), Light.GREY.value),
        (owed & (of.c.due_at <= now), Light.RED.value),
        (of.c.state == DutyState.RETURNED, Light.YELLOW.value),
        (owed & (of.c.due_at <= yellow_until), Light.YELLOW.value),
        else_=Light.GREEN.value,
    )


def lights(tx: Session, chosen: ColumnElement[bool], now: datetime, calendar: str = "cn") -> dict[str, int]:
    """How many duties of each light."""
    column = light_column(now, yellow_through(now, load_calendar(tx, calendar)))
    counted = dict(tx.execute(select(column.label("light"), func.count()).where(chosen, duty.c.state != DutyState.CANCELLED).group_by("light")).tuples().all())
    return {light.value: counted.get(light.value, 0) for light in Light}


def lights_by(tx: Session, column: Any, chosen: ColumnElement[bool], now: datetime, calendar: str = "cn") -> dict[Any, dict[str, int]]:
    """The same, by a column of the duty (phase_id, unit_id). Deadlines are few: each is asked for its light once, and an index alone counts it."""
    alike = (
        select(column.label("key"), duty.c.state, duty.c.due_at, func.count().label("count"))
        .where(chosen, duty.c.state != DutyState.CANCELLED)
        .group_by(column, duty.c.state, duty.c.due_at)
        .subquery()
    )
    light = light_column(now, yellow_through(now, load_calendar(tx, calendar)), alike).label("light")
    found: dict[Any, dict[str, int]] = {}
    for key, name, count in tx.execute(select(alike.c.key, light, func.sum(alike.c.count)).group_by(alike.c.key, "light")).all():
        found.setdefault(key, {one.value: 0 for one in Light})[name] = int(count)
    return found


def list_duties(
    tx: Session, now: datetime, *, campaign: Campaign | None = None, light: str | None = None, unit_id: int | None = None, phase_id: int | None = None,
    states: Sequence[str] = (), kind: str | None = None, limit: int | None = None, duty_id: int | None = None,
) -> list[DutyView]:  # fmt: skip
    calendar = load_calendar(tx, campaign.calendar if campaign else "cn")
    column = light_column(now, yellow_through(now, calendar))
    rows = select(duty, _unit.c.name.label("unit_name"), _unit.c.code.label("unit_code"), column.label("light")).join(_unit, _unit.c.id == duty.c.unit_id)
    if campaign is not None:
        rows = rows.where(duty.c.campaign_id == campaign.id)
    if unit_id is not None:
        rows = rows.where(duty.c.unit_id == unit_id)
    if phase_id is not None:
        rows = rows.where(duty.c.phase_id == phase_id)
    if states:
        rows = rows.where(duty.c.state.in_(list(states)))
    if kind:
        rows = rows.where(duty.c.kind == kind)
    if duty_id is not None:
        rows = rows.where(duty.c.id == duty_id)
    if light:
        rows = rows.where(column == light)
    rows = rows.order_by(duty.c.due_at.is_(None), duty.c.due_at, duty.c.id)
    if limit:
        rows = rows.limit(limit)
    return [
        DutyView(
            row.id, row.origin, row.unit_name, row.unit_code, row.kind, row.title, row.due_at, due_on(row.due_at).isoformat() if row.due_at else None,
            row.light, row.rung, row.state, row.required, row.phase_id, row.due_at is not None and calendar.is_estimated(due_on(row.due_at)),
        )
        for row in tx.execute(rows)
    ]  # fmt: skip


def one_duty(tx: Session, found: Duty, now: datetime) -> DutyView:
    return list_duties(tx, now, campaign=tx.get_one(Campaign, found.campaign_id), duty_id=found.id)[0]


def progress_by_unit(tx: Session, phase_id: int, now: datetime, calendar: str = "cn") -> list[dict[str, Any]]:
    """A row a unit: owed, handed in, accepted, returned, overdue."""
    light = light_column(now, yellow_through(now, load_calendar(tx, calendar)))

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    rows = tx.execute(
        select(
            _unit.c.code, _unit.c.name, func.count().label("owed"), count(duty.c.state == DutyState.SUBMITTED).label("submitted"),
            count(duty.c.state == DutyState.ACCEPTED).label("accepted"), count(duty.c.state == DutyState.RETURNED).label("returned"),
            count(light == Light.RED.value).label("red"), count(light == Light.YELLOW.value).label("yellow"),
        )
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(duty.c.phase_id == phase_id, duty.c.state.not_in((DutyState.CANCELLED, DutyState.WAIVED)))
        .group_by(_unit.c.code, _unit.c.name).order_by(_unit.c.code)
    )  # fmt: skip
    return [dict(row) for row in rows.mappings()]


def notices_of(tx: Session, campaign: Campaign | None, *, states: Sequence[str] = (), pass_id: int | None = None, limit: int = 500) -> list[Any]:
    columns = [column for column in _notice.c if column.name != "unit_name"]
    named = func.coalesce(_notice.c.unit_name, _unit.c.name).label("unit_name")  # a paper keeps the name under which it went out
    rows = select(*columns, named).join(_unit, _unit.c.id == _notice.c.unit_id).order_by(_notice.c.id.desc()).limit(limit)
    if campaign is not None:
        rows = rows.where(_notice.c.campaign_id == campaign.id)
    if states:
        rows = rows.where(_notice.c.state.in_(list(states)))
    if pass_id is not None:
        rows = rows.where(_notice.c.pass_id == pass_id)
    return list(tx.execute(rows).all())


def accepted_since(tx: Session, phase_id: int, since: datetime | None, unit_ids: Sequence[int]) -> int:
    chosen = select(func.count()).select_from(duty).where(duty.c.phase_id == phase_id, duty.c.state == DutyState.ACCEPTED, duty.c.unit_id.in_(list(unit_ids)))
    if since is not None:
        chosen = chosen.where(duty.c.finished_at > since)
    return int(tx.execute(chosen).scalar_one())
