"""The verdict on a version: 通过 or 退回补正; for a rectification the recheck, by somebody else than who rectified.

Where the review is a chain, a verdict decides the step the version is at; the last one, or a return at any step, is the verdict on the version.
A return is a new revision: due = max(old due, return + grace), and the rung that was reached stays as its floor.
"""

from __future__ import annotations

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.records.duty import submissions
from campaign.records.duty.duties import finish, lock, start_revision
from campaign.records.log import write_event
from campaign.records.papers.outbox import collect_lines
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Submission
from campaign.rules.findings import due_after_return, may_recheck
from campaign.work.by import By
from campaign.work.duty.rectify import recheck_failed, recheck_passed
from campaign.work.duty.review_steps import Receipt, at_step, decide_step, refuse_decided, refuse_other_step


def review(tx: Session, duty: Duty, by: By, *, accept: bool, reason: str = "", step: str = "", receipt: Receipt | None = None) -> Duty:
    """Decide on the latest version of `duty`, or of the duty that a review or recheck is about. Answers the duty decided on.

    `step` is the key of the step that the decider looked at: if the version has moved on meanwhile, nothing is decided.
    """
    target, submission, asked = _subject(tx, duty)
    campaign = tx.get_one(Campaign, target.campaign_id)
    here = at_step(tx, campaign, target, submission, asked)
    refuse_other_step(tx, here, step, submission)
    if not accept and not reason.strip():
        raise CampaignError("退回须写明原因：请说明缺什么、怎样补正。", code="no_reason", duty=target.id)
    if here is not None:
        if not decide_step(tx, here, target, submission, by, accept=accept, reason=reason, receipt=receipt):
            return target
        reason = reason if accept else f"{here.step.name}退回：{reason}"
    elif not may_recheck(by.actor, submissions.submitters(tx, target) if target.kind == DutyKind.RECTIFY else [submission.submitted_by]):
        what = "整改人不能复核自己的整改" if target.kind == DutyKind.RECTIFY else "报送人不能审核自己报送的材料"
        raise NotAllowed(f"{what}：请由他人办理（#{target.id}「{target.title}」由 {by.actor} 报送过）。", code="same_person", duty=target.id)
    submissions.give_verdict(tx, submission, "accepted" if accept else "returned", reason, by.actor, by.now)
    for asked in submissions.open_reviews(tx, submission):
        finish(tx, asked, DutyState.ACCEPTED, by.now)
    if accept:
        finish(tx, target, DutyState.ACCEPTED, by.now)
        if target.kind == DutyKind.RECTIFY:
            recheck_passed(tx, target, by)
    elif target.kind == DutyKind.RECTIFY:
        recheck_failed(tx, campaign, target, by, reason)
    else:
        target.closed_reason = reason[:300]
        start_revision(
            tx,
            target,
            due_at=due_after_return(target.due_at or by.now, by.now, load_calendar(tx, campaign.calendar)),
            now=by.now,
            state=DutyState.RETURNED,
            source="returned",
        )
        assert target.id is not None
        assert campaign.id is not None
        collect_lines(tx, campaign_id=campaign.id, kind="退回补正通知", duties=[(target.unit_id, target.id)], now=by.now)
    write_event(tx, at=by.now, actor=by.actor, verb="accept" if accept else "return", reason=reason or by.reason, campaign_id=target.campaign_id,
                subject="duty", subject_id=target.id, detail={"version": submission.version, "sha256": submission.sha256})  # fmt: skip
    return target


def _subject(tx: Session, duty: Duty) -> tuple[Duty, Submission, Duty | None]:
    """What is decided on, and the review or recheck that asks for it."""
    asked: Duty | None = None
    if duty.kind in (DutyKind.REVIEW, DutyKind.RECHECK):
        submission = tx.get(Submission, duty.submission_id) if duty.submission_id else None
        if submission is None:
            raise Conflict(f"#{duty.id}「{duty.title}」没有对应的报送版本。", code="nothing_to_review", duty=duty.id)
        asked, duty = duty, lock(tx, tx.get_one(Duty, submission.duty_id))
        tx.refresh(asked)
        latest = submissions.latest(tx, duty)
        if latest is not None and latest.id != submission.id and duty.state == DutyState.SUBMITTED:
            raise Conflict(f"「{duty.title}」已报送第{latest.version}版，第{submission.version}版不用再审：请审核新版本。", code="newer_version", duty=duty.id)
        refuse_decided(tx, asked, duty, submission)
    else:
        submission = submissions.latest(tx, lock(tx, duty))
    if submission is None or duty.state != DutyState.SUBMITTED:
        verdict = submissions.verdict_of(tx, submission) if submission else None
        if verdict is not None:
            words = {"accepted": "通过", "returned": "退回补正"}[verdict.outcome]
            raise Conflict(
                f"{verdict.given_by} 已对第{submission.version if submission else ''}版作出「{words}」的意见，没有重复处理。",
                code="already_decided",
                duty=duty.id,
            )
        raise Conflict(f"#{duty.id}「{duty.title}」目前没有待审核的材料（状态：{DutyState(duty.state).label}）。", code="nothing_to_review", duty=duty.id)
    return duty, submission, asked or next(iter(submissions.open_reviews(tx, submission)), None)
