"""Sending what is due: claim in one transaction, send outside any, record in another.

Whoever dies between sending and recording leaves the claim to run out; the sending is then repeated with the same key, and the receiver can
tell. A notice that no channel takes becomes a duty of the office: 人工送达.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from campaign.records import leases, manners, notices, outbox, registry
from campaign.records.budgets import within_budget
from campaign.records.duties import DutyDraft, create_duties
from campaign.records.log import write_event
from campaign.records.store import Store
from campaign.records.tables import Campaign, DutyKind, Notice, Unit
from campaign.rules.calendar import campaign_day
from campaign.work.hand_in import working_days_after
from campaign.work.pass_types import PassContext

HAND_DAYS = 1
OFFICE_RELATIONS = ("office", "group_head", "lead_unit")


def due_count(tx: Session, now: datetime, campaign_id: int | None) -> int:
    return notices.due_deliveries(tx, now, campaign_id)


def deliver_batch(store: Store, ctx: PassContext) -> dict[str, int]:
    """Send one batch of what is due; counts sent and failed."""
    if ctx.services is None or ctx.services.send is None:
        raise RuntimeError("a delivery pass needs a way out: give it Services(send=…)")
    now = ctx.request.now
    with store.begin() as tx:
        leases.renew_in(tx, ctx.hold)
        claimed = outbox.claim(tx, now, ctx.services.batch, ctx.hold.holder, campaign_id=ctx.campaign_id)
        outgoing = within_budget(tx, claimed, now)
        addressees = resolve_addressees(tx, outgoing, now)
        warn_of_papers(tx, {one.campaign_id for one in outgoing if one.number}, now, ctx.request.actor)
    if not outgoing:
        return {"sent": 0}
    outcomes = ctx.services.send(outgoing, addressees, now)
    with store.begin() as tx:
        exhausted = outbox.record_outcomes(tx, outcomes, ctx.hold.holder, now)
        for notice_id in exhausted:
            ask_for_hand_delivery(tx, tx.get_one(Notice, notice_id), now, ctx.request.actor)
    sent = sum(outcome.outcome == "delivered" for outcome in outcomes)
    return {"sent": sent, "failed": len(outcomes) - sent}


def warn_of_papers(tx: Session, campaign_ids: set[int], now: datetime, actor: str) -> None:
    """Papers are a burden: once a month and unit the log says that the cap is exceeded. They go out all the same."""
    month = campaign_day(now)
    for campaign_id in sorted(campaign_ids):
        cap = int(tx.get_one(Campaign, campaign_id).settings.get("paper_cap", manners.PAPERS_A_MONTH))
        over = [(unit_id, unit, count) for unit_id, unit, count in manners.papers_in_month(tx, campaign_id, month) if count > cap]
        known = manners.already_warned(tx, campaign_id, month) if over else set()
        for unit_id, unit, count in over:
            if unit_id not in known:
                write_event(tx, at=now, actor=actor, verb="paper_cap", reason=f"{unit} 本月已收 {count} 件带文号的文书,超过 {cap} 件", campaign_id=campaign_id,
                            subject="unit", subject_id=unit_id, detail={"papers": count, "cap": cap})  # fmt: skip


def resolve_addressees(tx: Session, outgoing: list[outbox.Outgoing], now: datetime) -> dict[int, list[tuple[str, str, str | None, str | None, str | None]]]:
    """Who holds the posts of each notice's audience today: found at sending time, so a successor is found too."""
    today = campaign_day(now)
    found = registry.addressees(tx, sorted({one.unit_id for one in outgoing}), today)
    offices = {row.id: row.office_unit_id for row in (tx.get_one(Campaign, campaign_id) for campaign_id in {one.campaign_id for one in outgoing})}
    office_people = registry.addressees(tx, sorted(set(offices.values())), today)
    answer = {}
    for one in outgoing:
        relations = set(one.audience.split(","))
        people = [person for person in found.get(one.unit_id, []) if person[0] in relations]
        if relations & set(OFFICE_RELATIONS):
            people += office_people.get(offices[one.campaign_id], [])
        answer[one.notice_id] = people or found.get(one.unit_id, [])
    return answer


def ask_for_hand_delivery(tx: Session, notice: Notice, now: datetime, actor: str) -> None:
    """No channel took it: the office serves it by hand."""
    campaign, unit = tx.get_one(Campaign, notice.campaign_id), tx.get_one(Unit, notice.unit_id)
    create_duties(tx, [DutyDraft(
        campaign_id=notice.campaign_id, phase_id=notices.phase_of(tx, notice), unit_id=campaign.office_unit_id, kind=DutyKind.PERFORM,
        origin=f"handdeliver:notice:{notice.id}", title=f"人工送达{notice.kind}:{unit.name}", ladder_id=campaign.office_ladder_id,
        due_at=working_days_after(tx, campaign, now, HAND_DAYS), due_source="own", required=False, notice_id=notice.id,
    )], now)  # fmt: skip
    write_event(
        tx, at=now, actor=actor, verb="undeliverable", reason="各送达渠道均未成功", campaign_id=notice.campaign_id, subject="notice", subject_id=notice.id
    )
