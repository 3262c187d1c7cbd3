"""The portal over a large database as a process of its own, served as `campaign up` serves it, but on the day of the sample; and what it costs.

`python -m tests.bench.portal_process HOME PORT MOMENT URL` is that process: it imports nothing of the tests, whose libraries would be weighed with it.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Portal:
    """A running portal and what the kernel says of it."""

    url: str
    pid: int
    database_pid: int | None

    def cpu(self) -> float:
        """Seconds of this process."""
        return _cpu(self.pid)

    def database_cpu(self) -> float:
        """Seconds of PostgreSQL with all its children, those that ended too."""
        if self.database_pid is None:
            return 0.0
        children = (int(one) for one in Path(f"/proc/{self.database_pid}/task/{self.database_pid}/children").read_text().split())
        return _cpu(self.database_pid, ended=True) + sum(_cpu(one) for one in children)

    def memory(self, word: str = "VmHWM") -> float:
        """MB: VmHWM is the most that this process ever held, VmRSS what it holds now."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith(f"{word}:"))) / 1024


@contextmanager
def running(home: Path, url: str | None, now: datetime, *, database_pid: int | None = None) -> Iterator[Portal]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.portal_process", str(home), str(port), now.isoformat(), url or ""])
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
        while not _answers(port):
            assert process.poll() is None, "the portal ended"
            assert time.monotonic() < until, "the portal did not answer within a minute"
            time.sleep(0.1)
        yield Portal(address, process.pid, database_pid)
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as line:
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        except OSError:
            return False


def _cpu(pid: int, *, ended: bool = False) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(one) for one in fields[11 : 15 if ended else 13]) / TICKS


def main(home: Path, port: int, now: datetime, url: str | None) -> None:
    from campaign.engine.client import Engine
    from campaign.portal.__main__ import serve
    from campaign.portal.place import Place, PrefectWatch
    from campaign.records.store import Store

    nobody = PrefectWatch(lambda: Engine("http://127.0.0.1:9/api", patience=0.2))
    serve(Place(store=Store.open(home, url), home=home, prefect=nobody, ladders=home, clock=lambda: now), "127.0.0.1", port)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]), sys.argv[4] or None)
