"""The outbox: documents that wait are sent, tried again, handed to the next channel, and to a person when all have failed.

Alone on its deployment, since two senders would only fight for the same rows."""

from typing import Any

from prefect import State, flow

from campaign.engine.forms import CampaignForm
from campaign.engine.names import PASSES
from flows._names import pass_run_name
from flows._spine import carry_out_pass


@flow(name=PASSES["delivery"].flow, flow_run_name=pass_run_name)
async def delivery(request: CampaignForm = CampaignForm()) -> State[Any]:
    """One pass over one campaign, or over all that run."""
    return await carry_out_pass("delivery", request)
