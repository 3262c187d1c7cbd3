"""Children are started again when they die, and none is left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest

from campaign.errors import CampaignError, Conflict
from config.settings import Settings
from deployments.children import Child, ChildPlan, end_all, pause_after
from deployments.lock import only_one
from deployments.parts import parts_of
from deployments.server import ServerPlace, client_environment, is_of, server_environment
from tests.e2e.harness import ROOT, wait_until

SLEEPER = "import time; print('awake', flush=True); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('awake', flush=True); time.sleep(600)"


def child_of(code: str, folder: Path) -> Child:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return Child(ChildPlan("one", "甲", [sys.executable, "-c", code], env, folder / "logs" / "one.log"))


@contextmanager
def started(code: str, folder: Path) -> Iterator[Child]:
    child = child_of(code, folder)
    child.start()
    try:
        wait_until(lambda: "awake" in child.last_words(), description="the child is awake")
        yield child
    finally:
        child.end(within=1)


@pytest.mark.parametrize(("failures", "seconds"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (50, 60)])
def test_the_pause_before_a_restart_doubles_up_to_a_minute(failures: int, seconds: float) -> None:
    assert pause_after(failures) == seconds


def test_a_child_that_dies_is_reported_once_and_started_again_after_its_pause(tmp_path: Path) -> None:
    child = child_of("raise SystemExit('没有磁盘')", tmp_path)
    child.start()
    wait_until(lambda: not child.is_alive, description="the child has died")
    first = child.process
    died_at = child.started_at + 1
    assert child.revive(died_at) == 1
    assert child.revive(died_at + 0.5) is None
    assert child.process is first
    assert child.revive(died_at + 1.1) is None
    assert child.process is not first
    assert "没有磁盘" in child.last_words()
    child.end()


def test_a_child_that_will_not_end_is_killed(tmp_path: Path) -> None:
    with started(STUBBORN, tmp_path) as child:
        end = child.process
        assert end is not None
        child.end(within=0.3)
        assert end.poll() is not None


def test_all_children_are_gone_when_they_were_asked_to_end(tmp_path: Path) -> None:
    with started(SLEEPER, tmp_path / "a") as first, started(SLEEPER, tmp_path / "b") as second:
        end_all([first, second])
        assert not first.is_alive
        assert not second.is_alive


def test_a_child_ends_by_itself_when_its_parent_was_killed(tmp_path: Path) -> None:
    grandchild = "from deployments.lifeline import end_with_parent; end_with_parent(); import time; print('awake', flush=True); time.sleep(600)"
    parent = (
        "import os, sys, time; from pathlib import Path; from deployments.children import Child, ChildPlan;"
        f"c = Child(ChildPlan('g', 'g', [sys.executable, '-c', {grandchild!r}], dict(os.environ), Path(sys.argv[1])));"
        "c.start(); print(c.process.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent, str(tmp_path / "log")], env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        orphan = psutil.Process(int(process.stdout.readline()))
        wait_until(lambda: (tmp_path / "log").exists() and "awake" in (tmp_path / "log").read_text(), description="the grandchild is awake")
        process.kill()
    wait_until(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE, description="the orphan has ended", within=20)


LISTENER = """
import socket
server = socket.create_server(("127.0.0.1", 0))
print("awake", server.getsockname()[1], flush=True)
while True:
    server.accept()
"""


def test_who_listens_is_asked_of_the_process_and_not_of_the_address(tmp_path: Path) -> None:
    with started(LISTENER, tmp_path) as one, started(SLEEPER, tmp_path / "other") as other:
        port = int(one.last_words(1).split()[1])
        assert (one.listens_at(port), one.listens_at(port + 1), other.listens_at(port)) == (True, False, False)
        one.end()
        assert not one.listens_at(port)


def test_a_server_is_ours_when_it_keeps_its_data_in_our_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "prefect")
    assert is_of(tmp_path / "prefect", {"home": str(tmp_path / "prefect")})
    assert is_of(tmp_path / "link", {"home": str(tmp_path / "prefect")})
    others: list[object] = [{"home": str(tmp_path / "other")}, {"home": None}, {}, [], None]
    for other in others:
        assert not is_of(tmp_path / "prefect", other)


def test_a_second_up_on_the_same_folder_is_refused_by_the_number_of_the_first(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(Conflict, match=str(os.getpid())), only_one(tmp_path):
        pass


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with only_one(tmp_path):
            assert (tmp_path / "up.lock").read_text() == str(os.getpid())


def test_the_server_gets_no_foreign_profile_but_keeps_what_tunes_it(tmp_path: Path) -> None:
    ambient = {
        "PREFECT_API_URL": "https://elsewhere/api",
        "PREFECT_PROFILE": "work",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": "postgresql+asyncpg://db/prefect",
        "HOME": "/h",
    }
    place = ServerPlace(tmp_path, 4300, auth="admin:secret")
    env = server_environment(place, ambient)
    assert env["PREFECT_API_URL"] == "http://127.0.0.1:4300/api"
    assert env["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == "postgresql+asyncpg://db/prefect"
    assert env["PREFECT_SERVER_API_AUTH_STRING"] == env["PREFECT_API_AUTH_STRING"] == "admin:secret"
    assert env["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert "PREFECT_PROFILE" not in {**env, **client_environment(place, ambient)}


def test_calls_to_this_machine_never_go_through_a_proxy(tmp_path: Path) -> None:
    env = client_environment(ServerPlace(tmp_path, 4300), {"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "intranet"})
    assert env["NO_PROXY"] == "intranet,127.0.0.1,localhost"


@pytest.mark.parametrize("auth", ["admin：口令", "admin"], ids=["not ascii", "no user name"])
def test_a_password_that_prefect_cannot_take_is_refused_before_anything_starts(tmp_path: Path, auth: str) -> None:
    with pytest.raises(CampaignError, match="用户名:口令"):
        parts_of(Settings(home=tmp_path), {"PREFECT_SERVER_API_AUTH_STRING": auth}, ExitStack())


def test_the_parts_of_a_folder_are_three_children_with_addresses_that_fit(tmp_path: Path) -> None:
    with ExitStack() as held:
        parts = parts_of(Settings(home=tmp_path), {"PATH": "/bin"}, held)
    assert [plan.name for plan in parts.plans] == ["server", "portal", "runner"]
    assert parts.env["CAMPAIGN_PREFECT_API_URL"] == parts.place.api_url == parts.env["PREFECT_API_URL"]
    assert parts.env["CAMPAIGN_HOME"] == str(tmp_path)
    assert str(parts.portal_port) in parts.plans[1].argv
    assert parts.place.home == tmp_path / "prefect"


def test_a_folder_that_cannot_be_made_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CampaignError, match="不能建立目录"), ExitStack() as held:
        parts_of(Settings(home=tmp_path / "file"), {}, held)
