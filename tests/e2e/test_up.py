"""`campaign up`: everything comes, once a folder, heals itself, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from campaign.engine.client import ADDRESS_FILE, connect
from campaign.engine.names import PASSES
from campaign.engine.runs import read_run, trigger
from campaign.records.store import Store
from campaign.work.running.pulse import say_clock
from deployments.server import is_of
from tests.e2e import harness
from tests.e2e.harness import ROOT, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(1200)]


Started = tuple[subprocess.Popen[bytes], Path]


@contextmanager
def begun(home: Path) -> Iterator[Started]:
    """A household on a migrated Prefect database, on its way up; killed with its children when the test forgot them."""
    (home / "prefect").mkdir(parents=True, exist_ok=True)
    for file in harness.template_home().iterdir():
        if file.suffix != ".log":
            shutil.copy(file, home / "prefect" / file.name)
    said = home / "said.txt"
    with said.open("wb") as out:
        process = subprocess.Popen(harness.python("deployments.up", "--data", str(home)), env=environment(), stdout=out, stderr=out)
    try:
        yield process, said
    finally:
        family = children_of(process) if process.poll() is None else []
        process.kill()
        process.wait()
        for one in family:
            if one.is_running():
                one.kill()


def until_up(started: Started) -> None:
    process, said = started

    def ready() -> bool:
        assert process.poll() is None, said.read_text()
        return "按 Ctrl-C" in said.read_text()

    wait_until(ready, description="everything is up", within=harness.START_SECONDS * 2)


@contextmanager
def up(home: Path) -> Iterator[Started]:
    with begun(home) as started:
        until_up(started)
        yield started


def environment() -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_")}, "PYTHONPATH": str(ROOT)}


def children_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def gone(family: list[psutil.Process]) -> bool:
    return all(not one.is_running() or one.status() == psutil.STATUS_ZOMBIE for one in family)


def addresses(home: Path) -> dict[str, str]:
    noted: dict[str, str] = json.loads((home / ADDRESS_FILE).read_text())
    return noted


def test_everything_comes_works_and_goes_with_ctrl_c(tmp_path: Path) -> None:
    home = tmp_path / "数据"
    with up(home) as (process, said), connect("", home=home, patience=60) as engine:
        noted = addresses(home)
        assert noted["portal"] in said.read_text()
        assert httpx.get(noted["portal"], trust_env=False, follow_redirects=True, timeout=60).status_code == 200
        run, _ = trigger(engine, PASSES["supervision"], {})

        def message() -> str:
            found = read_run(engine, run.id)
            return found.message if found is not None and found.is_final else ""

        assert wait_until(message, description="a pass ran through") == "没有到期事项"
        assert engine.ask("POST", "/automations/count") == 0, "one machine's runner calls its dead runs dead by itself"
        store = Store.open(home)
        wait_until(lambda: say_clock(store) == "", description="the clock says that it runs")

        second = subprocess.run(harness.python("deployments.up", "--data", str(home)), env=environment(), capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert str(process.pid) in second.stderr
        assert "Traceback" not in second.stderr

        family = children_of(process)
        assert len(family) == 3
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0
        assert gone(family)
        assert not (home / ADDRESS_FILE).exists()
        assert "督办时钟" in say_clock(store)
        store.close()


def test_two_that_start_together_keep_apart_and_the_children_of_a_killed_one_end(tmp_path: Path) -> None:
    homes = tmp_path / "one", tmp_path / "two"
    with begun(homes[0]) as one, begun(homes[1]) as two:
        for started in (one, two):
            until_up(started)
        noted = [addresses(home) for home in homes]
        assert len({at[what] for at in noted for what in ("prefect", "portal")}) == 4
        for home, at in zip(homes, noted, strict=True):
            assert is_of(home / "prefect", httpx.get(f"{at['prefect']}/admin/settings", trust_env=False, timeout=60).json())
        assert not any("意外退出" in said.read_text() for _, said in (one, two))

        killed, other = one[0], two[0]
        family = children_of(killed)
        killed.kill()
        killed.wait()
        wait_until(lambda: gone(family), description="no child is left")
        assert len(children_of(other)) == 3
        other.send_signal(signal.SIGINT)
        assert other.wait(120) == 0
    with up(homes[0]) as (process, _):  # the folder of the killed one is free
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0


def test_ctrl_c_before_anything_has_started_ends_in_order_too(tmp_path: Path) -> None:
    """The command is replaced by the program that serves: while that loads, Ctrl-C waits."""
    command = harness.python("campaign.cli", "up", "--data", str(tmp_path / "home"))
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        wait_until(lambda: "deployments.up" in psutil.Process(process.pid).cmdline(), description="the program loads", every=0.005)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert "已全部停止" in said
    assert "Traceback" not in said


def test_a_killed_child_comes_back_and_is_told(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with up(home) as (process, said), connect("", home=home, patience=60) as engine:
        for child in children_of(process):
            child.kill()
        wait_until(lambda: said.read_text().count("意外退出") >= 3, description="three deaths are told")
        wait_until(lambda: len(children_of(process)) == 3 and engine.is_healthy(), description="all three are back", within=harness.START_SECONDS)
        run, _ = trigger(engine, PASSES["supervision"], {})
        wait_until(lambda: (read_run(engine, run.id) or run).state_type == "COMPLETED", description="passes run again", within=harness.START_SECONDS)
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0


@pytest.mark.slow
def test_a_server_that_lives_and_answers_nothing_is_restarted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with up(home) as (process, said), connect("", home=home, patience=60) as engine:
        server = next(child for child in children_of(process) if "deployments.server_child" in child.cmdline())
        server.suspend()
        wait_until(lambda: not server.is_running(), description="the silent server was ended", within=400, every=1)
        assert "没有应答" in said.read_text()
        wait_until(engine.is_healthy, description="a new one answers", within=harness.START_SECONDS)
        process.send_signal(signal.SIGINT)
        assert process.wait(120) == 0
