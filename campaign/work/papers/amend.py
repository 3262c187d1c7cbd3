"""Correcting and withdrawing a paper that was issued: each is a notice of its own, with its own number and its own delivery.

The paper that is amended keeps its text, and its number stays taken for ever. Withdrawn, its duties are not let off: they keep the rung as
their floor and wait its dwell again, as when a draft is withdrawn. Refuses to touch a paper that has not gone out; that one is simply
withdrawn (`signing`).
"""

from __future__ import annotations

from sqlmodel import Session

from campaign.errors import CampaignError, Conflict
from campaign.records.duty.duties import finish, start_revision
from campaign.records.log import write_event
from campaign.records.papers import notices
from campaign.records.papers.letterhead import letterheads
from campaign.records.papers.outbox import write_notice
from campaign.records.tables import Amendment, DutyState, Notice, Unit
from campaign.rules.calendar import campaign_day
from campaign.rules.papers import form_for
from campaign.work.by import By
from campaign.work.papers.receipts import drop_receipts

LONGEST = 2000


def correct_notice(tx: Session, notice: Notice, by: By, *, text: str) -> Notice:
    """A 更正通知 to the same unit that says what is right; the paper itself stays in force."""
    _refuse_unfit(notice, by)
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise CampaignError(f"请写明更正的内容（不超过 {LONGEST} 字），如：第2项办理时限应为9月30日。", code="no_text")
    body = f"{_named(tx, notice)}有误，现更正如下：\n\n{text}\n\n其余内容不变，特此通知。"
    return _amend(tx, notice, by, way="correct", kind="更正通知", body=body)


def recall_notice(tx: Session, notice: Notice, by: By) -> Notice:
    """A 撤回通知 to the same unit; the paper is void and its number is not used again."""
    _refuse_unfit(notice, by)
    if notice.kind == "撤回通知":
        raise Conflict(f"文书 {notice.id} 本身是撤回通知，不能再撤回：有误的请发更正通知。", code="already_recall", notice=notice.id)
    void = "原件和原文号作废" if notice.number else "原件作废"
    body = f"{_named(tx, notice)}，因{by.reason.strip().rstrip('。')}，现予撤回，{void}。所列事项仍须办理，有关要求另行通知。特此通知。"
    notices.cancel_deliveries(tx, notice)
    notice.state, notice.closed_reason = "withdrawn", by.reason[:300]
    tx.add(notice)
    for duty in notices.climbing_duties(tx, notice):
        assert duty.due_at is not None
        start_revision(tx, duty, due_at=duty.due_at, now=by.now, state=DutyState(duty.state), source=duty.due_source)
    for duty in notices.hand_duties(tx, notice):
        finish(tx, duty, DutyState.CANCELLED, by.now, by.reason)
    drop_receipts(tx, notice, by)
    return _amend(tx, notice, by, way="withdraw", kind="撤回通知", body=body)


def _refuse_unfit(notice: Notice, by: By) -> None:
    if not by.reason.strip():
        raise CampaignError("更正或撤回已发出的文书须写明理由：请加 --reason。", code="no_reason")
    if notice.state == "withdrawn":
        raise Conflict(f"文书 {notice.id} 已经撤回。", code="already_withdrawn", notice=notice.id)
    if notice.state not in ("issued", "delivered"):
        raise Conflict(f"文书 {notice.id} 还没有发出，不需要另行通知：请直接撤回或重新生成。", code="not_issued", notice=notice.id)


def _named(tx: Session, notice: Notice) -> str:
    """我办2026年3月12日印发的《督办通知书》（创办督〔2026〕1号）"""
    unit, head = tx.get_one(Unit, notice.unit_id), letterheads(tx, [notice.campaign_id])[notice.campaign_id]
    assert notice.issued_at is not None
    day = campaign_day(notice.issued_at)
    form = form_for(notice.kind, head.relation(unit.name, unit.kind, external=unit.external))
    return f"我办{day.year}年{day.month}月{day.day}日印发的《{form}》{f'（{notice.number}）' if notice.number else ''}"


def _amend(tx: Session, notice: Notice, by: By, *, way: str, kind: str, body: str) -> Notice:
    channel, audience = notices.way_out(tx, notice)
    made = tx.get_one(Notice, write_notice(
        tx, campaign_id=notice.campaign_id, unit_id=notice.unit_id, kind=kind, title=kind, body=body, now=by.now, channel=channel, audience=audience,
    ))  # fmt: skip
    made.signed_by = by.actor
    tx.add(made)
    assert made.id is not None
    assert notice.id is not None
    tx.add(Amendment(notice_id=made.id, amends_id=notice.id, way=way))
    write_event(
        tx, at=by.now, actor=by.actor, verb="correct_notice" if way == "correct" else "recall_notice", reason=by.reason, campaign_id=notice.campaign_id,
        subject="notice", subject_id=notice.id, detail={"by_notice": made.id, "number": notice.number},
    )  # fmt: skip
    write_event(
        tx, at=by.now, actor=by.actor, verb="sign_notice", reason=by.reason, campaign_id=notice.campaign_id, subject="notice", subject_id=made.id,
        detail={"amends": notice.id},
    )  # fmt: skip
    tx.flush()
    return made
