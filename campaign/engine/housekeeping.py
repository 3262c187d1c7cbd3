"""Taking old runs out of Prefect, with their task runs and logs. The records keep every pass, so only pictures go.

Our own server does the same by itself each hour (deployments/server.py); a server that somebody else runs may not.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaign.engine.client import Engine
from campaign.engine.names import ALL, HOUSEKEEPING
from campaign.engine.runs import FINAL, find_deployment

AT_ONCE = 50
"""As many as Prefect deletes in one call."""
MOST = 5_000


def delete_old_runs(engine: Engine, before: datetime, *, most: int = MOST) -> int:
    """Runs of our deployments that ended before then, at most `most` in one go; answers how many went."""
    return _delete(engine, [str(find_deployment(engine, name)["id"]) for name in ALL], before, sorted(FINAL), most)


def delete_quiet_checks(engine: Engine, before: datetime, *, most: int = MOST) -> int:
    """Checks of the clock that found nothing wrong: a hundred a day would hide the passes in Prefect's list."""
    return _delete(engine, [str(find_deployment(engine, HOUSEKEEPING["clock"])["id"])], before, ["COMPLETED"], most)


def _delete(engine: Engine, deployments: list[str], before: datetime, states: list[str], most: int) -> int:
    wanted: dict[str, Any] = {"deployment_id": {"any_": deployments}, "state": {"type": {"any_": states}}, "end_time": {"before_": before.isoformat()}}
    gone = 0
    while gone < most:
        answer = engine.ask("POST", "/flow_runs/bulk_delete", {"flow_runs": wanted, "limit": min(AT_ONCE, most - gone)})
        deleted = len((answer or {}).get("deleted", []))
        gone += deleted
        if deleted < AT_ONCE:
            break
    return gone
