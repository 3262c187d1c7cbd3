"""Queries about requests of units, confirmed readings, and the tray of files that were received for a duty but not yet handed in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from campaign.records.statements import insert_new, table_of
from campaign.records.tables import Campaign, Duty, DutyRequest, FileWithdrawal, Notice, NoticeReading, StoredFile, Submission, SubmissionFile, Unit, Upload
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty

_request, _withdrawal, _upload, _reading, _notice = (table_of(model) for model in (DutyRequest, FileWithdrawal, Upload, NoticeReading, Notice))
_unit, _campaign, _file, _submission, _stored = (table_of(model) for model in (Unit, Campaign, SubmissionFile, Submission, StoredFile))


def open_request(tx: Session, duty_id: int, kind: str) -> DutyRequest | None:
    rows = select(DutyRequest).where(_request.c.duty_id == duty_id, _request.c.kind == kind, _request.c.state == "open")
    return tx.execute(rows).scalar_one_or_none()


def granted(tx: Session, duty_id: int, kind: str) -> int:
    rows = select(func.count()).select_from(_request).where(_request.c.duty_id == duty_id, _request.c.kind == kind, _request.c.state == "granted")
    return int(tx.execute(rows).scalar_one())


def refused_before(tx: Session, one: Duty, request_id: int) -> bool:
    """Was a duty of the same item, or this one under another unit, refused before?"""
    same = duty.c.item_id == one.item_id if one.item_id is not None else duty.c.id == one.id
    same = same & (duty.c.requirement_id == one.requirement_id if one.requirement_id is not None else duty.c.requirement_id.is_(None))
    rows = select(_request.c.id).join(duty, duty.c.id == _request.c.duty_id).where(_request.c.kind == "refuse", _request.c.id < request_id, same)
    return tx.execute(rows.where(_request.c.state != "withdrawn").limit(1)).first() is not None


def asked_of_office(tx: Session, request: DutyRequest) -> list[Duty]:
    """The office's own duty to answer."""
    return list(tx.execute(select(Duty).where(duty.c.origin == f"decide:request:{request.id}", duty.c.state.in_(UNFINISHED))).scalars())


