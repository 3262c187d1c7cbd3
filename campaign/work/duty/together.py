"""Handing in, reviewing and signing many in one go: the same rules as for one, asked of each, written in a few statements.

For a unit that hands in a folder for thirty duties, an office that passes a list, and a rehearsal that plays a year in seconds. Whoever the
rule refuses is left out and named; rectifications and their rechecks go one by one, because each moves a finding, and so does what is reviewed
in steps, because each is at its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from campaign.errors import CampaignError
from campaign.records.duty import many, review_chains, splits
from campaign.records.duty.duties import NOTHING_LEFT, DutyDraft, create_duties
from campaign.records.log import write_events
from campaign.records.papers import notices
from campaign.records.papers.outbox import collect_lines
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign, Duty, DutyKind, DutyState
from campaign.rules.findings import due_after_return, may_recheck
from campaign.work.by import By
from campaign.work.duty.hand_in import ACCEPTED_AT_ONCE, REVIEW_DAYS, KeptFile, hand_in, may_hand_in, version_hash, why_parts_first, working_days_after
from campaign.work.duty.review import review
from campaign.work.duty.review_steps import Receipt
from campaign.work.papers import receipts

CHANGED = ("state", "submitted_at", "finished_at", "closed_reason", "next_rung_at", "due_at", "due_source", "revision", "rung", "floor_rung")
"""What `many` writes of a duty. Named, it is forgotten without a walk over all that an object might refer to."""


@dataclass(frozen=True, slots=True)
class Together:
    """Whom it was done for, and for whom not, with the reason."""

    done: tuple[int, ...]
    refused: tuple[tuple[int, str], ...] = ()


def hand_in_together(tx: Session, campaign: Campaign, duties: Sequence[Duty], files: Sequence[KeptFile], by: By, *, note: str = "") -> Together:
    """The same files as a new version of each duty of a campaign."""
    refused, fit, singly = [], [], []
    waited_for = splits.waited_for(tx, [one.id for one in duties])
    for one in duties:
        why = (
            may_hand_in(one)
            or why_parts_first(waited_for.get(one.id, ()))
            or ("需要报送文件" if not files and one.kind in (DutyKind.MATERIAL, DutyKind.SIGN) else None)
        )
        if why:
            refused.append((one.id, why))
        elif one.kind == DutyKind.RECTIFY or review_chains.chosen_chain(tx, campaign, one) is not None:
            hand_in(tx, one, files, by, note=note)
            singly.append(one.id)
        else:
            fit.append(one)
    if not fit:
        return Together(tuple(singly), tuple(refused))
    digest = version_hash(files, note)
    before = many.latest_of(tx, [one.id for one in fit])
    fit = [one for one in fit if not (one.state == DutyState.SUBMITTED and one.id in before and before[one.id].sha256 == digest)]
    kept = [(file.name, file.sha256, file.size, file.media_type) for file in files]
    made = many.add_versions(tx, fit, {duty_id: row.version for duty_id, row in before.items()}, digest, kept, note=note, actor=by.actor, at=by.now)
    many.close_asked(tx, [before[one.id].id for one in fit if one.id in before], DutyState.CANCELLED, by.now, "已被新版本取代")
    at_once = [one.id for one in fit if one.kind in ACCEPTED_AT_ONCE]
    many.finish_many(tx, at_once, DutyState.ACCEPTED, by.now)
    many.mark_submitted(tx, [one.id for one in fit if one.kind not in ACCEPTED_AT_ONCE], by.now)
    receipts.shown_by_work(tx, [one.id for one in fit], by)
    due_at = working_days_after(tx, campaign, by.now, REVIEW_DAYS)
    create_duties(tx, [
        DutyDraft(
            campaign_id=one.campaign_id, phase_id=one.phase_id, unit_id=campaign.office_unit_id, kind=DutyKind.REVIEW, title=f"审核：{one.title}"[:300],
            origin=f"review:submission:{made[one.id]}", ladder_id=campaign.office_ladder_id, due_at=due_at, due_source="own", required=False,
            submission_id=made[one.id],
        )
        for one in fit if one.kind not in ACCEPTED_AT_ONCE
    ], by.now)  # fmt: skip
    write_events(tx, [_event(one, by, "submit", {"version": (before[one.id].version if one.id in before else 0) + 1, "sha256": digest, "files": len(files)})
                      for one in fit])  # fmt: skip
    return _told(tx, singly, fit, refused)


def review_together(tx: Session, campaign: Campaign, duties: Sequence[Duty], by: By, *, accept: bool, reason: str = "", receipt: str = "") -> Together:
    """The same verdict on the latest version of each handed-in duty, at the step where it is; `receipt` for those that are reported outside."""
    if not accept and not reason.strip():
        raise CampaignError("退回须写明原因：请说明缺什么、怎样补正。", code="no_reason")
    latest = many.latest_of(tx, [one.id for one in duties])
    refused, fit, singly = [], [], []
    for one in duties:
        version = latest.get(one.id)
        if version is None or one.state != DutyState.SUBMITTED:
            refused.append((one.id, "没有待审核的材料"))
        elif version.chain_id is None and not may_recheck(by.actor, [version.submitted_by]):
            refused.append((one.id, "报送人不能审核自己报送的材料"))
        elif one.kind == DutyKind.RECTIFY or version.chain_id is not None:
            try:
                review(tx, one, by, accept=accept, reason=reason, receipt=Receipt(receipt))
                singly.append(one.id)
            except CampaignError as refusal:
                refused.append((one.id, refusal.message))
        else:
            fit.append(one)
    given = many.add_verdicts(tx, [latest[one.id].id for one in fit], "accepted" if accept else "returned", reason, by.actor, by.now)
    decided = [one for one in fit if latest[one.id].id in given]
    refused += [(one.id, "已有审核意见") for one in fit if latest[one.id].id not in given]
    many.close_asked(tx, given, DutyState.ACCEPTED, by.now)
    if accept:
        many.finish_many(tx, [one.id for one in decided], DutyState.ACCEPTED, by.now)
    else:
        calendar = load_calendar(tx, campaign.calendar)
        due = {one.id: due_after_return(one.due_at or by.now, by.now, calendar) for one in decided}
        many.start_revisions(tx, decided, due, now=by.now, state=DutyState.RETURNED, source="returned", reason=reason[:300])
        assert campaign.id is not None
        collect_lines(tx, campaign_id=campaign.id, kind="退回补正通知", duties=[(one.unit_id, one.id) for one in decided], now=by.now)
    write_events(tx, [_event(one, by, "accept" if accept else "return", {"version": latest[one.id].version, "sha256": latest[one.id].sha256}, reason)
                      for one in decided])  # fmt: skip
    return _told(tx, singly, decided, refused)


def sign_together(tx: Session, notice_ids: Sequence[int], by: By) -> Together:
    """A pile of drafts signed by one person. What may not be signed yet is left in the pile; a draft with nothing left on it is dropped."""
    drafts = many.drafts_among(tx, notice_ids)
    undelivered, empty = notices.not_ready(tx, list(drafts))
    refused = [(one, "已不在待签发之列") for one in notice_ids if one not in drafts]
    refused += [(one, "上一级督办尚未送达") for one in drafts if one in undelivered]
    many.drop_drafts(tx, [one for one in drafts if one in empty - undelivered], NOTHING_LEFT)
    many.end_sign_duties(tx, [one for one in drafts if one in empty - undelivered], DutyState.CANCELLED, by.now, NOTHING_LEFT)
    ready = [one for one in drafts if one not in undelivered and one not in empty]
    numbers = many.issue_drafts(tx, ready, by.actor, by.now)
    many.end_sign_duties(tx, ready, DutyState.ACCEPTED, by.now)
    write_events(tx, [
        {"at": by.now, "actor": by.actor, "verb": "sign_notice", "reason": by.reason, "campaign_id": drafts[one], "subject": "notice", "subject_id": one,
         "detail": {"number": numbers[one]}} for one in ready
    ])  # fmt: skip
    tx.expire_all()
    return Together(tuple(ready), tuple(refused))


def _told(tx: Session, singly: Sequence[int], done: Sequence[Duty], refused: Sequence[tuple[int, str]]) -> Together:
    """The rows were changed behind the objects' back: whoever looks at one again reads it anew."""
    ids = (*singly, *(one.id for one in done))
    for one in done:
        tx.expire(one, CHANGED)
    return Together(ids, tuple(refused))


def _event(duty: Duty, by: By, verb: str, detail: dict[str, object], reason: str = "") -> dict[str, object]:
    return {
        "at": by.now, "actor": by.actor, "verb": verb, "reason": reason or by.reason, "campaign_id": duty.campaign_id, "subject": "duty",
        "subject_id": duty.id, "detail": detail,
    }  # fmt: skip
