"""What an evidence package is made of, and the records of kept files and frozen packages.

Owns these queries: a fixed number of statements whatever the size of the campaign. A version counts as accepted by its verdict; what is
signed has none, for its handing in is its end. The office's own duties (reviews, rechecks, papers to sign or serve) are not evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Subquery, and_, func, insert, or_, select, text, update
from sqlmodel import Session

from campaign.errors import NotFound
from campaign.records.statements import table_of
from campaign.records.tables import (
    Campaign,
    DutyKind,
    DutyState,
    EventBlock,
    Finding,
    Item,
    ItemUnit,
    PackageRecord,
    Phase,
    PlanVersion,
    Requirement,
    ReviewStep,
    StepVerdict,
    StoredFile,
    Submission,
    SubmissionFile,
    Unit,
    Verdict,
)
from campaign.records.tables.duties import duty_table as duty

_campaign, _plan, _phase, _item, _part = (table_of(model) for model in (Campaign, PlanVersion, Phase, Item, ItemUnit))
_requirement, _unit, _finding, _block, _package = (table_of(model) for model in (Requirement, Unit, Finding, EventBlock, PackageRecord))
_submission, _file, _stored, _verdict = (table_of(model) for model in (Submission, SubmissionFile, StoredFile, Verdict))
_step, _given = table_of(ReviewStep), table_of(StepVerdict)
_INTERNAL = (DutyKind.REVIEW, DutyKind.RECHECK)


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    id: int
    slug: str
    title: str
    plan_sha256: str
    log_head: str
    log_blocks: int


@dataclass(frozen=True, slots=True)
class ItemFacts:
    id: int
    number: str | None
    title: str
    indicator: str | None
    phase: str
    lead_unit: str | None


@dataclass(frozen=True, slots=True)
class DutyFacts:
    id: int
    origin: str
    kind: str
    title: str
    state: str
    required: bool
    due_at: datetime | None
    closed_reason: str | None
    item_id: int | None
    finding: str | None
    material: str | None
    phase: str
    unit_code: str
    unit: str


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """The accepted version of a duty's submission."""

    id: int
    duty_id: int
    version: int
    sha256: str
    note: str
    submitted_by: str
    submitted_at: datetime
    accepted_by: str | None
    accepted_at: datetime | None


@dataclass(frozen=True, slots=True)
class FileFacts:
    submission_id: int
    number: int
    name: str
    sha256: str
    size: int
    withdrawn_reason: str | None


@dataclass(frozen=True, slots=True)
class StepFacts:
    """A step that let an accepted version pass; the one that reported it outside has the receipt's number, or its scan as a file."""

    submission_id: int
    number: int
    name: str
    given_by: str
    given_at: datetime
    receipt: str
    scan: FileFacts | None


def begin_snapshot(tx: Session) -> None:
    """Let everything read in this transaction be of one moment; to be called first. SQLite's readers have it anyway, and so has a trial."""
    if tx.get_bind().dialect.name == "postgresql" and not tx.connection().in_nested_transaction():
        tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def campaign_facts(tx: Session, campaign_id: int) -> CampaignFacts:
    row = tx.execute(select(_campaign.c.id, _campaign.c.slug, _campaign.c.title).where(_campaign.c.id == campaign_id)).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {campaign_id} 的创建活动。", code="no_campaign", campaign=campaign_id)
    plan = tx.execute(select(_plan.c.sha256).where(_plan.c.campaign_id == campaign_id).order_by(_plan.c.number.desc()).limit(1)).scalar_one_or_none()
    head = tx.execute(select(_block.c.id, _block.c.sha256).order_by(_block.c.id.desc()).limit(1)).one_or_none()
    return CampaignFacts(row.id, row.slug, row.title, plan or "", head.sha256 if head else "", head.id if head else 0)


