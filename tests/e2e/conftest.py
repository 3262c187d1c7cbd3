"""One real Prefect server and one runner with probe flows for the whole session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.engine.client import Engine
from deployments.server import ServerPlace, client_environment
from tests.e2e import harness


@pytest.hookimpl(trylast=True)  # after they were shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerPlace]:
    with harness.prefect_server(tmp_path_factory.mktemp("prefect") / "home") as (place, _):
        yield place


@pytest.fixture
def engine(server: ServerPlace) -> Iterator[Engine]:
    engine = Engine(server.api_url, patience=30)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def probes(server: ServerPlace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A runner that serves the probe flows; its ready file says that they are registered."""
    folder = tmp_path_factory.mktemp("probes")
    with harness.running(harness.python("tests.e2e.probe_runner", str(folder / "ready")), client_environment(server), log=folder / "runner.log") as runner:

        def ready() -> bool:
            assert runner.is_alive, f"the runner died:\n{runner.last_words(30)}"
            return (folder / "ready").exists()

        harness.wait_until(ready, description="the probe runner is ready", within=harness.START_SECONDS)
        yield folder
