"""Which page of the portal shows the same as an artifact: the phase, its overdue duties, its papers. Owns nothing but these paths."""

from __future__ import annotations

from collections import defaultdict

from campaign.records.campaigns import find_campaign, find_phase
from campaign.work.running.passes import PassContext
from tasks.workplace import Workplace


def pages_of(place: Workplace, ctx: PassContext) -> dict[str, str]:
    """By the name of the table. A pass over all campaigns leads to their list."""
    if not ctx.campaign_slug:
        return _paths(place.portal_url, "/campaigns", "/status")
    campaign = f"/campaigns/{ctx.campaign_slug}"
    if not ctx.phase_key:
        return _paths(place.portal_url, campaign, f"{campaign}/duties?light=red")
    with place.store.read() as tx:
        number = find_phase(tx, find_campaign(tx, ctx.campaign_slug), ctx.phase_key).number
    return _paths(place.portal_url, f"{campaign}/phases/{number}", f"{campaign}/duties?light=red&phase={number}")


def _paths(portal: str, page: str, overdue: str) -> dict[str, str]:
    found: dict[str, str] = defaultdict(lambda: portal + page)
    found |= {"overdue": portal + overdue, "notices": f"{portal}/notices"}
    return found
