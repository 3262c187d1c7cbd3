"""Handing in: a new version of what a duty asks for. It stops the duty's ladder and creates the review (or the recheck) in the same transaction.

The files are already stored under their hashes when this is called; a version names them. `sign` and `review` duties never create reviews.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.duty import findings, review_chains, splits, submissions
from campaign.records.duty.duties import DutyDraft, create_duties, finish, lock, stop_ladders
from campaign.records.log import write_event
from campaign.records.papers.receipts import ORIGIN
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Submission
from campaign.rules.calendar import campaign_day, due_at_of_day
from campaign.rules.findings import recheck_due_at
from campaign.rules.sensitive import is_sensitive_ledger
from campaign.work.by import By
from campaign.work.duty.review_steps import ask_for_step
from campaign.work.papers import receipts

REVIEW_DAYS = 2
ATTESTED = "敏感台账核实："
"""How the note begins that stands for a ledger which must not be uploaded."""
ACCEPTED_AT_ONCE = (DutyKind.SIGN,)
MAY_HAND_IN = (DutyState.OPEN, DutyState.RETURNED, DutyState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file already in the store, with what a scanner and a camera said of it."""

    name: str
    sha256: str
    size: int
    media_type: str
    scan: str = ""
    taken_on: date | None = None


def may_hand_in(duty: Duty) -> str | None:
    """None, or why not, in words."""
    if duty.kind == DutyKind.REVIEW:
        return "审核事项不用报送：请用 review 给出审核意见"
    if duty.kind == DutyKind.RECHECK:
        return "复核事项不用报送：请用 review 给出复核意见"
    if duty.notice_id is not None:
        if duty.origin.startswith(ORIGIN):
            return "签收文书不用报送：请点「签收」，或用 ack 签收"
        return "签发事项不用报送：请用 sign 签发" if duty.kind == DutyKind.SIGN else "人工送达不用报送：请用 notices serve 登记由谁签收"
    if duty.state not in MAY_HAND_IN:
        state = DutyState(duty.state)
        return {
            DutyState.ACCEPTED: "该事项已办结，不能再报送",
            DutyState.WAITING: "该事项还没有开始（所在阶段未开启，或等待的事件未发生）",
            DutyState.SUSPENDED: "该事项已暂缓：请先恢复计时",
        }.get(state, f"该事项的状态是「{state.label}」，不能报送")
    return None


def why_parts_first(waited_for: Sequence[str]) -> str | None:
    """The whole of a split duty is handed in when its parts are done."""
    if not waited_for:
        return None
    return f"已分解给下级单位，还有 {len(waited_for)} 个单位没有办结：{'、'.join(waited_for[:5])}{'等' if len(waited_for) > 5 else ''}"


def hand_in(tx: Session, duty: Duty, files: Sequence[KeptFile], by: By, *, note: str = "", on_paper: bool = False) -> Submission:
    """Record a version. Handing in the same files and note twice is the same version, not a second one. What came on paper needs no file."""
    refusal = may_hand_in(lock(tx, duty)) or why_parts_first(splits.waited_for(tx, [duty.id]).get(duty.id, ()))
    if refusal:
        raise Conflict(f"{refusal}（#{duty.id}「{duty.title}」）。", code="may_not_hand_in", duty=duty.id)
    if not files and not on_paper and duty.kind in (DutyKind.MATERIAL, DutyKind.SIGN) and not (note.startswith(ATTESTED) and is_sensitive_ledger(duty.title)):
        raise CampaignError(f"#{duty.id}「{duty.title}」需要报送文件：请附上至少一个文件。", code="no_files", duty=duty.id)
    digest = version_hash(files, note)
    latest = submissions.latest(tx, duty)
    if latest is not None and latest.sha256 == digest and duty.state == DutyState.SUBMITTED:
        return latest
    submission = submissions.add_version(tx, duty, digest, files, note=note, actor=by.actor, at=by.now)
    if latest is not None:
        close_reviews(tx, latest, by, "已被新版本取代")
    campaign = tx.get(Campaign, duty.campaign_id)
    assert campaign is not None
    submission.chain_id = review_chains.chosen_chain(tx, campaign, duty)
    assert duty.id is not None
    if duty.kind in ACCEPTED_AT_ONCE:
        duty.submitted_at = by.now
        finish(tx, duty, DutyState.ACCEPTED, by.now)
    else:
        duty.state, duty.submitted_at, duty.next_rung_at = DutyState.SUBMITTED, by.now, None
        tx.add(duty)
        tx.flush()
        stop_ladders(tx, [duty.id], by.now)
        ask_for_review(tx, campaign, duty, submission, by)
        findings.mark(tx, duty, "rechecking")
    receipts.shown_by_work(tx, [duty.id], by)
    write_event(tx, at=by.now, actor=by.actor, verb="submit", reason=by.reason, campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id,
                detail={"version": submission.version, "sha256": digest, "files": len(files)})  # fmt: skip
    return submission


def attestation(kept: int, checked: int, checked_by: str) -> str:
    """What is handed in instead of a sensitive ledger: that it is kept, how much of it was checked, and by whom."""
    if kept < 1 or checked < 0 or checked > kept:
        raise CampaignError("请填写台账份数和抽查份数，抽查份数不能多于台账份数。", code="bad_attestation")
    if not checked_by.strip():
        raise CampaignError("请填写抽查人。", code="bad_attestation")
    return f"{ATTESTED}台账已建立，共 {kept} 份，抽查 {checked} 份，抽查人 {checked_by.strip()}。台账留存本单位，不上传。"


def version_hash(files: Sequence[KeptFile], note: str) -> str:
    """Over the sorted (name, hash) of the files and the note: what a verdict is bound to."""
    listed = "\n".join(sorted(f"{file.sha256}  {file.name}" for file in files))
    return hashlib.sha256(f"{listed}\n\n{note}".encode()).hexdigest()


def ask_for_review(tx: Session, campaign: Campaign, duty: Duty, submission: Submission, by: By) -> None:
    """The review of a version is a duty of the office, or the next step of its chain; of a rectification, a recheck by somebody else."""
    if submission.chain_id is not None:
        ask_for_step(tx, campaign, duty, submission, by)
        return
    kind, verb = (DutyKind.RECHECK, "复核") if duty.kind == DutyKind.RECTIFY else (DutyKind.REVIEW, "审核")
    calendar = load_calendar(tx, campaign.calendar)
    origin = f"recheck:submission:{submission.id}" if kind is DutyKind.RECHECK else f"review:submission:{submission.id}"
    due_at = recheck_due_at(by.now, calendar) if kind is DutyKind.RECHECK else working_days_after(tx, campaign, by.now, REVIEW_DAYS)
    create_duties(tx, [DutyDraft(
        campaign_id=duty.campaign_id, phase_id=duty.phase_id, unit_id=campaign.office_unit_id, kind=kind, origin=origin, title=f"{verb}：{duty.title}"[:300],
        ladder_id=campaign.office_ladder_id, due_at=due_at, due_source="own", required=False,
        submission_id=submission.id, finding_id=duty.finding_id,
    )], by.now)  # fmt: skip


def working_days_after(tx: Session, campaign: Campaign, at: datetime, days: int) -> datetime:
    """The end of the last of so many working days after a moment."""
    return due_at_of_day(load_calendar(tx, campaign.calendar).add_working_days(campaign_day(at), days))


def close_reviews(tx: Session, submission: Submission, by: By, reason: str) -> None:
    for review in submissions.open_reviews(tx, submission):
        finish(tx, review, DutyState.CANCELLED, by.now, reason)
