"""Owns child processes: starting them with a log each, restarting them with a growing pause, and leaving none behind.

Each child leads a session of its own, so that Ctrl-C in the terminal reaches only the parent and the order of stopping is ours.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deployments.lifeline import PARENT_VARIABLE

STEADY_SECONDS = 60.0
LONGEST_PAUSE = 60.0
STOP_SECONDS = 20.0
LOG_BYTES = 5_000_000


@dataclass(frozen=True)
class ChildPlan:
    """What to start. `label` is what people call it."""

    name: str
    label: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path


@dataclass
class Child:
    """One child, alive or waiting to be started again."""

    plan: ChildPlan
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    start_at: float = field(default=0.0)

    def start(self) -> None:
        log = self.plan.log
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".1.log"))
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                list(self.plan.argv),
                env={**self.plan.env, PARENT_VARIABLE: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started_at = time.monotonic()

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def listens_at(self, port: int) -> bool:
        """Whether this very process takes connections there: that somebody answers says nothing about who."""
        if self.process is None or not self.is_alive:
            return False
        try:
            taken = psutil.Process(self.process.pid).net_connections(kind="tcp")
        except psutil.Error:
            return False
        return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in taken)

    def ask_to_end(self) -> None:
        if self.process is not None and self.is_alive:
            self.process.terminate()

    def end(self, within: float = STOP_SECONDS) -> None:
        """Gone when this returns: asked first, then killed with all that it started."""
        if self.process is None:
            return
        self.ask_to_end()
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def revive(self, now: float) -> int | None:
        """Starts it again when its pause is over. Returns the exit code when it was just found dead, else None."""
        if self.is_alive:
            return None
        if self.start_at <= self.started_at:  # newly dead: decide how long to pause
            steady = now - self.started_at >= STEADY_SECONDS
            self.failures = 1 if steady else self.failures + 1
            self.start_at = now + pause_after(self.failures)
            return self.process.returncode if self.process is not None else None
        if now >= self.start_at:
            self.start()
        return None

    def rest(self, now: float) -> None:
        """It could not be started: a longer pause before the next try."""
        self.failures += 1
        self.start_at = now + pause_after(self.failures)

    def last_words(self, lines: int = 3) -> str:
        """The end of its log, for the person who has to find out why it died."""
        try:
            text = self.plan.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.strip().splitlines()[-lines:])


def pause_after(failures: int) -> float:
    """1, 2, 4 … at most 60 seconds."""
    return float(min(LONGEST_PAUSE, 2 ** (failures - 1)))


def end_all(children: Sequence[Child]) -> None:
    """Ends them in the given order; all are asked at once, so that the whole takes as long as the slowest."""
    for child in children:
        child.ask_to_end()
    for child in children:
        child.end()
