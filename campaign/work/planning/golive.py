"""正式启用: from now on messages go to the people they are meant for; until then everything went to the one test address."""

from __future__ import annotations

from sqlmodel import Session

from campaign.errors import Conflict
from campaign.records.log import write_event
from campaign.records.tables import Campaign
from campaign.work.by import By


def go_live(tx: Session, campaign: Campaign, by: By) -> bool:
    """False when it is live already. A rehearsal never goes live: its time is invented, and real people must not get its messages."""
    if campaign.rehearsal:
        raise Conflict(
            f"「{campaign.title}」是演练，不能正式启用：请去掉 --rehearsal，另用 --slug 起一个代号重新启动。", code="rehearsal", campaign=campaign.slug
        )
    if campaign.state != "launched":
        raise Conflict(
            f"「{campaign.title}」已{'结束' if campaign.state == 'finished' else '撤销'}，不能正式启用。", code="campaign_over", campaign=campaign.slug
        )
    if campaign.live_at is not None:
        return False
    campaign.live_at = by.now
    tx.add(campaign)
    write_event(tx, at=by.now, actor=by.actor, verb="golive", reason=by.reason, campaign_id=campaign.id)
    tx.flush()
    return True
