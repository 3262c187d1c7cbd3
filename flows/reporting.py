"""Bulletins: what stands where, for the leaders who read one page. Started by the clock on the campaign's own days."""

from typing import Any

from prefect import State, flow

from campaign.engine.forms import CampaignForm
from campaign.engine.names import PASSES
from flows._names import pass_run_name
from flows._spine import carry_out_pass


@flow(name=PASSES["bulletin"].flow, flow_run_name=pass_run_name)
async def reporting(request: CampaignForm = CampaignForm()) -> State[Any]:
    """One pass over one campaign, or over all that run."""
    return await carry_out_pass("bulletin", request)
