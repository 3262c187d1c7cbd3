"""What may not be kept for ever goes: numbers of people who left, old backups, uploads that broke off, Prefect's old runs and their logs."""

from typing import Any

from prefect import State, flow
from prefect.states import Completed, Failed

from campaign.engine.forms import HousekeepingForm
from campaign.engine.names import HOUSEKEEPING
from campaign.errors import CampaignError
from flows._names import housekeeping_run_name
from flows._spine import actor_of_run
from tasks.housekeeping import clean_up


@flow(name=HOUSEKEEPING["cleaning"].flow, flow_run_name=housekeeping_run_name)
async def cleaning(request: HousekeepingForm = HousekeepingForm()) -> State[Any]:
    """One round; what cannot be done now is said and comes again tomorrow."""
    try:
        return Completed(message=await clean_up(actor_of_run(), request.reason))
    except CampaignError as refusal:
        return Failed(message=refusal.message)
