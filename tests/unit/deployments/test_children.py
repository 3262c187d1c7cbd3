"""Children are started again when they die, and none is left."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from campaign.errors import CampaignError, Conflict
from config.settings import Settings
from deployments.children import Child, ChildPlan, end_all, pause_after
from deployments.lock import only_one
from deployments.parts import Parts, parts_of, run_once
from deployments.say import Screen, cause_of
from deployments.server import ServerPlace, client_environment, is_of, server_environment
from deployments.up import Household
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
    wait_until(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE, description="the orphan has ended")


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


@pytest.mark.parametrize(
    ("code", "words", "taken", "told"),
    [
        (1, "OSError: [Errno 28] No space left on device", None, "代码 1，磁盘已满，请清出空间"),
        (1, "sqlite3.OperationalError: database or disk is full\nApplication shutdown failed. Exiting.", None, "代码 1，磁盘已满，请清出空间"),
        (3, "address already in use", 4200, "端口 4200 已被别的程序占用，请关掉那个程序"),
        (-9, "anything", None, "被系统或他人强行结束，信号 9；若常发生，多为内存不足"),
        (-15, "", None, "收到信号 15"),
        (1, "ZeroDivisionError: division by zero", None, "代码 1"),
    ],
    ids=["full disk", "full database", "taken port", "killed", "signal", "unknown"],
)
def test_why_a_child_ended_is_told_in_chinese(code: int, words: str, taken: int | None, told: str) -> None:
    assert cause_of(code, words, taken) == told


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with ExitStack() as held:
        yield parts_of(Settings(home=tmp_path), dict(os.environ), held)


def test_what_runs_before_the_rest_ends_at_once_when_asked_to_stop(parts: Parts) -> None:
    stopping, begun = threading.Event(), time.monotonic()
    threading.Timer(0.5, stopping.set).start()
    run_once([sys.executable, "-c", SLEEPER], "准备", parts, stopping)
    assert time.monotonic() - begun < 30, "not the ten minutes of the command"
    run_once([sys.executable, "-c", "raise SystemExit(1)"], "准备", parts, stopping)  # begins nothing any more


def test_what_fails_before_the_rest_is_told_with_its_last_line(parts: Parts, capfd: pytest.CaptureFixture[str]) -> None:
    failing = "import sys; print('正在推演示例活动：第 5/21 天', file=sys.stderr); sys.exit('错误：磁盘空间不足')"
    with pytest.raises(CampaignError, match=r"^准备没有成功：磁盘空间不足$"):
        run_once([sys.executable, "-c", failing], "准备", parts, threading.Event())
    assert capfd.readouterr().out == "正在推演示例活动：第 5/21 天\n"


class Said(Screen):
    def __init__(self) -> None:
        self.warned: list[str] = []

    def warn(self, text: str) -> None:
        self.warned.append(text)


def household_of(parts: Parts, code: str, screen: Screen) -> Household:
    plan = ChildPlan("portal", "门户", [sys.executable, "-c", code], {**os.environ, "PYTHONPATH": str(ROOT)}, parts.logs / "portal.log")
    return Household(replace(parts, plans=(plan,)), screen)


def test_who_was_started_again_is_noted_for_the_next_up(parts: Parts) -> None:
    household = household_of(parts, SLEEPER, screen := Said())
    (child,) = household.children
    child.start()
    try:
        household.look_after()
        assert [one["pid"] for one in noted(parts)] == [pid_of(child)]
        first = pid_of(child)
        os.kill(first, signal.SIGKILL)

        def came_back() -> bool:
            household.look_after()
            return child.is_alive and pid_of(child) != first

        wait_until(came_back, description="it was started again")
        household.look_after()
        assert [one["pid"] for one in noted(parts)] == [pid_of(child)]
        assert [text.split("，将")[0] for text in screen.warned] == ["门户意外退出（被系统或他人强行结束，信号 9；若常发生，多为内存不足）"]
    finally:
        child.end()


def test_a_child_that_cannot_be_started_again_does_not_end_the_others(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    household = household_of(parts, "raise SystemExit(1)", screen := Said())
    (child,) = household.children
    child.start()
    assert child.process is not None
    child.process.wait()
    household.look_after()
    child.start_at = child.started_at + 0.001
    monkeypatch.setattr(Child, "start", lambda self: (_ for _ in ()).throw(OSError(errno.ENOSPC, "full")))
    household.look_after()
    assert screen.warned[-1].startswith("门户没能重新启动：磁盘空间不足。")
    assert child.start_at > time.monotonic(), "and it is tried again after a pause"


def noted(parts: Parts) -> list[dict[str, float]]:
    found: list[dict[str, float]] = json.loads((parts.home / "addresses.json").read_text("utf-8"))["children"]
    return found


def pid_of(child: Child) -> int:
    assert child.process is not None
    return child.process.pid
