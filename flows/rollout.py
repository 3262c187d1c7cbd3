"""The rollout phase: duties to perform, materials to hand in and recurring reports, worked by repeated passes.

    assign     duties to perform, materials and recurring reports up to the horizon
    collect    materials against their requirements, returned ones again
    escalate   everything overdue, the office's own late reviews too
    gate       required duties done, waived with a reason, or carried over by name

The order and the rules are the pass's own (campaign/work/running/passes.py); running this again does only what is due by then.
"""

from typing import Any

from prefect import State, flow

from campaign.engine.forms import PhaseForm
from campaign.engine.names import PHASES
from campaign.plan.spec import PhaseKind
from flows._names import phase_run_name
from flows._spine import carry_out_phase


@flow(name=PHASES[PhaseKind.ROLLOUT].flow, flow_run_name=phase_run_name)
async def rollout(request: PhaseForm) -> State[Any]:
    """One pass over the phase."""
    return await carry_out_phase(PhaseKind.ROLLOUT, request)
