"""Files kept under their hash: written once, checked whenever they are read, withdrawn with a tombstone.

Owns the folder of evidence. A file is there whole or not at all: it is written beside, flushed, and renamed into place, and its folder is
flushed too, so that what a page has confirmed survives a power cut. Refuses what is empty, too large or not evidence (`looking`).

Taking in a file that is there already puts the fresh bytes in its place; the same hash, so nothing changes but damage that is healed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from campaign.disk import keep_on_disk, why
from campaign.errors import CampaignError
from campaign.evidence.errors import BadFile, Damaged, NoSuchFile, Withdrawn
from campaign.evidence.looking import look_at
from campaign.evidence.media import usual_extension
from campaign.evidence.names import clean_name, extension_of
from campaign.evidence.scanning import Guard
from campaign.evidence.zips import ZipLimits

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1024 * 1024
MAX_BYTES = 4 * 1024**3
UNFINISHED_FOR = timedelta(hours=24)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was taken in; `name` is cleaned, and has an extension even where the given one had none.

    `scan` is what a virus scanner said, `taken_on` the day of a photo, `personal` the identity-card numbers found, their middle hidden.
    """

    sha256: str
    size: int
    media_type: str
    name: str
    scan: str = ""
    taken_on: date | None = None
    personal: tuple[str, ...] = ()


class Health(StrEnum):
    WHOLE = "whole"
    MISSING = "missing"
    DAMAGED = "damaged"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {"whole": "完好", "missing": "缺失", "damaged": "已损坏", "withdrawn": "已撤回"}[self.value]


