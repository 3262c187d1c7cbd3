"""Starting a deployment's run and looking at it.

Owns the idempotency key `pass:due instant:attempt`. The attempt belongs in it because Prefect answers the key of a cancelled run with
that dead run: whoever finds the run of a key dead asks again with the next attempt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from campaign.engine.client import Engine, EngineRefused
from campaign.engine.names import DeploymentName

ACTOR_LABEL = "campaign.actor"
DEAD = frozenset({"FAILED", "CRASHED", "CANCELLED"})
FINAL = DEAD | {"COMPLETED"}
MAX_ATTEMPTS = 20


@dataclass(frozen=True)
class Run:
    """A flow run as Prefect told it last."""

    id: str
    name: str
    state_type: str
    state_name: str
    message: str
    url: str
    started_at: datetime | None

    @property
    def is_final(self) -> bool:
        return self.state_type in FINAL

    @property
    def is_dead(self) -> bool:
        return self.state_type in DEAD


def find_deployment(engine: Engine, name: DeploymentName) -> dict[str, Any]:
    """The deployment as Prefect keeps it; EngineRefused when `campaign up` never registered it there."""
    found = engine.ask("GET", f"/deployments/name/{quote(name.flow)}/{quote(name.deployment)}")
    if not isinstance(found, dict):
        raise EngineRefused(
            f"Prefect（{engine.ui_url}）里没有部署「{name.deployment}」：请运行 campaign up，它会在启动时登记全部部署。",
            code="no_deployment",
            deployment=name.deployment,
        )
    return found


def trigger(
    engine: Engine,
    name: DeploymentName,
    parameters: Mapping[str, Any],
    *,
    key: str = "",
    actor: str = "",
    tags: Sequence[str] = (),
    attempt: int = 1,
    renew: bool = False,
) -> tuple[Run, int]:
    """Start a run, or find the one that this key started before; skips over dead ones, with `renew` over completed ones too.

    Returns it with the attempt that it took.

    Selects are not enforced here: they may lag behind a launch by a moment, and the flow checks its form itself.
    """
    deployment = find_deployment(engine, name)
    key = key or f"{name.deployment}:{uuid4()}"
    while True:
        made = engine.ask(
            "POST",
            f"/deployments/{deployment['id']}/create_flow_run",
            {
                "parameters": dict(parameters),
                "enforce_parameter_schema": False,
                "idempotency_key": f"{key}:{attempt}",
                "labels": {ACTOR_LABEL: actor} if actor else {},
                "tags": list(tags),
            },
        )
        run = _run(engine, made)
        used_up = run.is_final if renew else run.is_dead
        if not used_up or attempt >= MAX_ATTEMPTS:
            return run, attempt
        attempt += 1


def read_run(engine: Engine, run_id: str) -> Run | None:
    """The run, or None when Prefect lost or vacuumed it."""
    found = engine.ask("GET", f"/flow_runs/{run_id}")
    return _run(engine, found) if isinstance(found, dict) else None


def recent_runs(engine: Engine, *, limit: int = 20, tag: str | None = None) -> list[Run]:
    """The latest runs, newest first; not those that a schedule has planned for days to come."""
    flow_runs: dict[str, Any] = {"expected_start_time": {"before_": datetime.now(UTC).isoformat()}}
    if tag:
        flow_runs["tags"] = {"all_": [tag]}
    found = engine.ask("POST", "/flow_runs/filter", {"limit": limit, "sort": "EXPECTED_START_TIME_DESC", "flow_runs": flow_runs})
    return [_run(engine, one) for one in found or []]


def _run(engine: Engine, told: Any) -> Run:
    state = told.get("state") or {}
    started = told.get("start_time")
    return Run(
        id=str(told["id"]),
        name=str(told.get("name") or ""),
        state_type=str(state.get("type") or told.get("state_type") or ""),
        state_name=str(state.get("name") or told.get("state_name") or ""),
        message=str(state.get("message") or ""),
        url=f"{engine.ui_url}/runs/flow-run/{told['id']}",
        started_at=datetime.fromisoformat(started) if started else None,
    )
