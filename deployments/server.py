"""Owns how the Prefect server of one machine is configured: its environment, and that of the processes that talk to it.

Refuses to start or supervise anything (children.py does) and to import Prefect: `up` must stay small and quick.

The batch sizes are no taste: with Prefect's defaults 1,000 task runs need 46 s until the UI shows them, with these 4 s at a fifth of the CPU.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

LOOPBACK = "127.0.0.1"
KEEP_RUNS_DAYS = 30

TUNED = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "500",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(KEEP_RUNS_DAYS * 86400),
    # Work pools are not used on one machine; these loops only burn idle CPU there.
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "30",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS": "60",
    "PREFECT_SERVER_SERVICES_CLEANUP_RECONCILER_LOOP_SECONDS": "30",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    # An intranet has no way out, and a government office wants none taken.
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}
CLIENT = {
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_LOGGING_LEVEL": "INFO",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True)
class ServerPlace:
    """Where the server of one data folder lives. `auth` is Prefect's one shared `name:password`, empty for none."""

    home: Path
    port: int
    auth: str = ""
    host: str = LOOPBACK

    @property
    def ui_url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def api_url(self) -> str:
        return f"{self.ui_url}/api"


def _outside(ambient: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without a foreign Prefect profile; what tunes a server (a PostgreSQL address, say) stays."""
    kept = {name: value for name, value in ambient.items() if not name.startswith("PREFECT_") or name.startswith("PREFECT_SERVER_")}
    # A proxy for the internet must not swallow the calls to our own machine.
    for name in ("NO_PROXY", "no_proxy"):
        kept[name] = ",".join(part for part in (kept.get(name, ""), LOOPBACK, "localhost") if part)
    return kept


def _located(place: ServerPlace) -> dict[str, str]:
    located = {"PREFECT_HOME": str(place.home), "PREFECT_API_URL": place.api_url, "PREFECT_UI_URL": place.ui_url}
    if place.auth:
        located["PREFECT_API_AUTH_STRING"] = place.auth
    return located


def server_environment(place: ServerPlace, ambient: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The whole environment of the server's process; an operator's own PREFECT_SERVER_* settings win over the tuned ones."""
    forced = {"PREFECT_SERVER_API_HOST": place.host, "PREFECT_SERVER_API_PORT": str(place.port)}
    if place.auth:
        forced["PREFECT_SERVER_API_AUTH_STRING"] = place.auth
    return {**TUNED, **_outside(ambient), **forced, **_located(place)}


def client_environment(place: ServerPlace, ambient: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The whole environment of a process that runs flows against that server."""
    return {**CLIENT, **_outside(ambient), **_located(place)}


def is_healthy(place: ServerPlace, *, timeout: float = 2.0) -> bool:
    """Whether the server of this folder is up. Another may answer at the address, so the API behind the password is asked whose it is."""
    settings = _ask(place, "GET", "/admin/settings", timeout)
    return settings is not None and is_of(place.home, settings.json())


def is_of(home: Path, settings: object) -> bool:
    """Whether a server with these settings, as Prefect shows them, keeps its data in that folder."""
    said = settings.get("home") if isinstance(settings, dict) else None
    return isinstance(said, str) and Path(said).resolve() == home.resolve()


def answers(place: ServerPlace, *, timeout: float = 10.0) -> bool:
    """Whether this server gets through to its database: one that waits for a lock for ever is up, and of no use."""
    return _ask(place, "POST", "/flow_runs/count", timeout) is not None


def _ask(place: ServerPlace, method: str, path: str, timeout: float) -> httpx.Response | None:
    """Its answer when that is 200, else None."""
    headers = {"Authorization": "Basic " + base64.b64encode(place.auth.encode()).decode()} if place.auth else {}
    try:
        with httpx.Client(timeout=timeout, trust_env=False) as client:
            answer = client.request(method, place.api_url + path, headers=headers, json=None if method == "GET" else {})
    except httpx.HTTPError:
        return None
    return answer if answer.status_code == 200 else None
