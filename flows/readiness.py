"""The phase before the inspectors come: everything counted back from the inspection's date.

    assign     duties at T-n of the inspection's window, posts and rosters where the plan names them
    collect    the evidence package by indicator and its missing list
    escalate   in hours, not days
    gate       the package is complete, verified and frozen

The order and the rules are the pass's own (campaign/work/running/passes.py); running this again does only what is due by then.
"""

from typing import Any

from prefect import State, flow

from campaign.engine.forms import PhaseForm
from campaign.engine.names import PHASES
from campaign.plan.spec import PhaseKind
from flows._names import phase_run_name
from flows._spine import carry_out_phase


@flow(name=PHASES[PhaseKind.READINESS].flow, flow_run_name=phase_run_name)
async def readiness(request: PhaseForm) -> State[Any]:
    """One pass over the phase."""
    return await carry_out_phase(PhaseKind.READINESS, request)
