"""Sending what is due: claim in one transaction, send outside any, record in another.

Whoever dies between sending and recording leaves the claim to run out; the sending is then repeated with the same key, and the receiver can
tell. A notice that no channel takes, or that nobody in the unit could get, becomes a duty of the office: 人工送达.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from campaign.records import leases
from campaign.records.duty.duties import DutyDraft, create_duties, finish
from campaign.records.log import write_event
from campaign.records.papers import manners, notices, outbox
from campaign.records.papers.budgets import within_budget
from campaign.records.store import Store
from campaign.records.tables import Campaign, DutyKind, DutyState, Notice, Unit
from campaign.rules.calendar import campaign_day
from campaign.rules.papers import RECEIPTED
from campaign.work.by import By
from campaign.work.duty.hand_in import working_days_after
from campaign.work.papers.addressing import copy_to_lead_units
from campaign.work.papers.crowding import Crowding
from campaign.work.papers.receipts import ask_for_receipts
from campaign.work.running.pass_types import PassContext

HAND_DAYS = 1


def due_count(tx: Session, now: datetime, campaign_id: int | None) -> int:
    return notices.due_deliveries(tx, now, campaign_id)


def deliver_batch(store: Store, ctx: PassContext) -> dict[str, int]:
    """Send one batch of what is due; counts sent and failed."""
    if ctx.services is None or ctx.services.send is None:
        raise RuntimeError("a delivery pass needs a way out: give it Services(send=…)")
    now = ctx.request.now
    with store.begin() as tx:
        leases.renew_in(tx, ctx.hold)
        crowding = Crowding(tx, now)
        claimed = outbox.claim(tx, now, ctx.services.batch, ctx.hold.holder, campaign_id=ctx.campaign_id, admission=crowding, with_lines=ctx.services.lines)
        crowding.write()
        outgoing = within_budget(tx, claimed, now)
        addressees = {one.delivery_id: crowding.addressees(one.delivery_id, one.notice_id) for one in outgoing}
        warn_of_papers(tx, [one for one in outgoing if one.number], now, ctx.request.actor)
    if not outgoing:
        return {"sent": 0}
    outcomes = ctx.services.send(outgoing, addressees, now)
    arrived = {outcome.delivery_id for outcome in outcomes if outcome.outcome == "delivered"}
    unreachable = {one.notice_id for one in outgoing if not addressees[one.delivery_id]}
    by = By(ctx.request.actor, now)

    def record(tx: Session) -> None:
        for notice_id in outbox.record_outcomes(tx, outcomes, ctx.hold.holder, now):
            ask_for_hand_delivery(tx, tx.get_one(Notice, notice_id), by, unreachable=notice_id in unreachable)
        follow_up(tx, [one for one in outgoing if one.delivery_id in arrived], by, ctx.id)

    store.insist(record)  # unrecorded they would be sent once more
    sent = len(arrived)
    return {"sent": sent, "failed": len(outcomes) - sent}


def warn_of_papers(tx: Session, papers: Sequence[outbox.Outgoing], now: datetime, actor: str) -> None:
    """Papers are a burden: once a month and unit the log says that the cap is exceeded. They go out all the same."""
    month = campaign_day(now)
    units: dict[int, set[int]] = {}
    for one in papers:
        units.setdefault(one.campaign_id, set()).add(one.unit_id)
    for campaign_id, unit_ids in sorted(units.items()):
        cap = int(tx.get_one(Campaign, campaign_id).settings.get("paper_cap", manners.PAPERS_A_MONTH))
        over = [(unit_id, unit, count) for unit_id, unit, count in manners.papers_in_month(tx, campaign_id, month, unit_ids) if count > cap]
        known = manners.already_warned(tx, campaign_id, month) if over else set()
        for unit_id, unit, count in over:
            if unit_id not in known:
                write_event(tx, at=now, actor=actor, verb="paper_cap", reason=f"{unit} 本月已收 {count} 件带文号的文书，超过 {cap} 件", campaign_id=campaign_id,
                            subject="unit", subject_id=unit_id, detail={"papers": count, "cap": cap})  # fmt: skip


def follow_up(tx: Session, arrived: Sequence[outbox.Outgoing], by: By, pass_id: int | None = None) -> None:
    """What a delivery brings about: its 签收 is asked for, the lead unit gets its copy, and nobody need carry the paper any more."""
    if not arrived:
        return
    ask_for_receipts(tx, [one.notice_id for one in arrived if one.kind in RECEIPTED], by)
    copy_to_lead_units(tx, arrived, by.now, pass_id)
    for duty in notices.hand_duties_of(tx, [one.notice_id for one in arrived]):
        finish(tx, duty, DutyState.ACCEPTED, by.now, "已由其他渠道送达")


def ask_for_hand_delivery(tx: Session, notice: Notice, by: By, *, unreachable: bool = False) -> None:
    """No channel took it, or nobody can be reached: the office serves it by hand. One that has arrived (a successor's copy) is no such case."""
    if notice.state != "issued":
        return
    campaign, unit = tx.get_one(Campaign, notice.campaign_id), tx.get_one(Unit, notice.unit_id)
    named = f"{notice.kind}（{notice.number}）" if notice.number else notice.kind
    why = "单位没有联系得上的人员" if unreachable else "各送达渠道均未成功"
    create_duties(tx, [DutyDraft(
        campaign_id=notice.campaign_id, phase_id=notices.phase_of(tx, notice), unit_id=campaign.office_unit_id, kind=DutyKind.PERFORM,
        origin=f"handdeliver:notice:{notice.id}", title=f"人工送达{named}：{notice.unit_name or unit.name}"[:300], ladder_id=campaign.office_ladder_id,
        due_at=working_days_after(tx, campaign, by.now, HAND_DAYS), due_source="own", required=False, notice_id=notice.id,
    )], by.now)  # fmt: skip
    write_event(tx, at=by.now, actor=by.actor, verb="undeliverable", reason=why, campaign_id=notice.campaign_id, subject="notice", subject_id=notice.id)
