"""Codes of cover sheets, receipts of paper originals, and the registers of outside signatories."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from campaign.records.statements import insert_new, table_of
from campaign.records.tables import Campaign, CoverSheet, Duty, PaperReceipt, Requirement, Signatory, StoredFile, Unit
from campaign.records.tables.duties import duty_table as duty

_cover, _receipt, _signatory, _unit, _campaign, _requirement, _stored = (
    table_of(model) for model in (CoverSheet, PaperReceipt, Signatory, Unit, Campaign, Requirement, StoredFile)
)


def cover_code(tx: Session, duty_id: int, now: datetime) -> str:
    """The code of this duty's cover sheet; the same one however often it is printed."""
    insert_new(tx, CoverSheet, [{"duty_id": duty_id, "code": secrets.token_urlsafe(18), "made_at": now}], returning="duty_id")
    return str(tx.execute(select(_cover.c.code).where(_cover.c.duty_id == duty_id)).scalar_one())


def duty_of_code(tx: Session, code: str) -> Duty | None:
    return tx.execute(select(Duty).join(_cover, _cover.c.duty_id == duty.c.id).where(_cover.c.code == code)).scalar_one_or_none()


def note_receipt(tx: Session, **values: Any) -> bool:
    """False when this form was sent before."""
    return bool(insert_new(tx, PaperReceipt, [values]))


def receipts_of(tx: Session, duty_id: int) -> list[PaperReceipt]:
    return list(tx.execute(select(PaperReceipt).where(_receipt.c.duty_id == duty_id).order_by(_receipt.c.id)).scalars())


def copies_received(tx: Session, duty_id: int) -> int:
    return int(tx.execute(select(func.coalesce(func.sum(_receipt.c.copies), 0)).where(_receipt.c.duty_id == duty_id)).scalar_one())


def asked_copies(tx: Session, one: Duty) -> int | None:
    """How many copies on paper the duty asks for; None where paper is not asked for."""
    if one.requirement_id is None:
        return None
    row = tx.execute(select(_requirement.c.copies, _requirement.c.form).where(_requirement.c.id == one.requirement_id)).one()
    return (row.copies or 1) if row.form in ("paper", "both") else row.copies


def latest_receipts(tx: Session, *, limit: int = 20) -> list[Any]:
    rows = (
        select(_receipt, duty.c.title, _unit.c.name.label("unit"))
        .join(duty, duty.c.id == _receipt.c.duty_id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .order_by(_receipt.c.id.desc())
        .limit(limit)
    )
    return list(tx.execute(rows))


def enter_signatories(tx: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Those that are not there yet; answers how many."""
    return len(insert_new(tx, Signatory, rows)) if rows else 0


def known_signatories(tx: Session, campaign_id: int) -> dict[tuple[str, int, str, str], Signatory]:
    rows = tx.execute(select(Signatory).where(_signatory.c.campaign_id == campaign_id)).scalars()
    return {(one.register_name, one.unit_id, one.name, one.address): one for one in rows}


def signatory_rates(tx: Session, campaign_id: int, unit_ids: Collection[int] | None) -> list[Any]:
    """By register and unit: how many are listed, how many have signed, and for how many the scan is there."""
    rows = (
        select(
            _signatory.c.register_name,
            _unit.c.name.label("unit"),
            func.count().label("listed"),
            func.count(_signatory.c.signed_on).label("signed"),
            func.count(_signatory.c.sha256).label("scanned"),
        )
        .join(_unit, _unit.c.id == _signatory.c.unit_id)
        .where(_signatory.c.campaign_id == campaign_id)
        .group_by(_signatory.c.register_name, _unit.c.name, _unit.c.code)
        .order_by(_signatory.c.register_name, _unit.c.code)
    )
    return list(tx.execute(rows if unit_ids is None else rows.where(_signatory.c.unit_id.in_(sorted(unit_ids)))))


def signatories(tx: Session, campaign_id: int, unit_ids: Collection[int] | None, *, missing: bool, limit: int, offset: int = 0) -> list[Any]:
    rows = (
        select(_signatory, _unit.c.name.label("unit"))
        .join(_unit, _unit.c.id == _signatory.c.unit_id)
        .where(_signatory.c.campaign_id == campaign_id)
        .order_by(_signatory.c.register_name, _unit.c.code, _signatory.c.id)
        .limit(limit)
        .offset(offset)
    )
    if unit_ids is not None:
        rows = rows.where(_signatory.c.unit_id.in_(sorted(unit_ids)))
    return list(tx.execute(rows.where(_signatory.c.sha256.is_(None)) if missing else rows))


def running_campaigns(tx: Session) -> list[Any]:
    """Those that are going on, the latest first."""
    rows = select(_campaign.c.id, _campaign.c.slug, _campaign.c.title).where(_campaign.c.state == "launched").order_by(_campaign.c.id.desc()).limit(50)
    return list(tx.execute(rows))


def scan_of(tx: Session, signatory_id: int) -> Any | None:
    rows = (
        select(_signatory.c.unit_id, _signatory.c.file_name.label("name"), _stored)
        .join(_stored, _stored.c.sha256 == _signatory.c.sha256)
        .where(_signatory.c.id == signatory_id)
    )
    return tx.execute(rows).one_or_none()
