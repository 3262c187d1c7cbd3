"""The timed pass: overdue duties climb the ladder by one rung, whichever phase or campaign they belong to.

Started by the clock when a due column says so; alone on its deployment, and alone by its lease whatever Prefect thinks."""

from typing import Any

from prefect import State, flow

from campaign.engine.forms import CampaignForm
from campaign.engine.names import PASSES
from flows._names import pass_run_name
from flows._spine import carry_out_pass


@flow(name=PASSES["supervision"].flow, flow_run_name=pass_run_name)
async def supervision(request: CampaignForm = CampaignForm()) -> State[Any]:
    """One pass over one campaign, or over all that run."""
    return await carry_out_pass("supervision", request)
