"""Papers that wait for a signature: a draft is a `sign` duty of the office; signed, it is issued and goes out; withdrawn, its duties start that rung anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.duty import submissions
from campaign.records.duty.duties import DutyDraft, create_duties, finish, start_revision
from campaign.records.log import write_event
from campaign.records.papers import notices
from campaign.records.papers.numbers import give_number, type_number
from campaign.records.papers.outbox import add_deliveries, mark_delivered
from campaign.records.tables import Campaign, DutyKind, DutyState, Notice
from campaign.work.by import By
from campaign.work.duty.hand_in import KeptFile, version_hash, working_days_after
from campaign.work.papers.receipts import sign_for

SIGN_DAYS = 2


def ask_for_signatures(tx: Session, notice_ids: Iterable[int], by: By) -> None:
    """One `sign` duty a draft."""
    drafts: dict[int, list[DutyDraft]] = {}
    for paper in notices.to_be_signed(tx, list(notice_ids)):
        campaign = tx.get_one(Campaign, paper.campaign_id)
        drafts.setdefault(paper.campaign_id, []).append(DutyDraft(
            campaign_id=paper.campaign_id, phase_id=paper.phase_id, unit_id=campaign.office_unit_id, kind=DutyKind.SIGN, origin=f"sign:notice:{paper.id}",
            title=f"签发{paper.kind}：{paper.unit}", ladder_id=campaign.office_ladder_id, due_at=working_days_after(tx, campaign, by.now, SIGN_DAYS),
            due_source="own", required=False, notice_id=paper.id,
        ))  # fmt: skip
    for some in drafts.values():
        create_duties(tx, some, by.now)


def sign_notice(tx: Session, notice: Notice, by: By, *, number: str | None = None, signed_by: str = "", scan: Sequence[KeptFile] = ()) -> str | None:
    """Issue a draft in the name of its signer; answers its document number. Not while an earlier rung of a duty on it never arrived.

    `number` is one that the document office gave; without it the counter gives the next. Signed on paper, `signed_by` is whose name stands on the
    slip, `scan` the slip itself, kept with the duty to sign, and whoever enters it stands in the log.
    """
    signed_by = " ".join(signed_by.split())
    if len(signed_by) > 60:
        raise CampaignError("签发人姓名太长（最多 60 字）。", code="bad_name")
    if scan and not signed_by:
        raise CampaignError("附了送签单扫描件，请写明是谁签的。", code="no_signer", notice=notice.id)
    if notice.state != "draft":
        words = {"withdrawn": "已撤回", "open": "不需要签发，会自动发出"}.get(notice.state, f"已由 {notice.signed_by} 签发")
        raise Conflict(f"文书 {notice.id}{words}。", code="not_a_draft", notice=notice.id)
    undelivered = notices.undelivered_before(tx, notice)
    if undelivered:
        told = "、".join(undelivered[:5])
        raise Conflict(f"文书 {notice.id} 还不能签发：上一级督办尚未送达（{told}）。请先送达或登记人工送达。", code="earlier_undelivered", notice=notice.id)
    if not notices.has_lines(tx, notice):
        notice.state, notice.closed_reason = "empty", "所列事项均已办结"
        tx.add(notice)
        _end_sign_duty(tx, notice, by, DutyState.CANCELLED, "所列事项均已办结")
        return None
    notice.state, notice.issued_at, notice.signed_by = "issued", by.now, signed_by or by.actor
    tx.add(notice)
    tx.flush()
    assert notice.id is not None
    typed = number is not None
    number = type_number(tx, notice, number, by.actor, by.now) if number is not None else give_number(tx, notice.id, notice.campaign_id, notice.kind, by.now)
    channel, audience = notices.way_out(tx, notice)
    add_deliveries(tx, [notice.id], channel=channel, audience=audience, now=by.now)
    _keep_scan(tx, notice, by, scan)
    _end_sign_duty(tx, notice, by, DutyState.ACCEPTED, None)
    write_event(
        tx,
        at=by.now,
        actor=by.actor,
        verb="sign_on_paper" if signed_by else "sign_notice",
        reason=by.reason,
        campaign_id=notice.campaign_id,
        subject="notice",
        subject_id=notice.id,
        detail={"number": number} | ({"typed": True} if typed else {}) | ({"on_paper_by": signed_by, "scans": len(scan)} if signed_by else {}),
    )
    return number


def withdraw_notice(tx: Session, notice: Notice, by: By) -> None:
    """Take back a paper that has not gone out. Its duties are not let off: they keep the rung as their floor and wait its dwell again."""
    if not by.reason.strip():
        raise CampaignError("撤回文书须写明理由：请加 --reason。", code="no_reason")
    if notice.state not in ("draft", "open"):
        raise Conflict(
            f"文书 {notice.id} 已{'送达' if notice.state == 'delivered' else '发出或撤回'}，不能撤回：请另发更正通知。", code="already_out", notice=notice.id
        )
    notice.state, notice.closed_reason = "withdrawn", by.reason[:300]
    tx.add(notice)
    notices.cancel_deliveries(tx, notice)
    for duty in notices.climbing_duties(tx, notice):
        assert duty.due_at is not None
        start_revision(tx, duty, due_at=duty.due_at, now=by.now, state=DutyState(duty.state), source=duty.due_source)
    _end_sign_duty(tx, notice, by, DutyState.CANCELLED, by.reason)
    write_event(tx, at=by.now, actor=by.actor, verb="withdraw_notice", reason=by.reason, campaign_id=notice.campaign_id, subject="notice", subject_id=notice.id)


def serve_by_hand(tx: Session, notice: Notice, by: By, *, to: str) -> None:
    """人工送达: who took it, by whom; as good a delivery as any."""
    if notice.state != "issued":
        raise Conflict(f"文书 {notice.id} 的状态不是「已签发待送达」，不需要登记人工送达。", code="not_issued", notice=notice.id)
    if not to.strip():
        raise CampaignError("请写明由谁签收：--to 姓名。", code="no_recipient")
    assert notice.id is not None
    notices.record_hand_delivery(tx, notice, to=to, by=by.actor, at=by.now)
    mark_delivered(tx, [notice.id], by.now)
    for duty in notices.hand_duties(tx, notice):
        finish(tx, duty, DutyState.ACCEPTED, by.now)
    sign_for(tx, notice, by, on_paper=to)
    write_event(
        tx,
        at=by.now,
        actor=by.actor,
        verb="serve_by_hand",
        reason=by.reason,
        campaign_id=notice.campaign_id,
        subject="notice",
        subject_id=notice.id,
        detail={"to": to},
    )


def _keep_scan(tx: Session, notice: Notice, by: By, scan: Sequence[KeptFile]) -> None:
    for duty in notices.sign_duties(tx, notice) if scan else ():
        digest = version_hash(scan, "")
        version = submissions.add_version(tx, duty, digest, scan, note="", actor=by.actor, at=by.now)
        duty.submitted_at = by.now
        tx.add(duty)
        write_event(tx, at=by.now, actor=by.actor, verb="submit", reason="送签单扫描件", campaign_id=duty.campaign_id, subject="duty", subject_id=duty.id,
                    detail={"version": version.version, "sha256": digest, "files": len(scan)})  # fmt: skip


def _end_sign_duty(tx: Session, notice: Notice, by: By, state: DutyState, reason: str | None) -> None:
    for duty in notices.sign_duties(tx, notice):
        finish(tx, duty, state, by.now, reason)
