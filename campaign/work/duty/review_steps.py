"""The steps of a review that is a chain: asking for the next one, and deciding the one that a version is at.

Each step is a duty of the unit that decides it, with its own clock and ladder. The last verdict of a chain is the verdict on the version; what
comes before it is a verdict of its step alone. Origins `review:submission:981/lead_unit` are made here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict, NotAllowed
from campaign.records.duty import review_chains
from campaign.records.duty.duties import DutyDraft, create_duties, finish
from campaign.records.log import write_event
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState, Submission
from campaign.records.tables.duties import UNFINISHED
from campaign.rules.calendar import campaign_day, due_at_of_day
from campaign.rules.review_chain import Step, Who, may_decide, step_after
from campaign.work.by import By

WORDS = {"accepted": "通过", "returned": "退回补正"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the recipient outside gave back: a number, or a scan that is already in the store."""

    number: str = ""
    name: str = ""
    sha256: str | None = None
    size: int = 0
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class AtStep:
    """Where a version is: the step, its duty, and whether a further one follows."""

    chain_id: int
    step_id: int
    number: int
    step: Step
    asked: Duty
    last: bool


def step_origin(submission_id: int, key: str) -> str:
    return f"review:submission:{submission_id}/{key}"


def ask_for_step(tx: Session, campaign: Campaign, duty: Duty, submission: Submission, by: By) -> None:
    """The next step of the version's chain as a duty; a step that was asked for already stays as it is."""
    assert submission.chain_id is not None
    chain, places = review_chains.chain_of_id(tx, submission.chain_id), review_chains.places_of(tx, campaign, duty)
    found = step_after(chain.steps, review_chains.steps_done(tx, submission.id), places)
    assert found is not None, "a chain ends with its verdict"
    number, step, unit_id = found
    ladder_id, kept = chain.ladders[number - 1], True
    if ladder_id is None:
        kept = unit_id != campaign.office_unit_id
        ladder_id = review_chains.part_ladder(tx, campaign.ladder_id) if kept else campaign.office_ladder_id
    recipient = review_chains.recipient_of(tx, duty) if step.receipt else ""
    title = f"{step.name}（{recipient}）：{duty.title}" if recipient else f"{step.name}：{duty.title}"
    due_on = load_calendar(tx, campaign.calendar).add_working_days(campaign_day(by.now), step.days)
    create_duties(tx, [DutyDraft(
        campaign_id=duty.campaign_id, phase_id=duty.phase_id, unit_id=unit_id, kind=DutyKind.REVIEW, origin=step_origin(submission.id, step.key),
        title=title[:300], ladder_id=ladder_id, keeps_ladder=kept, due_at=due_at_of_day(due_on), due_source="own", required=False,
        submission_id=submission.id, review_step_id=chain.ids[number - 1],
    )], by.now)  # fmt: skip


def at_step(tx: Session, campaign: Campaign, duty: Duty, submission: Submission, asked: Duty | None) -> AtStep | None:
    """The step that `asked` is; None where the office reviews alone."""
    if submission.chain_id is None or asked is None or asked.review_step_id is None:
        return None
    chain = review_chains.chain_of_id(tx, submission.chain_id)
    place = chain.ids.index(asked.review_step_id)
    following = step_after(chain.steps, place + 1, review_chains.places_of(tx, campaign, duty))
    return AtStep(chain.id, chain.ids[place], place + 1, chain.steps[place], asked, following is None)


def refuse_decided(tx: Session, asked: Duty, duty: Duty, submission: Submission) -> None:
    """Who comes second to a step is told what the first did there."""
    if asked.review_step_id is None or asked.state in UNFINISHED:
        return
    _refuse_given(tx, submission, asked.review_step_id)
    raise Conflict(f"「{duty.title}」的这一步审核已结束（{asked.closed_reason or '不再需要'}）。", code="step_over", duty=duty.id)


def refuse_other_step(tx: Session, here: AtStep | None, expected: str, submission: Submission) -> None:
    """Whoever decides at a page of an earlier step must not decide a later one unseen."""
    if not expected or here is None or here.step.key == expected:
        return
    chain = review_chains.chain_of_id(tx, here.chain_id)
    for step, step_id in zip(chain.steps, chain.ids, strict=True):
        if step.key == expected:
            _refuse_given(tx, submission, step_id)
    raise Conflict(f"这份材料现在等待「{here.step.name}」，不是您看到的那一步：请刷新后再办。", code="other_step", submission=submission.id)


def _refuse_given(tx: Session, submission: Submission, step_id: int) -> None:
    given = review_chains.verdict_of_step(tx, submission.id, step_id)
    if given is not None:
        said = f"{given.given_by} 已在「{given.name}」对第{submission.version}版作出「{WORDS[given.outcome]}」的意见，没有重复处理。"
        raise Conflict(said, code="already_decided", submission=submission.id)


def decide_step(tx: Session, here: AtStep, duty: Duty, submission: Submission, by: By, *, accept: bool, reason: str, receipt: Receipt | None) -> bool:
    """Write the step's verdict; True when the version's own verdict is due now (returned, or the last step accepted)."""
    if not may_decide(here.step, by.actor, submission.submitted_by, accept=accept):
        way = "要改动请重新报送一版" if here.step.who is Who.UNIT_HEAD else "请由他人办理"
        raise NotAllowed(f"报送人不能审核自己报送的材料：{way}（#{duty.id}「{duty.title}」）。", code="same_person", duty=duty.id)
    given = receipt or Receipt()
    if accept and here.step.receipt and not given.number.strip() and given.sha256 is None:
        raise CampaignError("上报须登记接收单位的收文号或回执扫描件。", code="no_receipt", duty=duty.id)
    if given.sha256 is not None:
        review_chains.keep_file_row(tx, given.sha256, given.size, given.media_type, by.now)
    written = review_chains.give_step_verdict(
        tx, submission_id=submission.id, step_id=here.step_id, number=here.number, outcome="accepted" if accept else "returned", reason=reason,
        sha256=submission.sha256, given_by=by.actor, given_at=by.now, receipt=given.number.strip()[:120], receipt_sha256=given.sha256,
        receipt_name=given.name[:255],
    )  # fmt: skip
    if not written:
        _refuse_given(tx, submission, here.step_id)
    if not accept or here.last:
        return True
    finish(tx, here.asked, DutyState.ACCEPTED, by.now)
    ask_for_step(tx, tx.get_one(Campaign, duty.campaign_id), duty, submission, by)
    write_event(tx, at=by.now, actor=by.actor, verb="accept_step", reason=reason or by.reason, campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id,
                detail={"step": here.step.name, "version": submission.version, "sha256": submission.sha256})  # fmt: skip
    return False
