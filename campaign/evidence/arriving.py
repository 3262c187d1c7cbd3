"""Files that arrive in pieces: where they wait, how far each has come, and the hash that grows with them.

Owns the folder of waiting files. What has arrived is what the waiting file on disk holds, and a piece is answered for only when it is
there: a lost connection or a stopped machine loses at most the piece on its way. One piece at a time for one upload.

The hash is kept in memory as the bytes pass, so a whole file is not read again. A process that did not see the beginning reads it once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from campaign.errors import CampaignError, Conflict

CHUNK = 1024 * 1024
MOST_HASHES = 500


class Piece:
    """The end of one waiting file, while its lock is held."""

    def __init__(self, handle: int, received: int, digest: hashlib._Hash) -> None:
        self._handle, self.received, self._digest = handle, received, digest

    def write(self, content: bytes | bytearray) -> None:
        view = memoryview(content)
        try:
            while view:
                written = os.write(self._handle, view)
                self._digest.update(view[:written])
                self.received += written
                view = view[written:]
        except OSError as error:
            raise _disk_full() from error

    def flush(self) -> None:
        try:
            os.fdatasync(self._handle)
        except OSError as error:
            raise _disk_full() from error


class Arriving:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._hashes: OrderedDict[str, tuple[int, hashlib._Hash]] = OrderedDict()
        self._turn = threading.Lock()

    def part(self, upload_id: str) -> Path:
        return self.folder / f"{upload_id}.part"

    def received(self, upload_id: str) -> int:
        try:
            return self.part(upload_id).stat().st_size
        except FileNotFoundError:
            return 0

    @contextmanager
    def at(self, upload_id: str, offset: int) -> Iterator[Piece]:
        """The place where the next piece goes. Refuses another place than the end, and a second sender."""
        with self._locked(upload_id) as handle:
            received = os.fstat(handle).st_size
            if received != offset:
                raise Conflict(f"上传位置不一致：已收到 {received} 字节。", code="wrong_offset", received=received)
            piece = Piece(handle, received, self._hash(upload_id, received))
            try:
                yield piece
            finally:
                self._remember(upload_id, piece.received, piece._digest)

    @contextmanager
    def whole(self, upload_id: str) -> Iterator[tuple[Path, str, int]]:
        """The file with its hash and size, locked: of two that finish it, the second waits outside and is told to ask again."""
        with self._locked(upload_id) as handle:
            size = os.fstat(handle).st_size
            yield self.part(upload_id), self._hash(upload_id, size).hexdigest(), size

    def drop(self, upload_id: str) -> None:
        self.part(upload_id).unlink(missing_ok=True)
        with self._turn:
            self._hashes.pop(upload_id, None)

    @contextmanager
    def _locked(self, upload_id: str) -> Iterator[int]:
        handle = os.open(self.part(upload_id), os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as busy:
                raise Conflict("同一个文件正在另一个窗口上传。", code="upload_busy") from busy
            yield handle
        finally:
            os.close(handle)

    def _hash(self, upload_id: str, received: int) -> hashlib._Hash:
        """Of the first `received` bytes; from memory where this process has seen them all."""
        with self._turn:
            seen, digest = self._hashes.get(upload_id, (0, hashlib.sha256()))
            digest = digest.copy()
        if seen > received:
            seen, digest = 0, hashlib.sha256()
        if seen < received:
            with self.part(upload_id).open("rb") as source:
                source.seek(seen)
                while seen < received and (chunk := source.read(min(CHUNK, received - seen))):
                    digest.update(chunk)
                    seen += len(chunk)
            self._remember(upload_id, received, digest)
        return digest

    def _remember(self, upload_id: str, received: int, digest: hashlib._Hash) -> None:
        with self._turn:
            self._hashes[upload_id] = (received, digest)
            self._hashes.move_to_end(upload_id)
            while len(self._hashes) > MOST_HASHES:
                self._hashes.popitem(last=False)


def _disk_full() -> CampaignError:
    return CampaignError("磁盘空间不足，文件没有保存完。请联系管理员清理磁盘后继续上传。", code="disk_full")
