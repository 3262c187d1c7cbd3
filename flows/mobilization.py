"""The mobilization phase: who leads, who is the contact, who owes which item, signed where the plan asks for letters.

    assign     the organisation stands, every unit names its leader and contact person, items go down to units, letters where asked for
    collect    receipts, signed scans, minutes of the meeting, the units' own plans
    escalate   missing receipts and signatures
    gate       every unit has a contact person, every item an owner, letters are signed

The order and the rules are the pass's own (campaign/work/running/passes.py); running this again does only what is due by then.
"""

from typing import Any

from prefect import State, flow

from campaign.engine.forms import PhaseForm
from campaign.engine.names import PHASES
from campaign.plan.spec import PhaseKind
from flows._names import phase_run_name
from flows._spine import carry_out_phase


@flow(name=PHASES[PhaseKind.MOBILIZATION].flow, flow_run_name=phase_run_name)
async def mobilization(request: PhaseForm) -> State[Any]:
    """One pass over the phase."""
    return await carry_out_phase(PhaseKind.MOBILIZATION, request)
