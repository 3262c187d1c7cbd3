"""Many versions, verdicts and endings in a few statements each: what `campaign.work.duty.together` writes.

Owns the set-based form of what `submissions` and `duties` write one by one. Refuses to decide who may: its callers asked the same predicates
as for a single duty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update
from sqlmodel import Session

from campaign.records.duty.duties import clock_of, take_off_papers
from campaign.records.papers.numbers import give_numbers
from campaign.records.papers.outbox import add_deliveries
from campaign.records.statements import among, chunks, insert_new, one_of_words, table_of
from campaign.records.tables import Duty, DutyKind, DutyState, Notice, RungRow, StoredFile, Submission, SubmissionFile, Verdict
from campaign.records.tables.duties import UNFINISHED
from campaign.records.tables.duties import duty_table as duty

_submission, _file, _verdict, _notice, _rung = (table_of(model) for model in (Submission, SubmissionFile, Verdict, Notice, RungRow))

# Built once: a rehearsed year comes through here a thousand times.
_newest = select(_submission.c.duty_id, func.max(_submission.c.version).label("version")).where(among(_submission.c.duty_id)).group_by(_submission.c.duty_id)
_last = _newest.subquery()
_LATEST = select(_submission).join(_last, and_(_submission.c.duty_id == _last.c.duty_id, _submission.c.version == _last.c.version))
_ADD_VERSION = insert(_submission).returning(_submission.c.duty_id, _submission.c.id)
_ADD_FILE = insert(_file)
_SUBMITTED = update(duty).where(among(duty.c.id)).values(state=DutyState.SUBMITTED, submitted_at=bindparam("b_at"), next_rung_at=None)
_FINISH = (
    update(duty)
    .where(among(duty.c.id))
    .values(state=bindparam("b_state"), next_rung_at=None, finished_at=bindparam("b_at"), closed_reason=bindparam("b_reason"))
)
_ASKED = select(duty.c.id).where(
    among(duty.c.submission_id), one_of_words(duty.c.kind, (DutyKind.REVIEW, DutyKind.RECHECK)), one_of_words(duty.c.state, UNFINISHED)
)
_REVISE = (
    update(duty)
    .where(among(duty.c.id))
    .values(floor_rung=bindparam("b_floor"), revision=duty.c.revision + 1, rung=0, due_at=bindparam("b_due_at"), due_source=bindparam("b_source"),
            state=bindparam("b_state"), next_rung_at=bindparam("b_next_at"), closed_reason=bindparam("b_reason"))
)  # fmt: skip
_ISSUE = (
    update(_notice).where(among(_notice.c.id), _notice.c.state == "draft").values(state="issued", issued_at=bindparam("b_at"), signed_by=bindparam("b_signer"))
)
_ISSUED = (
    select(_notice.c.id, _notice.c.campaign_id, _notice.c.kind, _rung.c.channel, _rung.c.audience)
    .outerjoin(_rung, and_(_rung.c.ladder_id == _notice.c.ladder_id, _rung.c.number == _notice.c.rung))
    .where(among(_notice.c.id))
    .order_by(_notice.c.id)
)
_DROP = update(_notice).where(among(_notice.c.id), _notice.c.state == "draft").values(state="empty", closed_reason=bindparam("b_reason"))
_DRAFTS = select(_notice.c.id, _notice.c.campaign_id).where(among(_notice.c.id), _notice.c.state == "draft").order_by(_notice.c.id)
_TO_SIGN = select(duty.c.id).where(
    among(duty.c.notice_id), duty.c.kind == DutyKind.SIGN, duty.c.origin.like("sign:notice:%"), one_of_words(duty.c.state, UNFINISHED)
)


def latest_of(tx: Session, duty_ids: Iterable[int]) -> dict[int, Any]:
    """The latest version of each duty that has one, as a row: a thousand objects would take longer than all that is written about them."""
    return {row.duty_id: row for row in tx.execute(_LATEST, {"b_ids": list(duty_ids)}).all()}


def add_versions(
    tx: Session,
    duties: Sequence[Duty],
    versions: dict[int, int],
    digest: str,
    files: Sequence[tuple[str, str, int, str]],
    *,
    note: str,
    actor: str,
    at: datetime,
) -> dict[int, int]:
    """A version of each duty with the same files; answers duty id → submission id."""
    rows = [
        {"duty_id": one.id, "version": versions.get(one.id, 0) + 1, "sha256": digest, "note": note, "submitted_by": actor, "submitted_at": at} for one in duties
    ]
    made: dict[int, int] = {}
    for some in chunks(rows, 500):
        made |= {row.duty_id: row.id for row in tx.execute(_ADD_VERSION, some).all()}
    if files:
        stored = [{"sha256": sha, "size": size, "media_type": media, "stored_at": at} for _, sha, size, media in {file[1]: file for file in files}.values()]
        insert_new(tx, StoredFile, stored, returning="sha256")
        listed = [
            {"submission_id": submission_id, "number": number, "sha256": sha, "name": name[:255]}
            for submission_id in made.values()
            for number, (name, sha, _, _) in enumerate(files, 1)
        ]
        for some in chunks(listed, 1000):
            tx.execute(_ADD_FILE, some)
    return made


def mark_submitted(tx: Session, ids: Sequence[int], at: datetime) -> None:
    if ids:
        tx.execute(_SUBMITTED, {"b_ids": ids, "b_at": at})
        take_off_papers(tx, ids, at)


def finish_many(tx: Session, ids: Sequence[int], state: DutyState, at: datetime, reason: str | None = None) -> None:
    """End duties: accepted, waived or cancelled, as `duties.finish` ends one."""
    if ids:
        tx.execute(_FINISH, {"b_ids": ids, "b_state": state, "b_at": at, "b_reason": reason})
        take_off_papers(tx, ids, at)


def close_asked(tx: Session, submission_ids: Iterable[int], state: DutyState, at: datetime, reason: str | None = None) -> None:
    """End the open reviews and rechecks of these versions."""
    versions = list(submission_ids)
    if versions:
        finish_many(tx, tx.execute(_ASKED, {"b_ids": versions}).scalars().all(), state, at, reason)


def add_verdicts(tx: Session, submission_ids: Sequence[int], outcome: str, reason: str, actor: str, at: datetime) -> set[int]:
    """One verdict a version; answers the versions that got theirs now."""
    rows = [{"submission_id": one, "outcome": outcome, "reason": reason, "given_by": actor, "given_at": at} for one in submission_ids]
    given: list[int] = []
    for some in chunks(rows, 500):
        given += insert_new(tx, Verdict, some, returning="submission_id")
    return set(given)


def start_revisions(tx: Session, duties: Sequence[Duty], due: dict[int, datetime], *, now: datetime, state: DutyState, source: str, reason: str | None) -> None:
    """A new deadline for each: the ladder starts again, but never below the rung that was reached."""
    if not duties:
        return
    clock = clock_of(tx, duties[0].campaign_id)
    groups: dict[tuple[int, datetime, int], list[int]] = {}
    for one in duties:
        groups.setdefault((one.ladder_id, due[one.id], max(one.floor_rung, one.rung)), []).append(one.id)
    for (ladder_id, due_at, floor), ids in groups.items():
        at = clock.first_at(ladder_id, due_at, now, floor)
        tx.execute(_REVISE, {
            "b_ids": ids, "b_floor": floor, "b_due_at": due_at, "b_source": source, "b_state": state, "b_next_at": at, "b_reason": reason,
        })  # fmt: skip


def issue_drafts(tx: Session, notice_ids: Sequence[int], signer: str, at: datetime) -> dict[int, str]:
    """Issue drafts, number them and put them on their way; answers notice → document number."""
    if not notice_ids:
        return {}
    tx.execute(_ISSUE, {"b_ids": notice_ids, "b_at": at, "b_signer": signer})
    rows = tx.execute(_ISSUED, {"b_ids": notice_ids}).all()
    given = give_numbers(tx, [(row.id, row.campaign_id, row.kind) for row in rows], at)
    ways: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        ways.setdefault((row.channel or "webhook", row.audience or "contact"), []).append(row.id)
    for (channel, audience), ids in ways.items():
        add_deliveries(tx, ids, channel=channel, audience=audience, now=at)
    return given


def drop_drafts(tx: Session, notice_ids: Sequence[int], reason: str) -> None:
    if notice_ids:
        tx.execute(_DROP, {"b_ids": notice_ids, "b_reason": reason})


def drafts_among(tx: Session, notice_ids: Sequence[int]) -> dict[int, int]:
    """Those that still wait for a signature: notice → campaign."""
    return {row.id: row.campaign_id for row in tx.execute(_DRAFTS, {"b_ids": notice_ids})} if notice_ids else {}


def end_sign_duties(tx: Session, notice_ids: Sequence[int], state: DutyState, at: datetime, reason: str | None = None) -> None:
    if notice_ids:
        finish_many(tx, tx.execute(_TO_SIGN, {"b_ids": notice_ids}).scalars().all(), state, at, reason)
