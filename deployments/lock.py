"""Owns the promise that one `campaign up` serves a data folder at a time.

A kernel lock, not a file that is there or not: it goes with the process, so a killed one leaves nothing to clean up. The file beside it
only says who holds it. This lock keeps two supervisors apart; what may write the records is decided by leases in the database.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaign.errors import Conflict

LOCK_FILE = "up.lock"


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Holds the folder while the block runs; Conflict when another `up` holds it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK_FILE).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            file.seek(0)
            who = file.read().strip() or "未知"
            raise Conflict(
                f"数据目录 {home} 已由另一个 campaign up 使用（进程号 {who}）：请直接打开它显示的网址，或先在那边按 Ctrl-C 停止，或用 --data 换一个目录。",
                code="already_up",
                home=str(home),
            ) from held
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            # The file stays: unlinking it would let two hold it, each its own. Nobody holds it, so it names nobody.
            file.seek(0)
            file.truncate()
