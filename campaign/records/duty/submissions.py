"""Versions of what was handed in, their files, and the verdict on exactly one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import func, select, update
from sqlmodel import Session

from campaign.errors import Conflict
from campaign.records.statements import insert_new, table_of
from campaign.records.tables import Duty, DutyKind, StoredFile, Submission, SubmissionFile, Verdict
from campaign.records.tables.duties import UNFINISHED, duty_table

_submission, _file, _verdict, _stored = table_of(Submission), table_of(SubmissionFile), table_of(Verdict), table_of(StoredFile)


class FileTaken(Protocol):
    """What the records note of a file that is in the evidence store."""

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def media_type(self) -> str: ...
    @property
    def scan(self) -> str: ...
    @property
    def taken_on(self) -> date | None: ...


def latest(tx: Session, duty: Duty) -> Submission | None:
    return tx.execute(select(Submission).where(_submission.c.duty_id == duty.id).order_by(_submission.c.version.desc()).limit(1)).scalar_one_or_none()


def submitters(tx: Session, duty: Duty) -> set[str]:
    """Everybody who handed in a version of it."""
    return set(tx.execute(select(_submission.c.submitted_by).where(_submission.c.duty_id == duty.id)).scalars())


def add_version(tx: Session, duty: Duty, digest: str, files: Sequence[FileTaken], *, note: str, actor: str, at: datetime) -> Submission:
    number = tx.execute(select(func.coalesce(func.max(_submission.c.version), 0)).where(_submission.c.duty_id == duty.id)).scalar_one() + 1
    assert duty.id is not None
    submission = Submission(duty_id=duty.id, version=number, sha256=digest, note=note, submitted_by=actor, submitted_at=at)
    tx.add(submission)
    tx.flush()
    keep_files(tx, files, at)
    insert_new(
        tx,
        SubmissionFile,
        [{"submission_id": submission.id, "number": count, "sha256": file.sha256, "name": file.name[:255]} for count, file in enumerate(files, 1)],
        returning="number",
    )
    return submission


def keep_files(tx: Session, files: Sequence[FileTaken], at: datetime) -> None:
    """Note them once each; a later clean scan takes the mark off one that was taken unchecked."""
    once = list({file.sha256: file for file in files}.values())
    rows = [
        {"sha256": one.sha256, "size": one.size, "media_type": one.media_type, "stored_at": at, "scan": str(one.scan), "taken_on": one.taken_on} for one in once
    ]
    insert_new(tx, StoredFile, rows, returning="sha256")
    clean = [one.sha256 for one in once if one.scan == "clean"]
    if clean:
        tx.execute(update(_stored).where(_stored.c.sha256.in_(clean), _stored.c.scan.in_(("", "unchecked"))).values(scan="clean"))


def open_reviews(tx: Session, submission: Submission) -> list[Duty]:
    return list(
        tx.execute(
            select(Duty).where(
                duty_table.c.submission_id == submission.id, duty_table.c.kind.in_((DutyKind.REVIEW, DutyKind.RECHECK)), duty_table.c.state.in_(UNFINISHED)
            )
        ).scalars()
    )


def give_verdict(tx: Session, submission: Submission, outcome: str, reason: str, actor: str, at: datetime) -> Verdict:
    """One verdict a version; the second of two who decide at once sees what the first did."""
    created = insert_new(tx, Verdict, [{"submission_id": submission.id, "outcome": outcome, "reason": reason, "given_by": actor, "given_at": at}])
    if not created:
        known = tx.execute(select(Verdict).where(_verdict.c.submission_id == submission.id)).scalar_one()
        words = {"accepted": "通过", "returned": "退回补正"}[known.outcome]
        raise Conflict(f"{known.given_by} 已对第{submission.version}版作出「{words}」的意见，没有重复处理。", code="already_decided", submission=submission.id)
    return tx.get_one(Verdict, created[0])


def verdict_of(tx: Session, submission: Submission) -> Verdict | None:
    return tx.execute(select(Verdict).where(_verdict.c.submission_id == submission.id)).scalar_one_or_none()


def files_of(tx: Session, submission: Submission) -> list[Any]:
    return list(tx.execute(select(_file).where(_file.c.submission_id == submission.id).order_by(_file.c.number)).all())


def accepted_duties(tx: Session, duty_ids: Sequence[int]) -> set[int]:
    """Those of these duties whose latest version is accepted."""
    rows = (
        select(_submission.c.duty_id)
        .join(_verdict, _verdict.c.submission_id == _submission.c.id)
        .where(_verdict.c.outcome == "accepted", _submission.c.duty_id.in_(list(duty_ids)))
    )
    return set(tx.execute(rows).scalars())
