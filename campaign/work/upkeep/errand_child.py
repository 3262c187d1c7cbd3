"""The child process of one errand: waits for its turn, runs the command line as a person would, and writes down how it ended.

`python -m campaign.work.upkeep.errand_child FOLDER words of campaign…`. Owns its manners: it yields to everybody else on the machine, takes
turns with other errands by a lock, and ends with the portal that sent it or when its time is over. It is interrupted as by Ctrl-C, so that
the command cleans up behind itself.
"""

from __future__ import annotations

import fcntl
import json
import os
import runpy
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

from campaign.disk import put_whole
from campaign.work.upkeep.errands import ASIDE, BEGAN, ENDED, PARENT, TURN

LONGEST_SECONDS = 2 * 3600.0
GRACE_SECONDS = 20.0
STOPPED = 130
NICE = 10


def main(arguments: list[str]) -> int:
    folder, words = Path(arguments[0]), arguments[1:]
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Thread(target=_watch, args=(int(os.environ.get(PARENT, "0")) or os.getppid(),), name="lifeline", daemon=True).start()
        with (folder.parent / TURN).open("ab") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            put_whole(folder / BEGAN, datetime.now(UTC).isoformat().encode())
            code = _run(words)
    except KeyboardInterrupt:
        code = STOPPED
    rmtree(folder / ASIDE, ignore_errors=True)
    if code != STOPPED:  # who was interrupted leaves no word, and the page offers to start again
        put_whole(folder / ENDED, json.dumps({"code": code, "ended_at": datetime.now(UTC).isoformat()}).encode())
    return code


def _run(words: list[str]) -> int:
    """By its name, as a shell would: this room stands below the command line and may not import it."""
    sys.argv = ["campaign", *words]
    try:
        runpy.run_module("campaign.cli", run_name="__main__")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    return 0


def _watch(parent: int) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while os.getppid() == parent and time.monotonic() < until:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(GRACE_SECONDS)
    os._exit(STOPPED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