class FileStore:
    """On a local disk. `evidence.remote` keeps the bytes elsewhere and overrides only where they lie."""

    def __init__(self, root: Path, *, max_bytes: int = MAX_BYTES, zip_limits: ZipLimits | None = None, guard: Guard | None = None) -> None:
        self.root, self.guard = root, guard
        self._max_bytes, self._zip_limits = max_bytes, zip_limits or ZipLimits()

    def put(self, source: Path | BinaryIO, name: str) -> Kept:
        """Keep these bytes; on disk when this returns. Streams, whatever the size."""
        name = clean_name(name)
        with _disk_trouble(), self._incoming() as aside:
            digest, size = self._copy(source, aside, name)
            return self._settle(aside, digest, size, name)

    def adopt(self, waiting: Path, sha256: str, size: int, name: str) -> Kept:
        """Keep a file that lies whole in a folder of ours and was hashed while it came: a second name for it, where the file system has
        such, else a copy. The waiting file itself stays, so whoever stops before noting the hash asks again and loses nothing."""
        name = clean_name(name)
        with _disk_trouble(), self._incoming() as aside:
            keep_on_disk(waiting)
            try:
                os.link(waiting, aside)
            except OSError:
                shutil.copyfile(waiting, aside)
                keep_on_disk(aside)
            return self._settle(aside, sha256, size, name)

    def _settle(self, aside: Path, digest: str, size: int, name: str) -> Kept:
        """What was hashed and flushed is looked at and gets its place, or is refused."""
        if not size:
            raise BadFile(f"「{name}」是空文件：请检查后重新上传。", name=name)
        if size > self._max_bytes:
            raise _too_large(name, self._max_bytes)
        if self.is_withdrawn(digest):
            raise Withdrawn(f"「{name}」此前已按规定撤回，不能再次上传。", name=name, sha256=digest)
        seen = look_at(aside, name, zip_limits=self._zip_limits, guard=self.guard)
        self._keep(aside, digest)
        full = name if extension_of(name) else f"{name}.{usual_extension(seen.media_type)}"
        return Kept(digest, size, seen.media_type, full, seen.scan, seen.taken_on, seen.personal)

    @contextmanager
    def open(self, sha256: str) -> Iterator[BinaryIO]:
        """The bytes, for reading from start to end. A damaged file never arrives whole: its last piece is not given out."""
        if self.is_withdrawn(sha256):
            raise Withdrawn(f"文件 {sha256[:12]} 已按规定撤回，只保留校验值。", sha256=sha256)
        with self._bytes_of(sha256) as (source, size):
            yield io.BufferedReader(_Checked(source, sha256, size), CHUNK)

    def verify(self, sha256: str) -> Health:
        """Read it all and compare."""
        try:
            with self.open(sha256) as source:
                while source.read(CHUNK):
                    pass
        except Withdrawn:
            return Health.WITHDRAWN
        except NoSuchFile:
            return Health.MISSING
        except (Damaged, OSError):
            return Health.DAMAGED
        return Health.WHOLE

    def withdraw(self, sha256: str, *, reason: str, now: datetime) -> None:
        """Take the bytes away for good. The tombstone comes first: from then on nobody reads them, even if this stops half way."""
        if not self.is_withdrawn(sha256):
            with self._bytes_of(sha256):
                pass
            with _disk_trouble():
                self._bury(sha256, json.dumps({"sha256": sha256, "withdrawn_at": now.isoformat(), "reason": reason}, ensure_ascii=False))
        self._remove(sha256)

    def forget_unfinished(self, now: datetime) -> int:
        """Remove what broken uploads left behind more than a day ago; answers how many."""
        left = [path for path in (self.root / "incoming").glob("*") if path.stat().st_mtime < (now - UNFINISHED_FOR).timestamp()]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _copy(self, source: Path | BinaryIO, aside: Path, name: str) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with _opened(source) as reader, aside.open("wb") as writer:
            while chunk := reader.read(CHUNK):
                size += len(chunk)
                if size > self._max_bytes:
                    raise _too_large(name, self._max_bytes)
                digest.update(chunk)
                writer.write(chunk)
            writer.flush()
            os.fsync(writer.fileno())
        return digest.hexdigest(), size

    @contextmanager
    def _incoming(self) -> Iterator[Path]:
        folder = self.root / "incoming"
        self._make_folder(folder)
        aside = folder / secrets.token_hex(16)
        try:
            yield aside
        finally:
            aside.unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        """With every new level flushed into the one above it."""
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        keep_on_disk(folder.parent)

    def _keep(self, aside: Path, digest: str) -> None:
        place = self._place(digest)
        self._make_folder(place.parent)
        aside.chmod(0o440)
        aside.replace(place)
        keep_on_disk(place.parent)

    @contextmanager
    def _bytes_of(self, sha256: str) -> Iterator[tuple[BinaryIO, int]]:
        place = self._place(sha256)
        if not place.is_file():
            raise NoSuchFile(f"资料库中没有文件 {sha256[:12]}：请从备份恢复。", sha256=sha256)
        with place.open("rb") as raw:
            yield raw, os.fstat(raw.fileno()).st_size

    def is_withdrawn(self, sha256: str) -> bool:
        return self._tombstone(sha256).exists()

    def _bury(self, sha256: str, words: str) -> None:
        stone = self._tombstone(sha256)
        with self._incoming() as aside:
            aside.write_text(words, encoding="utf-8")
            keep_on_disk(aside)
            aside.replace(stone)
            keep_on_disk(stone.parent)

    def _remove(self, sha256: str) -> None:
        place = self._place(sha256)
        place.unlink(missing_ok=True)
        keep_on_disk(place.parent)

    def _place(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise NoSuchFile("文件校验值的写法不对：应为 64 位十六进制数字。")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def _tombstone(self, sha256: str) -> Path:
        return self._place(sha256).with_suffix(".withdrawn")


class _Checked(io.RawIOBase):
    """Hashes what passes through, and compares before the last piece is handed on."""

    def __init__(self, source: BinaryIO, sha256: str, size: int) -> None:
        self._source, self._sha256, self._left, self._digest = source, sha256, size, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        piece = self._source.read(len(view))
        self._digest.update(piece)
        self._left -= len(piece)
        if (self._left <= 0 or not piece) and self._digest.hexdigest() != self._sha256:
            raise Damaged(f"文件 {self._sha256[:12]} 已损坏，与报送时不一致：请从备份恢复。", sha256=self._sha256)
        view[: len(piece)] = piece
        return len(piece)


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if not isinstance(source, Path):
        yield source
        return
    if not source.is_file():
        raise BadFile(f"找不到文件 {source}：请检查路径。", path=str(source))
    with source.open("rb") as reader:
        yield reader


@contextmanager
def _disk_trouble() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (28, 122)  # ENOSPC, EDQUOT
        fact = "磁盘空间不足，文件没有保存：请清理磁盘后重新上传。" if full else f"资料库不能读写（{why(error)}）：请检查数据目录的权限。"
        raise CampaignError(fact, code="disk_full" if full else "no_store") from error


def _too_large(name: str, limit: int) -> BadFile:
    return BadFile(f"「{name}」超过 {_megabytes(limit)} 的上限：请压缩或拆分后上传。", name=name)


def _megabytes(size: int) -> str:
    return f"{size / 1024**3:g} GB" if size >= 1024**3 else f"{size / 1024**2:g} MB"
