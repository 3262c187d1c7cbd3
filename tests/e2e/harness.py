"""Shared by the end-to-end tests: waiting with a description, a Prefect server from a migrated template, and processes that end.

The test process itself never imports Prefect: its settings are read once at import, so one process could not talk to two servers.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from deployments.children import Child, ChildPlan
from deployments.ports import choose_port
from deployments.server import ServerPlace, is_healthy, server_environment

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
# A cold start takes 12 s on an idle machine of two cores, and 35 s beside a busy neighbour.
START_SECONDS = 240.0
# Nobody waits that long where all is well: a guard against waiting for ever, which a machine with much else to do must not run into.
PATIENCE = 180.0


def wait_until(condition: Callable[[], T | None], *, description: str, within: float = PATIENCE, every: float = 0.1) -> T:
    """What the condition returned when it first held; fails with the description and its last answer."""
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {within:.0f} s in vain until {description}; last seen: {found!r}"
        time.sleep(every)


def template_home() -> Path:
    """A PREFECT_HOME with a migrated database, built once for each Prefect version and kept in the system's temporary folder."""
    kept = Path(tempfile.gettempdir()) / f"campaign-tests-prefect-{version('prefect')}-{version('sqlalchemy')}"
    if not (kept / "prefect.db").exists():
        building = Path(tempfile.mkdtemp(prefix="campaign-tests-building-"))
        with _server_at(building, 14200):
            pass
        try:
            building.rename(kept)
        except OSError:  # another session was quicker
            shutil.rmtree(building)
    return kept


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _up(child: Child, place: ServerPlace) -> bool:
    assert child.is_alive, f"the server died:\n{child.last_words(30)}"
    return is_healthy(place)


@contextmanager
def running(argv: list[str], env: Mapping[str, str], *, log: Path) -> Iterator[Child]:
    """A process that is gone when the block ends."""
    child = Child(ChildPlan("test", "test", argv, {**env, "PYTHONPATH": str(ROOT)}, log))
    child.start()
    try:
        yield child
    finally:
        child.end()


@contextmanager
def prefect_server(home: Path, *, port: int | None = None, auth: str = "") -> Iterator[tuple[ServerPlace, Child]]:
    """A server of its own on a copy of the template; `port` is one that the caller has claimed."""
    if not (home / "prefect.db").exists():
        home.mkdir(parents=True, exist_ok=True)
        for file in template_home().iterdir():
            if file.suffix != ".log":
                shutil.copy(file, home / file.name)
    with _server_at(home, 14201, port=port, auth=auth) as started:
        yield started


@contextmanager
def _server_at(home: Path, wanted: int, *, port: int | None = None, auth: str = "") -> Iterator[tuple[ServerPlace, Child]]:
    with ExitStack() as held:
        place = ServerPlace(home, port or choose_port(wanted, "Prefect", held), auth)
        with running(python("deployments.server_child"), server_environment(place, os.environ), log=home / "server.log") as server:
            wait_until(lambda: _up(server, place), description="the Prefect server is healthy", within=START_SECONDS)
            yield place, server
