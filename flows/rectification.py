"""The self-check and rectification phase: checklists, findings, orders with deadlines, rechecks by somebody else.

    assign     checklists by indicator and unit or site
    collect    self-check forms become findings, findings become orders, orders are rechecked
    escalate   unrectified findings; the same finding again starts one rung higher
    gate       the share of due rectifications, and no unaccepted major finding

The order and the rules are the pass's own (campaign/work/running/passes.py); running this again does only what is due by then.
"""

from typing import Any

from prefect import State, flow

from campaign.engine.forms import PhaseForm
from campaign.engine.names import PHASES
from campaign.plan.spec import PhaseKind
from flows._names import phase_run_name
from flows._spine import carry_out_phase


@flow(name=PHASES[PhaseKind.RECTIFICATION].flow, flow_run_name=phase_run_name)
async def rectification(request: PhaseForm) -> State[Any]:
    """One pass over the phase."""
    return await carry_out_phase(PhaseKind.RECTIFICATION, request)
