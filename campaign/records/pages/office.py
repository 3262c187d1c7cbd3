"""What the office looks at: a campaign's duties page by page, units by how much they owe, the log, and search. Never more rows than a page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, cast, func, literal_column, or_, select, true
from sqlmodel import Session

from campaign.records.pages.picking import first_due
from campaign.records.pages.views import light_column
from campaign.records.statements import among, as_written, table_of
from campaign.records.tables import Campaign, DutyState, Event, Finding, Item, Notice, Requirement, RungRow, Unit
from campaign.records.tables.duties import CLIMBING
from campaign.records.tables.duties import duty_table as duty

_campaign, _event, _notice, _unit, _rung = (table_of(model) for model in (Campaign, Event, Notice, Unit, RungRow))
_item, _requirement, _finding = table_of(Item), table_of(Requirement), table_of(Finding)
MOST_LISTED, MOST_OFFERED = 100, 20
"""So many names of units weigh little on a page; of more, only what fits to what was typed is offered."""
LIGHTS = ("red", "yellow")
STATES = ("open", "submitted", "returned", "accepted", "waived", "suspended", "waiting", "cancelled")


def campaign_duties(
    tx: Session,
    campaign_id: int,
    now: datetime,
    yellow_until: datetime,
    *,
    light: str = "",
    state: str = "",
    phase_id: int | None = None,
    unit_id: int | None = None,
    limit: int,
    offset: int = 0,
) -> list[Any]:
    """By deadline. A light becomes conditions on state and due time, so that the index on (campaign, state, due) picks the page."""
    mine = [duty.c.campaign_id == campaign_id]
    if phase_id is not None:
        mine.append(duty.c.phase_id == phase_id)
    if unit_id is not None:
        mine.append(duty.c.unit_id == unit_id)
    asked: dict[str, ColumnElement[bool]] = {one: and_(*mine) for one in DutyState if one != DutyState.CANCELLED}
    if light == "red":
        asked = {one: and_(*mine, duty.c.due_at <= now) for one in CLIMBING}
    elif light == "yellow":
        asked = {DutyState.OPEN: and_(*mine, duty.c.due_at > now, duty.c.due_at <= yellow_until), DutyState.RETURNED: and_(*mine, duty.c.due_at > now)}
    if state:
        asked = {one: condition for one, condition in asked.items() if one == state} if light else {DutyState(state): and_(*mine)}
    if not asked:
        return []
    picked = first_due(asked, limit=limit, offset=offset)
    rows = (
        select(
            duty.c.id,
            duty.c.kind,
            duty.c.title,
            duty.c.state,
            duty.c.due_at,
            light_column(now, yellow_until).label("light"),
            _unit.c.name.label("unit"),
            _rung.c.name.label("rung"),
        )
        .join(picked, picked.c.id == duty.c.id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .outerjoin(_rung, and_(_rung.c.ladder_id == duty.c.ladder_id, _rung.c.number == duty.c.rung))
        .order_by(duty.c.due_at.is_(None), duty.c.due_at, duty.c.id)
    )
    return list(tx.execute(rows))


def unit_progress(tx: Session, phase_ids: Sequence[int], now: datetime) -> list[Any]:
    """A row a unit: owed, done, handed in, overdue; those with most overdue first."""
    red = func.sum(cast(and_(duty.c.state.in_(CLIMBING), duty.c.due_at <= now), Integer))
    done = func.sum(case((duty.c.state == "accepted", 1), else_=0))
    owner = duty.c.unit_id + literal_column("0")  # a sum, or SQLite walks all duties in the order of their units to spare itself the grouping
    counted = (
        select(
            owner.label("unit_id"),
            func.count().label("owed"),
            done.label("done"),
            func.sum(case((duty.c.state == "submitted", 1), else_=0)).label("submitted"),
            red.label("red"),
        )
        .where(duty.c.phase_id.in_(list(phase_ids)), duty.c.state.not_in(("cancelled", "waived")))
        .group_by(owner)
        .subquery()
    )
    rows = select(counted, _unit.c.name, _unit.c.code).join(_unit, _unit.c.id == counted.c.unit_id).order_by(counted.c.red.desc(), _unit.c.code)
    return list(tx.execute(rows))


def log_lines(tx: Session, *, campaign_id: int | None = None, actor: str = "", verb: str = "", before: int | None = None, limit: int = 50) -> list[Any]:
    """The latest first; `before` is the id to go on from, so that page 1000 costs what page 1 does."""
    rows = select(_event, _campaign.c.title.label("campaign")).outerjoin(_campaign, _campaign.c.id == _event.c.campaign_id)
    if campaign_id is not None:
        rows = rows.where(_event.c.campaign_id == campaign_id)
    if actor:
        rows = rows.where(_event.c.actor == actor)
    if verb:
        rows = rows.where(_event.c.verb == verb)
    if before is not None:
        rows = rows.where(_event.c.id < before)
    return list(tx.execute(rows.order_by(_event.c.id.desc()).limit(limit)))


def search_all(tx: Session, words: str, unit_ids: Sequence[int] | None, *, limit: int = 20) -> dict[str, list[Any]]:
    """Duties, units, papers and campaigns whose title or name contains the words; duties only of these units."""
    units = select(_unit.c.id, _unit.c.name, _unit.c.code).where(or_(_unit.c.name.contains(words, autoescape=True), _unit.c.code == words)).limit(limit)
    addressed = func.coalesce(_notice.c.unit_name, _unit.c.name).label("unit")
    papers = select(_notice.c.id, _notice.c.kind, _notice.c.number, addressed).join(_unit, _unit.c.id == _notice.c.unit_id)
    papers = papers.where(_notice.c.number.is_not(None), _notice.c.number.contains(words, autoescape=True)).limit(limit)
    if unit_ids is not None:
        papers = papers.where(_notice.c.unit_id.in_(list(unit_ids)))
    campaigns = (
        select(_campaign.c.slug, _campaign.c.title).where(_campaign.c.title.contains(words, autoescape=True), _campaign.c.state != "discarded").limit(limit)
    )
    return {
        "duties": _duties_named(tx, words, unit_ids, limit),
        "units": list(tx.execute(units)),
        "papers": list(tx.execute(papers)),
        "campaigns": list(tx.execute(campaigns)),
    }


def _duties_named(tx: Session, words: str, unit_ids: Sequence[int] | None, limit: int) -> list[Any]:
    """Duties are named after their items, materials and findings: those small tables are searched, and an index leads to the duties.

    In steps, for PostgreSQL would rather look through a million duties for twenty that it takes for frequent.
    """
    picked = {int(words[:15])} if words.isdecimal() else set()
    if not picked:
        items = select(_item.c.id).where(_item.c.title.contains(words, autoescape=True))
        materials = select(_requirement.c.item_id).where(_requirement.c.name.contains(words, autoescape=True))
        findings = select(_finding.c.id).where(_finding.c.text.contains(words, autoescape=True))
        asked = [(column, list(tx.execute(named).scalars())) for column, named in ((duty.c.item_id, items.union(materials)), (duty.c.finding_id, findings))]
        mine = duty.c.unit_id.in_(list(unit_ids)) if unit_ids is not None else true()
        with as_written(tx):
            for column, ids in asked:
                if ids:
                    picked |= set(tx.execute(select(duty.c.id).where(among(column), mine).limit(limit), {"b_ids": ids}).scalars())
    found = select(duty.c.id, duty.c.title, duty.c.state, duty.c.due_at, _unit.c.name.label("unit")).join(_unit, _unit.c.id == duty.c.unit_id)
    if unit_ids is not None:
        found = found.where(duty.c.unit_id.in_(list(unit_ids)))
    return list(tx.execute(found.where(duty.c.id.in_(sorted(picked)[:limit])).order_by(duty.c.id))) if picked else []


def unit_names(tx: Session, words: str = "") -> list[Any]:
    """(id, name) of the units to choose from: all where they are few; of many those whose name contains the words, and none before any were typed."""
    rows = select(_unit.c.id, _unit.c.name).where(_unit.c.state == "active").order_by(_unit.c.code)
    few = tx.execute(rows.limit(MOST_LISTED + 1)).all()
    if len(few) <= MOST_LISTED:
        return list(few)
    return list(tx.execute(rows.where(_unit.c.name.contains(words, autoescape=True)).limit(MOST_OFFERED)).all()) if words else []


def unit_chosen(tx: Session, wanted: str) -> Any | None:
    """(id, name) of the unit that a list is narrowed to: by its number, as links say it, or by its name, as people type it."""
    same = _unit.c.id == int(wanted) if wanted.isdecimal() else _unit.c.name == wanted
    return tx.execute(select(_unit.c.id, _unit.c.name).where(same)).first()
