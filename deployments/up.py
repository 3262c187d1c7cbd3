"""Everything on one machine: `python -m deployments.up --data DIR`, which `campaign up` starts.

Owns the three children (Prefect server; portal; runner and clock), the order of their start and end, and what is said about them.
Imports neither Prefect nor the records: it lives as long as the product does and should cost nothing.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from campaign.disk import why
from campaign.errors import CampaignError
from config.settings import load_settings
from deployments.children import Child, end_all
from deployments.hearing import Hearing
from deployments.lock import only_one
from deployments.parts import Parts, demo_command, note_addresses, parts_of, prepare_command, run_once
from deployments.ports import is_free
from deployments.say import Screen
from deployments.server import answers, is_healthy

WARM_SECONDS = 180.0
LOOK_SECONDS = 0.5


class Household:
    """The children of one data folder."""

    def __init__(self, parts: Parts, screen: Screen) -> None:
        self.parts = parts
        self.children = [Child(plan) for plan in parts.plans]
        self._screen = screen
        self._noted: list[int] = []

    def start(self, stopping: threading.Event, *, demo: bool) -> None:
        """Server first, as it takes longest; records and sample campaign are prepared while it warms up, then the rest starts."""
        self.parts.ready_file.unlink(missing_ok=True)
        self._child("server").start()
        run_once(prepare_command(self.parts), "准备数据库", self.parts, stopping)
        if demo:
            run_once(demo_command(self.parts), "准备示例活动", self.parts, stopping)
        if stopping.is_set():
            return
        for child in self.children:
            if child.process is None:
                child.start()
        self._warm_up(stopping)

    def watch(self, stopping: threading.Event) -> None:
        """Until asked to stop: whoever dies is started again after a pause, and said to be."""
        hearing = Hearing(lambda: answers(self.parts.place), stopping)
        hearing.start()
        while not stopping.wait(LOOK_SECONDS):
            if hearing.is_deaf(time.monotonic()):
                self._screen.warn("Prefect 服务长时间没有应答，正在重启；督办照常进行。")
                self._child("server").end(within=5)
            self.look_after()

    def look_after(self) -> None:
        """The dead are told and started again; who lives is noted, so that the next `up` knows whom a killed one left."""
        for child in self.children:
            try:
                code = child.revive(time.monotonic())
            except OSError as trouble:
                child.rest(time.monotonic())
                self._screen.warn(f"{child.plan.label}没能重新启动：{why(trouble)}。请检查磁盘空间和权限，稍后自动再试。")
                continue
            if code is not None:
                self._screen.died(child, code, taken=self._port_taken_from(child))
        living = [child.process.pid for child in self.children if child.process is not None and child.is_alive]
        if living != self._noted:
            self._noted = living
            with suppress(OSError):  # a full disk: nothing but the next start's patience hangs on it
                note_addresses(self.parts, living)

    def _port_taken_from(self, child: Child) -> int | None:
        """The port on which somebody else answers in its place, if any does."""
        port = {"server": self.parts.place.port, "portal": self.parts.portal_port}.get(child.plan.name)
        return port if port is not None and not is_free(port, self.parts.place.host) else None

    def end(self) -> None:
        """Runner and clock first, so that a pass at work can still tell Prefect how it ended."""
        order = {"runner": 0, "portal": 1, "server": 2}
        sorted_children = sorted(self.children, key=lambda child: order[child.plan.name])
        end_all(sorted_children[:1])
        end_all(sorted_children[1:])
        self.parts.ready_file.unlink(missing_ok=True)

    def _child(self, name: str) -> Child:
        return next(child for child in self.children if child.plan.name == name)

    def _is_warm(self) -> bool:
        """Our Prefect answers, our portal takes connections, and the runner has registered its deployments."""
        return self.parts.ready_file.exists() and self._child("portal").listens_at(self.parts.portal_port) and is_healthy(self.parts.place)

    def _warm_up(self, stopping: threading.Event) -> None:
        """Waits with progress; a server that does not come is no reason to end, for deadlines do not hang on it."""
        with self._screen.progress("正在启动 Prefect 服务（首次约 20 秒）") as advance:
            deadline = time.monotonic() + WARM_SECONDS
            while time.monotonic() < deadline and not stopping.is_set():
                if self._is_warm():
                    return
                self.look_after()
                advance()
                stopping.wait(0.3)
        if not stopping.is_set():
            self._screen.warn(f"{WARM_SECONDS:.0f} 秒内没有全部就绪，后台继续启动；督办照常进行。日志：{self.parts.logs}")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 after an orderly end, 1 when it could not start."""
    options = _read(arguments)
    screen = Screen()
    stopping = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda *_: stopping.set())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # `campaign up` held it back until here
    try:
        settings = load_settings(home=options.data)
        with only_one(settings.data_dir), ExitStack() as held:
            return _serve(parts_of(settings, os.environ, held), screen, stopping, demo=options.demo)
    except CampaignError as refusal:
        screen.error(refusal.message)
        return 1
    except OSError as trouble:
        screen.error(f"不能启动：{trouble.filename or '数据目录'} {why(trouble)}。请检查磁盘空间和权限，或用 --data 换一个目录。")
        return 1


def _serve(parts: Parts, screen: Screen, stopping: threading.Event, *, demo: bool) -> int:
    household = Household(parts, screen)
    started = time.monotonic()
    try:
        household.start(stopping, demo=demo)
        if not stopping.is_set():
            screen.summary(parts, time.monotonic() - started)
        household.watch(stopping)
    finally:
        screen.tell("正在停止……")
        household.end()
        note_addresses(parts, None)
    screen.tell("已全部停止，数据保存在 " + str(parts.home))
    return 0


def _read(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="campaign up", description="在本机启动全部服务：Prefect、门户、运行器和督办时钟。", add_help=False)
    parser.add_argument("--data", type=Path, default=None, metavar="目录", help="数据目录；优先于 CAMPAIGN_HOME")
    parser.add_argument("--demo", action="store_true", help="同时准备一个示例活动")
    parser.add_argument("-h", "--help", action="help", help="显示说明后退出")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