def package_items(tx: Session, campaign_id: int) -> list[ItemFacts]:
    """In the order of the phases and of the plan; removed ones only where something was accepted for them."""
    proven = select(duty.c.item_id).where(duty.c.campaign_id == campaign_id, duty.c.state == DutyState.ACCEPTED)
    lead = and_(_part.c.item_id == _item.c.id, _part.c.role == "lead")
    rows = (
        select(_item.c.id, _item.c.number, _item.c.title, _item.c.indicator, _phase.c.name.label("phase"), _unit.c.name.label("lead_unit"))
        .join(_phase, _phase.c.id == _item.c.phase_id)
        .outerjoin(_part, lead)
        .outerjoin(_unit, _unit.c.id == _part.c.unit_id)
        .where(_item.c.campaign_id == campaign_id, or_(_item.c.state == "active", _item.c.id.in_(proven)))
        .order_by(_phase.c.number, _item.c.id)
    )
    return [ItemFacts(*row) for row in tx.execute(rows)]


def package_duties(tx: Session, campaign_id: int) -> list[DutyFacts]:
    """What units owe the campaign, but what was cancelled; by unit within an item."""
    rows = (
        select(
            duty.c.id, duty.c.origin, duty.c.kind, duty.c.title, duty.c.state, duty.c.required, duty.c.due_at, duty.c.closed_reason, duty.c.item_id,
            _finding.c.reference.label("finding"), _requirement.c.name.label("material"), _phase.c.name.label("phase"), _unit.c.code, _unit.c.name,
        )
        .join(_phase, _phase.c.id == duty.c.phase_id)
        .join(_unit, _unit.c.id == duty.c.unit_id)
        .outerjoin(_requirement, _requirement.c.id == duty.c.requirement_id)
        .outerjoin(_finding, _finding.c.id == duty.c.finding_id)
        .where(duty.c.campaign_id == campaign_id, duty.c.state != DutyState.CANCELLED, duty.c.kind.not_in(_INTERNAL), duty.c.notice_id.is_(None))
        .order_by(_unit.c.code, duty.c.id)
    )  # fmt: skip
    return [DutyFacts(*row) for row in tx.execute(rows)]


def accepted_versions(tx: Session, campaign_id: int) -> list[VersionFacts]:
    """The newest accepted version of each duty; a newer one that still waits for its verdict does not displace it."""
    newest = _newest_accepted(campaign_id)
    rows = (
        select(
            _submission.c.id, _submission.c.duty_id, _submission.c.version, _submission.c.sha256, _submission.c.note, _submission.c.submitted_by,
            _submission.c.submitted_at, _verdict.c.given_by, _verdict.c.given_at,
        )
        .join(newest, and_(newest.c.duty_id == _submission.c.duty_id, newest.c.version == _submission.c.version))
        .outerjoin(_verdict, _verdict.c.submission_id == _submission.c.id)
        .order_by(_submission.c.duty_id)
    )  # fmt: skip
    return [VersionFacts(*row) for row in tx.execute(rows)]


def accepted_files(tx: Session, campaign_id: int) -> list[FileFacts]:
    """The files of those versions, in the order in which they were handed in."""
    newest = _newest_accepted(campaign_id)
    rows = (
        select(_file.c.submission_id, _file.c.number, _file.c.name, _file.c.sha256, _stored.c.size, _stored.c.withdrawn_at, _stored.c.withdrawn_reason)
        .join(_submission, _submission.c.id == _file.c.submission_id)
        .join(newest, and_(newest.c.duty_id == _submission.c.duty_id, newest.c.version == _submission.c.version))
        .join(_stored, _stored.c.sha256 == _file.c.sha256)
        .order_by(_file.c.submission_id, _file.c.number)
    )
    return [
        FileFacts(row.submission_id, row.number, row.name, row.sha256, row.size, (row.withdrawn_reason or "已撤回") if row.withdrawn_at else None)
        for row in tx.execute(rows)
    ]


