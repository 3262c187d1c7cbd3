"""The dead-man's switch of the clock, in Prefect: a run that fails, and says for how long nobody has started a pass.

The portal says the same on every page. Prefect's schedule asks, which needs no clock of ours; where nobody runs flows at all the run is
shown as late."""

from typing import Any

from prefect import State, flow
from prefect.states import Completed, Failed

from campaign.engine.forms import HousekeepingForm
from campaign.engine.names import HOUSEKEEPING
from flows._names import housekeeping_run_name
from tasks.housekeeping import look_at_clock


@flow(name=HOUSEKEEPING["clock"].flow, flow_run_name=housekeeping_run_name)
async def clock_check(request: HousekeepingForm = HousekeepingForm()) -> State[Any]:
    """One look, and a second one before anything is said."""
    told = await look_at_clock()
    return Failed(message=told) if told else Completed(message="督办时钟正常")
