"""The channel that needs nobody: one JSON line a sending, appended to a file and on disk before it says so.

Owns the form of the file and its durability; every sending is kept with its key, so a repetition after a crash shows as the same key
twice. Refuses to leave half a line: what a full disk cut short is taken back, and what a power cut tore is closed off by the next line.

Senders in several processes append to one file, so each append holds the file's lock from looking at its end to the fsync.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from campaign.disk import keep_on_disk, why
from campaign.notices.addressees import Addressee
from campaign.notices.channels.base import Sent, envelope
from campaign.notices.wording import Message
from campaign.records.papers.outbox import Outgoing


class FileChannel:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()

    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        row = {"at": now.isoformat(), **envelope(message, outgoing), "to": [one.kept for one in addressees]}
        try:
            with self._turn:
                self._append(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            return Sent("failed", f"写入 {self.path.name} 失败：{why(error)}")
        return Sent("delivered", f"已写入 {self.path.name}")

    def close(self) -> None:
        return None

    def _append(self, line: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                line = b"\n" + line
            try:
                _write_all(handle, line)
            except OSError:
                os.ftruncate(handle, size)
                raise
            os.fsync(handle)
        finally:
            os.close(handle)
        if fresh:
            keep_on_disk(self.path.parent)


def read_sendings(path: Path) -> Iterator[dict[str, Any]]:
    """Every sending in the file, oldest first. A torn line was never acknowledged and is no sending."""
    if not path.exists():
        return
    with path.open("rb") as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row


def _write_all(handle: int, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(handle, rest) :]
