"""待处理: reading and taking away the rows that a pass set aside. Setting aside is the pass's own (pass_runs)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, select
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Duty, Escalation, Notice, Parked, Unit

_parked, _duty, _unit, _campaign = (table_of(model) for model in (Parked, Duty, Unit, Campaign))
_escalation, _notice = table_of(Escalation), table_of(Notice)


@dataclass(frozen=True, slots=True)
class ParkedLine:
    id: int
    campaign: str
    duty_id: int
    title: str
    unit: str
    pass_name: str
    parked_at: datetime
    reason: str


def list_parked(tx: Session, *, campaign_id: int | None = None, limit: int = 200) -> list[ParkedLine]:
    """The oldest first."""
    rows = (
        select(_parked.c.id, _campaign.c.slug, _parked.c.subject_id, _duty.c.title, _unit.c.name, _parked.c.pass_name, _parked.c.parked_at, _parked.c.reason)
        .join(_duty, and_(_parked.c.subject == "duty", _duty.c.id == _parked.c.subject_id))
        .join(_unit, _unit.c.id == _duty.c.unit_id)
        .join(_campaign, _campaign.c.id == _duty.c.campaign_id)
        .order_by(_parked.c.id)
        .limit(limit)
    )
    if campaign_id is not None:
        rows = rows.where(_parked.c.campaign_id == campaign_id)
    return [ParkedLine(*row) for row in tx.execute(rows)]


def parked_rows(tx: Session) -> list[Parked]:
    return list(tx.execute(select(Parked).order_by(_parked.c.id)).scalars())


def take_away(tx: Session, parked_id: int) -> Parked | None:
    """The row, which is gone with this; None when somebody else took it a moment ago."""
    row = tx.execute(delete(_parked).where(_parked.c.id == parked_id).returning(*_parked.c)).one_or_none()
    return None if row is None else Parked(**row._mapping)


def waiting_since(tx: Session, duty: Duty) -> datetime | None:
    """When the dwell of the rung that it stands on began: its notice's arrival, or the moment at which a late reminder was passed over."""
    steps = (
        select(func.coalesce(_notice.c.delivered_at, _escalation.c.taken_at).label("since"), _escalation.c.skipped, _notice.c.delivered_at)
        .outerjoin(_notice, _notice.c.id == _escalation.c.notice_id)
        .where(_escalation.c.duty_id == duty.id, _escalation.c.revision == duty.revision, _escalation.c.rung == duty.rung)
    )
    step = tx.execute(steps).one_or_none()
    return None if step is None or not (step.skipped or step.delivered_at) else step.since