def accepted_steps(tx: Session, campaign_id: int) -> list[StepFacts]:
    """Through whose hands those versions went, in the order of the steps."""
    newest = _newest_accepted(campaign_id)
    rows = (
        select(_given.c.submission_id, _given.c.number, _step.c.name, _given.c.given_by, _given.c.given_at, _given.c.receipt, _given.c.receipt_sha256,
               _given.c.receipt_name, _stored.c.size, _stored.c.withdrawn_at, _stored.c.withdrawn_reason)
        .join(_step, _step.c.id == _given.c.step_id)
        .join(_submission, _submission.c.id == _given.c.submission_id)
        .join(newest, and_(newest.c.duty_id == _submission.c.duty_id, newest.c.version == _submission.c.version))
        .outerjoin(_stored, _stored.c.sha256 == _given.c.receipt_sha256)
        .where(_given.c.outcome == "accepted")
        .order_by(_given.c.submission_id, _given.c.number)
    )  # fmt: skip
    return [StepFacts(row.submission_id, row.number, row.name, row.given_by, row.given_at, row.receipt.strip(), _scan(row)) for row in tx.execute(rows)]


def _scan(row: Any) -> FileFacts | None:
    if row.receipt_sha256 is None:
        return None
    withdrawn = (row.withdrawn_reason or "已撤回") if row.withdrawn_at else None
    return FileFacts(row.submission_id, row.number, row.receipt_name or "回执", row.receipt_sha256, row.size, withdrawn)


def stored_hashes(tx: Session) -> Iterator[tuple[str, bool]]:
    """Every file ever kept, and whether it was withdrawn; for re-hashing all of them."""
    for row in tx.execute(select(_stored.c.sha256, _stored.c.withdrawn_at).order_by(_stored.c.sha256)):
        yield row.sha256, row.withdrawn_at is not None


def hashes_to_scan(tx: Session, *, all_files: bool) -> list[str]:
    """Those taken unchecked; or all that are still there."""
    chosen = _stored.c.withdrawn_at.is_(None) if all_files else (_stored.c.scan == "unchecked") & _stored.c.withdrawn_at.is_(None)
    return list(tx.execute(select(_stored.c.sha256).where(chosen).order_by(_stored.c.sha256)).scalars())


def mark_scanned(tx: Session, sha256: str, scan: str) -> None:
    tx.execute(update(_stored).where(_stored.c.sha256 == sha256).values(scan=scan))


def mark_withdrawn(tx: Session, sha256: str, *, reason: str, at: datetime) -> bool:
    """False when it was withdrawn before or never kept."""
    marked = tx.execute(
        update(_stored)
        .where(_stored.c.sha256 == sha256, _stored.c.withdrawn_at.is_(None))
        .values(withdrawn_at=at, withdrawn_reason=reason)
        .returning(_stored.c.sha256)
    )
    return marked.scalar_one_or_none() is not None


def record_package(tx: Session, *, campaign_id: int, sha256: str, missing: int, folder: str, at: datetime, actor: str) -> tuple[int, bool]:
    """Number of the frozen package, and whether it is new: freezing the same bytes twice is one package."""
    latest = tx.execute(
        select(_package.c.number, _package.c.sha256).where(_package.c.campaign_id == campaign_id).order_by(_package.c.number.desc()).limit(1)
    ).one_or_none()
    if latest is not None and latest.sha256 == sha256:
        return int(latest.number), False
    number = 1 if latest is None else int(latest.number) + 1
    tx.execute(insert(_package).values(campaign_id=campaign_id, number=number, sha256=sha256, missing=missing, frozen_at=at, frozen_by=actor, folder=folder))
    return number, True


def frozen_package(tx: Session, campaign_id: int) -> PackageRecord | None:
    """The package frozen last."""
    return tx.execute(select(PackageRecord).where(_package.c.campaign_id == campaign_id).order_by(_package.c.number.desc()).limit(1)).scalar_one_or_none()


def _newest_accepted(campaign_id: int) -> Subquery:
    signed = and_(duty.c.kind == DutyKind.SIGN, duty.c.state == DutyState.ACCEPTED, _verdict.c.id.is_(None))
    return (
        select(_submission.c.duty_id, func.max(_submission.c.version).label("version"))
        .join(duty, duty.c.id == _submission.c.duty_id)
        .outerjoin(_verdict, _verdict.c.submission_id == _submission.c.id)
        .where(duty.c.campaign_id == campaign_id, duty.c.state != DutyState.CANCELLED, duty.c.kind.not_in(_INTERNAL), duty.c.notice_id.is_(None))
        .where(or_(_verdict.c.outcome == "accepted", signed))
        .group_by(_submission.c.duty_id)
        .subquery()
    )
