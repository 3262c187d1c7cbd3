"""How a campaign stands, in the few words that two moments of it are compared by: what is asked of whom, and by when.

A fixed number of queries whatever the size of the plan; names instead of numbers, for people read the difference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Item, ItemUnit, Phase, PlanVersion, Requirement, Unit
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty

_campaign, _plan, _item, _part, _phase, _requirement, _unit = (table_of(model) for model in (Campaign, PlanVersion, Item, ItemUnit, Phase, Requirement, Unit))


@dataclass(frozen=True, slots=True)
class Owed:
    unit: str
    title: str
    due_at: datetime | None


@dataclass(slots=True)
class Task:
    """An item that is asked for. `parts` are names of units by role, `materials` what it wants handed in."""

    title: str
    words: tuple[object, ...]
    phase: str
    parts: dict[str, list[str]] = field(default_factory=dict)
    materials: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Standing:
    """`plan` is the hash of the plan that was applied last; `newest` the highest number of a duty there is."""

    title: str
    plan: str
    newest: int
    owed: dict[int, Owed]
    tasks: dict[str, Task]


def standing_of(tx: Session, slug: str) -> Standing | None:
    """None while no campaign has this slug."""
    campaign = tx.execute(select(_campaign.c.id, _campaign.c.title).where(_campaign.c.slug == slug)).one_or_none()
    if campaign is None:
        return None
    plan = tx.execute(select(_plan.c.sha256).where(_plan.c.campaign_id == campaign.id).order_by(_plan.c.number.desc()).limit(1)).scalar_one()
    newest = tx.execute(select(duty.c.id).order_by(duty.c.id.desc()).limit(1)).scalar_one_or_none()
    rows = (
        select(duty.c.id, _unit.c.name, duty.c.title, duty.c.due_at)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(duty.c.campaign_id == campaign.id, duty.c.state.in_(UNFINISHED))
        .order_by(duty.c.id)
    )
    owed = {row.id: Owed(row.name, row.title, row.due_at) for row in tx.execute(rows)}
    return Standing(campaign.title, plan, newest or 0, owed, _tasks(tx, campaign.id))


def _tasks(tx: Session, campaign_id: int) -> dict[str, Task]:
    asked = (_item.c.campaign_id == campaign_id) & (_item.c.state == "active")
    items = (
        select(_item.c.id, _item.c.key, _item.c.title, _item.c.text, _item.c.recipient, _item.c.indicator, _item.c.number, _phase.c.name.label("phase"))
        .join(_phase, _phase.c.id == _item.c.phase_id)
        .where(asked)
        .order_by(_item.c.id)
    )
    by_id = {}
    tasks = {}
    for row in tx.execute(items):
        by_id[row.id] = tasks[row.key] = Task(row.title, (row.text, row.recipient, row.indicator, row.number), row.phase)
    parts = select(_part.c.item_id, _part.c.role, _unit.c.name).join(_item, _item.c.id == _part.c.item_id).join(_unit, _unit.c.id == _part.c.unit_id)
    for row in tx.execute(parts.where(asked).order_by(_unit.c.code)):
        by_id[row.item_id].parts.setdefault(row.role, []).append(row.name)
    wanted = select(_requirement.c.item_id, _requirement.c.name).join(_item, _item.c.id == _requirement.c.item_id)
    for row in tx.execute(wanted.where(asked, _requirement.c.removed.is_(False)).order_by(_requirement.c.number)):
        by_id[row.item_id].materials.append(row.name)
    return tasks
