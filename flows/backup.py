"""A backup of the records and of the list of the evidence, each night by Prefect's schedule. Alone: two would only copy the same twice."""

from typing import Any

from prefect import State, flow
from prefect.states import Completed, Failed

from campaign.engine.forms import HousekeepingForm
from campaign.engine.names import HOUSEKEEPING
from campaign.errors import CampaignError
from flows._names import housekeeping_run_name
from tasks.housekeeping import back_up_records


@flow(name=HOUSEKEEPING["backup"].flow, flow_run_name=housekeeping_run_name)
async def backup(request: HousekeepingForm = HousekeepingForm()) -> State[Any]:
    """One backup; old ones go with the cleaning."""
    try:
        return Completed(message=await back_up_records())
    except CampaignError as refusal:
        return Failed(message=refusal.message)
