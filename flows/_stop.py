"""How a flow run that lives in a thread of ours is stopped: between two pieces of work, never inside a transaction.

Prefect ends a run by killing its process, and a run in our runner has none of its own. So the runner notes here what is being
cancelled, the flow asks between two pieces, and leaves through Prefect's Abort, after which the engine writes no state of its own.
"""

from __future__ import annotations

from uuid import UUID

from prefect.context import FlowRunContext
from prefect.exceptions import Abort

_asked: set[UUID] = set()


def ask_to_stop(run_id: UUID) -> None:
    _asked.add(run_id)


def forget(run_id: UUID) -> None:
    _asked.discard(run_id)


def stop_if_asked() -> None:
    """Raises Abort when the run that calls this is being cancelled."""
    context = FlowRunContext.get()
    if context is not None and context.flow_run is not None and context.flow_run.id in _asked:
        raise Abort("cancelled between two steps")