def request_lines(tx: Session, *, state: str, limit: int, offset: int = 0) -> list[Any]:
    """Requests with their duty, unit and campaign; open ones the oldest first, decided ones the latest first."""
    order = _request.c.id if state == "open" else _request.c.id.desc()
    rows = (
        select(_request, duty.c.title, duty.c.due_at, duty.c.state.label("duty_state"), _unit.c.name.label("unit"), _campaign.c.title.label("campaign"))
        .join(duty, duty.c.id == _request.c.duty_id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .join(_campaign, _campaign.c.id == duty.c.campaign_id)
        .where(_request.c.state == "open" if state == "open" else _request.c.state != "open")
        .order_by(order)
        .limit(limit)
        .offset(offset)
    )
    return list(tx.execute(rows))


def withdrawal_lines(tx: Session, *, limit: int = 50) -> list[Any]:
    """Files that somebody wants to go, waiting for a second person."""
    named = select(func.min(_file.c.name)).where(_file.c.sha256 == _withdrawal.c.sha256).scalar_subquery()
    return list(tx.execute(select(_withdrawal, named.label("name")).where(_withdrawal.c.state == "open").order_by(_withdrawal.c.id).limit(limit)))


def open_requests(tx: Session) -> int:
    return int(tx.execute(select(func.count()).select_from(_request).where(_request.c.state == "open")).scalar_one())


def open_withdrawal(tx: Session, sha256: str) -> FileWithdrawal | None:
    rows = select(FileWithdrawal).where(_withdrawal.c.sha256 == sha256, _withdrawal.c.state == "open")
    return tx.execute(rows).scalar_one_or_none()


def mark_withdrawn(tx: Session, sha256: str, at: datetime, reason: str) -> None:
    tx.execute(update(_stored).where(_stored.c.sha256 == sha256, _stored.c.withdrawn_at.is_(None)).values(withdrawn_at=at, withdrawn_reason=reason))


def withdrawn_files(tx: Session) -> list[tuple[str, str]]:
    """Hash and reason of every file whose bytes must be gone."""
    rows = select(_stored.c.sha256, _stored.c.withdrawn_reason).where(_stored.c.withdrawn_at.is_not(None))
    return [(row.sha256, row.withdrawn_reason or "") for row in tx.execute(rows)]


def confirm_reading(tx: Session, notice: Notice, reader: str, at: datetime) -> bool:
    """False when this reader had confirmed it before."""
    row = {"notice_id": notice.id, "reader": reader, "unit_id": notice.unit_id, "read_at": at}
    return bool(insert_new(tx, NoticeReading, [row], returning="notice_id"))


def readings_of(tx: Session, notice_id: int) -> list[Any]:
    return list(tx.execute(select(_reading.c.reader, _reading.c.read_at).where(_reading.c.notice_id == notice_id).order_by(_reading.c.read_at)))


def tray(tx: Session, account_id: int, duty_id: int) -> list[Any]:
    """Whole files that this person sent for this duty and has not handed in yet."""
    rows = select(_upload).where(_upload.c.account_id == account_id, _upload.c.duty_id == duty_id, _upload.c.sha256.is_not(None))
    return list(tx.execute(rows.order_by(_upload.c.created_at, _upload.c.id)))


def put_in_tray(tx: Session, *, upload_id: str, account_id: int, duty_id: int, name: str, size: int, at: datetime) -> Upload:
    """Announced; nothing of it is here yet."""
    row = Upload(id=upload_id, account_id=account_id, duty_id=duty_id, name=name[:255], size=size, created_at=at, touched_at=at)
    tx.add(row)
    tx.flush()
    return row


def arrived(tx: Session, upload: Upload, kept: Any, at: datetime) -> None:
    """Whole and kept in the evidence store: what is known of it is noted."""
    upload.sha256, upload.media_type, upload.name, upload.received, upload.touched_at = kept.sha256, kept.media_type, kept.name, upload.size, at
    upload.scan, upload.taken_on, upload.personal = str(kept.scan), kept.taken_on, "、".join(kept.personal)[:200]
    tx.add(upload)
    tx.flush()


def clear_tray(tx: Session, upload_ids: Sequence[str]) -> None:
    if upload_ids:
        tx.execute(delete(_upload).where(_upload.c.id.in_(list(upload_ids))))


def forgotten_uploads(tx: Session, before: datetime) -> list[str]:
    """Uploads that nobody touched for long; they are dropped with their bytes."""
    return list(tx.execute(delete(_upload).where(_upload.c.touched_at < before).returning(_upload.c.id)).scalars())


def uploads_on_their_way(tx: Session, account_id: int) -> int:
    rows = select(func.count()).select_from(_upload).where(_upload.c.account_id == account_id, _upload.c.sha256.is_(None))
    return int(tx.execute(rows).scalar_one())


def reusable_files(tx: Session, unit_ids: Collection[int] | None, duty_id: int, *, limit: int = 30) -> list[Any]:
    """Files that the unit handed in for other duties, the latest first: nothing is asked twice."""
    rows = (
        select(_file.c.submission_id, _file.c.number, _file.c.name, _stored.c.size, duty.c.title, _submission.c.submitted_at)
        .join(_submission, _submission.c.id == _file.c.submission_id)
        .join(duty, duty.c.id == _submission.c.duty_id)
        .join(_stored, _stored.c.sha256 == _file.c.sha256)
        .where(duty.c.id != duty_id, _stored.c.withdrawn_at.is_(None))
        .order_by(_submission.c.id.desc(), _file.c.number)
        .limit(limit)
    )
    if unit_ids is not None:
        rows = rows.where(duty.c.unit_id.in_(sorted(unit_ids)))
    return list(tx.execute(rows))


def file_with_duty(tx: Session, submission_id: int, number: int) -> Any | None:
    """One file of a version, with the unit and item whose people may see it."""
    rows = (
        select(
            _file.c.name,
            _file.c.sha256,
            _stored.c.size,
            _stored.c.media_type,
            _stored.c.scan,
            _stored.c.taken_on,
            _stored.c.withdrawn_at,
            _stored.c.withdrawn_reason,
            duty.c.id.label("duty_id"),
            duty.c.unit_id,
            duty.c.item_id,
            duty.c.title,
        )
        .join(_stored, _stored.c.sha256 == _file.c.sha256)
        .join(_submission, _submission.c.id == _file.c.submission_id)
        .join(duty, duty.c.id == _submission.c.duty_id)
        .where(_file.c.submission_id == submission_id, _file.c.number == number)
    )
    return tx.execute(rows).one_or_none()


def versions_with(tx: Session, sha256s: Collection[str], *, but: int) -> dict[str, list[Any]]:
    """Where else the same bytes were handed in."""
    rows = (
        select(_file.c.sha256, duty.c.id, duty.c.title, _unit.c.name.label("unit"))
        .join(_submission, _submission.c.id == _file.c.submission_id)
        .join(duty, duty.c.id == _submission.c.duty_id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .where(_file.c.sha256.in_(list(sha256s)), duty.c.id != but)
        .distinct()
        .limit(50)
    )
    found: dict[str, list[Any]] = {}
    for row in tx.execute(rows):
        found.setdefault(row.sha256, []).append(row)
    return found
