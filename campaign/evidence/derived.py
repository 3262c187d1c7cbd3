"""Office files as PDF, for looking at them in the page. Made when first asked for, beside the requests, kept under the hash of the original.

Owns the folder of converted files and the one thread that fills it. What is here is never evidence: it may be deleted at any time and is made
again, nothing refers to it, and it goes when its original is withdrawn. Refuses to try a file again that could not be converted.
"""

from __future__ import annotations

import logging
import os
import queue
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from campaign.errors import CampaignError, RetryLater
from campaign.evidence.files import CHUNK, FileStore
from campaign.evidence.media import KINDS, usual_extension

log = logging.getLogger("campaign.derived")
FAMILIES = frozenset({"word", "sheet", "slides"})
CONVERTED = frozenset(media_type for media_type, kind in KINDS.items() if kind.family in FAMILIES)
MOST_BYTES = 60_000_000
SECONDS = 90.0
KEPT_FOR = timedelta(days=30)


class Convert(Protocol):
    def __call__(self, path: Path, out: Path, *, seconds: float) -> Path: ...


@dataclass(frozen=True, slots=True)
class Derivation:
    """The PDF, or why there is none; neither means that it is being made."""

    pdf: Path | None = None
    why: str = ""

    @property
    def waiting(self) -> bool:
        return self.pdf is None and not self.why


class Derived:
    def __init__(self, folder: Path, store: FileStore, *, convert: Convert, available: Callable[[], bool], seconds: float = SECONDS) -> None:
        self.folder, self._store, self._convert, self._available, self._seconds = folder, store, convert, available, seconds
        self._asked: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        self._waiting: set[str] = set()
        self._turn = threading.Lock()
        self._worker: threading.Thread | None = None

    def pdf_of(self, sha256: str, size: int, media_type: str) -> Derivation:
        """Answers at once; what is not there yet is asked for."""
        made, why = self._made(sha256), self._why(sha256)
        if made.is_file():
            os.utime(made)
            return Derivation(pdf=made)
        if why.is_file():
            return Derivation(why=why.read_text(encoding="utf-8"))
        if not self._available():
            return Derivation(why="这台服务器没有安装 LibreOffice，不能显示版式，请下载后查看。")
        if size > MOST_BYTES:
            return Derivation(why="文件较大，请下载后查看。")
        with self._turn:
            if sha256 not in self._waiting:
                self._waiting.add(sha256)
                self._asked.put((sha256, media_type))
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._work, name="office-preview", daemon=True)
                self._worker.start()
        return Derivation()

    def forget(self, sha256: str) -> None:
        self._made(sha256).unlink(missing_ok=True)
        self._why(sha256).unlink(missing_ok=True)

    def forget_unused(self, now: datetime) -> int:
        """Those at which nobody has looked for a month; answers how many."""
        old = [path for path in self.folder.glob("*/*") if path.stat().st_mtime < (now - KEPT_FOR).timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _work(self) -> None:
        while True:
            try:
                sha256, media_type = self._asked.get(timeout=30)
            except queue.Empty:
                return
            try:
                self._make(sha256, media_type)
            except RetryLater:
                pass  # asked for again by the next look
            except Exception as error:  # the thread outlives any one file
                log.warning("not converted: %s", sha256[:12], exc_info=error)
                self._tell(sha256, "这个文件无法转换，请下载后查看。")
            finally:
                with self._turn:
                    self._waiting.discard(sha256)

    def _make(self, sha256: str, media_type: str) -> None:
        made = self._made(sha256)
        made.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="campaign-preview-") as folder:
            source = Path(folder) / f"source.{usual_extension(media_type)}"
            with self._store.open(sha256) as reader, source.open("wb") as writer:
                while piece := reader.read(CHUNK):
                    writer.write(piece)
            try:
                self._convert(source, made, seconds=self._seconds)
            except RetryLater:
                raise
            except CampaignError as refused:
                self._tell(sha256, f"{refused.message}。请下载后查看。")
        if self._store.is_withdrawn(sha256):
            self.forget(sha256)

    def _tell(self, sha256: str, why: str) -> None:
        place = self._why(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(why, encoding="utf-8")

    def _made(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.pdf"

    def _why(self, sha256: str) -> Path:
        return self._made(sha256).with_suffix(".why")
