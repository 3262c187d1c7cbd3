"""撤销启动: a wrong launch is undone before anybody was told of it.

Nothing is deleted, for the log names what was done: the duties are cancelled, papers that have not gone out are withdrawn, and the slug is
given free so that the corrected file can be launched under it. Units that only this launch entered leave the roll again, and their names are free;
a launch enters no people, so whoever was entered since keeps his unit there. Refused once a notice has gone out, because then units have begun to work.
"""

from __future__ import annotations

from sqlmodel import Session

from campaign.errors import Conflict
from campaign.records.log import write_event
from campaign.records.planning import discarding
from campaign.records.tables import Campaign
from campaign.work.by import By

REASON = "撤销启动"


def discard(tx: Session, campaign: Campaign, by: By) -> int:
    """Answers how many duties were cancelled."""
    if campaign.state == "discarded":
        raise Conflict(f"「{campaign.title}」已经撤销过了。", code="campaign_over", campaign=campaign.slug)
    told = discarding.first_sending(tx, campaign)
    if told is not None:
        raise Conflict(
            f"「{campaign.title}」的第一份文书（编号 {told}）已经发出，不能再撤销：请改方案文件后再次 campaign launch，或逐项 campaign cancel 并写明理由。",
            code="already_told",
            campaign=campaign.slug,
        )
    assert campaign.id is not None
    cancelled = discarding.cancel_duties(tx, campaign, by.now, by.reason or REASON)
    discarding.withdraw_papers(tx, campaign, by.reason or REASON)
    discarding.stop_series_and_phases(tx, campaign, by.now)
    removed = discarding.take_off_the_roll(tx, campaign, discarding.units_made_by(tx, campaign))
    slug = campaign.slug
    campaign.state, campaign.slug, campaign.next_bulletin_at = "discarded", f"{slug[:48]}~{campaign.id}", None
    tx.add(campaign)
    detail = {"slug": slug, "duties": cancelled, "units": removed}
    write_event(tx, at=by.now, actor=by.actor, verb="discard", reason=by.reason, campaign_id=campaign.id, detail=detail)
    tx.flush()
    return cancelled
