"""The closing phase: summaries, standing duties that go on, and whatever is still open.

    assign     summaries and standing duties
    collect    results and summaries
    escalate   what is still open
    gate       scores are final, appeals decided, the archive verified

The order and the rules are the pass's own (campaign/work/running/passes.py); running this again does only what is due by then.
"""

from typing import Any

from prefect import State, flow

from campaign.engine.forms import PhaseForm
from campaign.engine.names import PHASES
from campaign.plan.spec import PhaseKind
from flows._names import phase_run_name
from flows._spine import carry_out_phase


@flow(name=PHASES[PhaseKind.CONSOLIDATION].flow, flow_run_name=phase_run_name)
async def consolidation(request: PhaseForm) -> State[Any]:
    """One pass over the phase."""
    return await carry_out_phase(PhaseKind.CONSOLIDATION, request)
