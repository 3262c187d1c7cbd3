"""Findings and inspections: entering them, and what happened to the same problem before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session

from campaign.errors import NotFound
from campaign.records.campaigns import row_number
from campaign.records.statements import insert_new, table_of
from campaign.records.tables import Duty, DutyKind, Finding, Inspection, Unit
from campaign.records.tables.duties import UNFINISHED, duty_table
from campaign.rules.calendar import campaign_day

_finding, _inspection, _unit = table_of(Finding), table_of(Inspection), table_of(Unit)


def add(tx: Session, **columns: Any) -> Finding:
    count = tx.execute(select(func.count()).select_from(_finding).where(_finding.c.campaign_id == columns["campaign_id"])).scalar_one()
    finding_id = tx.execute(insert(_finding).values(reference=f"W{count + 1:04}", **columns).returning(_finding.c.id)).scalar_one()
    return tx.get_one(Finding, finding_id)


def find_finding(tx: Session, wanted: str | int) -> Finding:
    """By id, or by its reference when one campaign only has it."""
    text = str(wanted).lstrip("#").strip()
    number = row_number(text)
    found = tx.get(Finding, number) if number is not None else None
    if found is None and number is None:
        rows = tx.execute(select(Finding).where(_finding.c.reference == text).limit(2)).scalars().all()
        if len(rows) > 1:
            raise NotFound(f"有多个活动都有问题「{text}」：请用编号，见 campaign finding list。", code="ambiguous_finding", asked=text)
        found = rows[0] if rows else None
    if found is None:
        raise NotFound(f"没有问题「{text}」：请用 campaign finding list 查看编号。", code="no_finding", asked=text)
    return found


def inspection(tx: Session, campaign_id: int, phase_id: int, name: str, now: datetime) -> int:
    insert_new(tx, Inspection, [{"campaign_id": campaign_id, "phase_id": phase_id, "name": name, "kind": "inspection", "held_on": campaign_day(now)}])
    found: int = tx.execute(select(_inspection.c.id).where(_inspection.c.campaign_id == campaign_id, _inspection.c.name == name)).scalar_one()
    return found


def same_before(tx: Session, campaign_id: int, unit_id: int, text: str, indicator: str | None) -> Finding | None:
    """The latest closed finding of the unit with the same words, or the same indicator."""
    alike = _finding.c.text == text.strip()
    if indicator:
        alike = alike | (_finding.c.indicator == indicator)
    return tx.execute(
        select(Finding)
        .where(_finding.c.campaign_id == campaign_id, _finding.c.unit_id == unit_id, _finding.c.state == "closed", alike)
        .order_by(_finding.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def open_orders(tx: Session, finding: Finding) -> list[Duty]:
    return list(tx.execute(select(Duty).where(duty_table.c.finding_id == finding.id, duty_table.c.state.in_(UNFINISHED))).scalars())


def mark(tx: Session, duty: Duty, state: str) -> None:
    """The finding that this rectification is about, if any, is now being rectified or rechecked."""
    if duty.kind == DutyKind.RECTIFY and duty.finding_id is not None:
        tx.execute(update(_finding).where(_finding.c.id == duty.finding_id).values(state=state))


def of_campaign(tx: Session, campaign_id: int) -> list[Finding]:
    return list(tx.execute(select(Finding).where(_finding.c.campaign_id == campaign_id).order_by(_finding.c.id)).scalars())


def counts_of(tx: Session, campaign_id: int) -> dict[str, int]:
    """How many in each state."""
    rows = select(_finding.c.state, func.count().label("number")).where(_finding.c.campaign_id == campaign_id).group_by(_finding.c.state)
    return {row.state: row.number for row in tx.execute(rows)}


def lines_of(tx: Session, campaign_id: int, *, state: str = "", limit: int, offset: int = 0) -> list[Any]:
    """The latest first, each with its unit and the order that stands: what a page shows of them."""
    order = select(func.max(duty_table.c.id)).where(duty_table.c.finding_id == _finding.c.id, duty_table.c.kind == DutyKind.RECTIFY).scalar_subquery()
    rows = select(_finding, _unit.c.name.label("unit"), order.label("duty_id")).join(_unit, _unit.c.id == _finding.c.unit_id)
    rows = rows.where(_finding.c.campaign_id == campaign_id)
    if state:
        rows = rows.where(_finding.c.state == state)
    return list(tx.execute(rows.order_by(_finding.c.id.desc()).limit(limit).offset(offset)).all())
