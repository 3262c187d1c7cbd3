"""What is due now, and when the next thing will be: the two questions of the clock. Nothing due is a handful of index look-ups."""

from __future__ import annotations

from datetime import date, datetime

from campaign.records.papers import digests, notices
from campaign.records.planning import registry
from campaign.records.running import dues, pass_runs, sweeping
from campaign.records.store import Store
from campaign.records.tables import Campaign, Phase
from campaign.rules.calendar import campaign_day
from campaign.work.running.pass_types import PassRequest
from campaign.work.running.series import HORIZON


def due_passes(store: Store, now: datetime, actor: str = "clock") -> list[PassRequest]:
    """The passes that should run now, in the order in which they should. Rehearsals live in their own time and are never among them."""
    with store.read() as tx:
        today = campaign_day(now)
        due = dues.kinds_due(tx, now, today, today + HORIZON)
        phases = pass_runs.due_phases(tx, today, now) if due.phase else []
        grows = due.series and registry.series_due(tx, today + HORIZON)  # asked twice, for a suspension may stop all that seems due
    found = [PassRequest("phase", slug, key, now, actor, "到期") for slug, key in phases]
    for name, asked in (("supervision", due.duty or grows or due.digest), ("bulletin", due.bulletin), ("delivery", due.delivery)):
        if asked:
            found.append(PassRequest(name, None, None, now, actor, "到期"))
    return found


def due_passes_of(store: Store, campaign: Campaign, now: datetime, actor: str) -> list[PassRequest]:
    """The same for one campaign, which may be a rehearsal: what whoever moves its time has to run."""
    with store.read() as tx:
        today = campaign_day(now)
        due = [phase.key for phase in registry.phases_of(tx, campaign) if _is_due(phase, today, now)]
        found = [PassRequest("phase", campaign.slug, key, now, actor, "到期") for key in due]
        grows = registry.growing_series(tx, today + HORIZON, campaign_id=campaign.id, unit_ids=None, phase_id=None)
        if grows or sweeping.count_due(tx, now, campaign.id) or digests.due(tx, now, campaign.id):
            found.append(PassRequest("supervision", campaign.slug, None, now, actor, "到期"))
        if campaign.state == "launched" and campaign.next_bulletin_at is not None and campaign.next_bulletin_at <= now:
            found.append(PassRequest("bulletin", campaign.slug, None, now, actor, "到期"))
        if notices.due_deliveries(tx, now, campaign.id):
            found.append(PassRequest("delivery", campaign.slug, None, now, actor, "到期"))
    return found


def _is_due(phase: Phase, today: date, now: datetime) -> bool:
    if phase.state == "planned":
        return phase.starts_on is not None and phase.starts_on <= today
    return phase.state == "open" and phase.next_pass_at is not None and phase.next_pass_at <= now


def next_due_at(store: Store, now: datetime) -> datetime | None:
    """The earliest moment at which something will be due; None when nothing ever will."""
    with store.read() as tx:
        return dues.next_at(tx)
