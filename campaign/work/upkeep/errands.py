"""Errands: what takes too long for a page (a rehearsal, a preview, a package), done by the command line in a child process while the page looks on.

Owns the folder of errands in the data folder: one for each, with what was asked, what came out and what was said. Whether a child still works
is asked of a lock that it holds, so nothing is believed of a process that is gone, and what is finished outlives every restart. Refuses to
know what an errand does: it is a line of words for `campaign`. One works at a time, the others wait for their turn; nothing here is a record.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from campaign.disk import put_whole, why
from campaign.errors import CampaignError, Conflict, NotFound

KEPT_FOR = timedelta(days=7)
MOST_UNFINISHED = 6
SPARE_BYTES = 300_000_000
PARENT = "CAMPAIGN_ERRAND_PARENT"
TURN, ASKED, ALIVE, BEGAN, ENDED, OUT, SAID, ASIDE = "turn.lock", "asked.json", "alive", "began", "ended.json", "out.json", "said.txt", "aside"
_ID = re.compile(r"\d{20}-[0-9a-f]{8}")
_ERROR = "错误："
Words = Callable[[Path], Sequence[str]]


class Stand(StrEnum):
    """Where an errand stands. `gone` is one whose process ended without a word: the machine stopped, or the portal was started anew."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Errand:
    """`facts` are the asking page's own, told back to it; `words` what `campaign` was called with."""

    id: str
    kind: str
    about: str
    asked_by: str
    asked_at: datetime
    words: tuple[str, ...]
    facts: Mapping[str, Any]
    folder: Path
    stand: Stand
    began_at: datetime | None
    ended_at: datetime | None
    code: int | None

    @property
    def is_over(self) -> bool:
        return self.stand not in (Stand.WAITING, Stand.WORKING)

    def worked_for(self, now: datetime) -> int:
        """Whole seconds since it began."""
        return max(0, round(((self.ended_at or now) - self.began_at).total_seconds())) if self.began_at else 0

    def result(self) -> Any:
        """What the command printed as JSON."""
        try:
            return json.loads((self.folder / OUT).read_bytes())
        except (OSError, ValueError) as broken:
            raise NotFound("结果已经不完整，请重新办理一次。", code="no_result") from broken

    def refusal(self) -> str:
        """The sentence with which the command refused; empty where it had none for people."""
        if self.stand is not Stand.REFUSED or self.code not in (2, 3):
            return ""
        said = (self.folder / SAID).read_text(encoding="utf-8", errors="replace") if (self.folder / SAID).is_file() else ""
        return said[said.rfind(_ERROR) + len(_ERROR) :].strip() if _ERROR in said else ""


class Errands:
    """`records` is the address of the database, which the child opens for itself."""

    def __init__(self, folder: Path, records: str) -> None:
        self.folder, self._records = folder, records

    def send(self, kind: str, about: str, words: Words, *, by: str, now: datetime, facts: Mapping[str, Any], files: Mapping[str, str] | None = None) -> Errand:
        """Start it, or answer the same one that is on its way. `words` are made for the errand's own folder, in which `files` are laid."""
        forget_old(self.folder, now)
        unfinished = [one for one in self.all() if not one.is_over]
        for one in unfinished:
            if (one.kind, one.about, one.facts, one.asked_by) == (kind, about, dict(facts), by) and _same_files(one.folder, files or {}):
                return one
        if len(unfinished) >= MOST_UNFINISHED:
            raise Conflict(f"已有 {len(unfinished)} 件在办理或排队：请等前面的办完再来。", code="too_many")
        try:
            return self._start(kind, about, words, by, now, facts, files or {})
        except OSError as refused:
            raise CampaignError(f"没有开始（{why(refused)}）：请联系管理员检查数据目录。", code="no_place") from refused

    def find(self, errand_id: str, *kinds: str) -> Errand:
        found = self._read(self.folder / errand_id) if _ID.fullmatch(errand_id) else None
        if found is None or (kinds and found.kind not in kinds):
            raise NotFound(f"没有这次办理的记录，或者已满 {KEPT_FOR.days} 天被清理：请重新办理。", code="no_errand")
        return found

    def all(self, kind: str | None = None, about: str | None = None) -> list[Errand]:
        """The newest first."""
        if not self.folder.is_dir():
            return []
        found = [one for name in sorted(os.listdir(self.folder), reverse=True) if _ID.fullmatch(name) and (one := self._read(self.folder / name))]
        return [one for one in found if (kind is None or one.kind == kind) and (about is None or one.about == about)]

    def usual_seconds(self, kind: str, about: str) -> int:
        """What the last one of the kind took, for a bar that shows how far this one is; 0 where there was none."""
        done = [one for one in self.all(kind) if one.stand is Stand.DONE and one.ended_at is not None]
        chosen = next((one for one in done if one.about == about), None) or (done[0] if done else None)
        return chosen.worked_for(chosen.ended_at or chosen.asked_at) if chosen else 0

    def _start(self, kind: str, about: str, words: Words, by: str, now: datetime, facts: Mapping[str, Any], files: Mapping[str, str]) -> Errand:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < SPARE_BYTES:
            raise CampaignError("磁盘空间不足，没有开始：请联系管理员清理磁盘。", code="disk_full")
        place = self.folder / f"{datetime.now(UTC):%Y%m%d%H%M%S%f}-{secrets.token_hex(4)}"
        (place / ASIDE).mkdir(mode=0o700, parents=True)
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8")
        said = [str(word) for word in words(place)]
        told = {"kind": kind, "about": about, "asked_by": by, "asked_at": now.astimezone(UTC).isoformat(), "words": said, "facts": dict(facts)}
        env = {**os.environ, "CAMPAIGN_DATABASE_URL": self._records, "TMPDIR": str(place / ASIDE), PARENT: str(os.getpid()), "PYTHONUTF8": "1"}
        # The lock is taken before anybody can see the errand, and goes over to the child: it is free again only when the child is gone.
        with (place / ALIVE).open("wb") as alive, (place / OUT).open("wb") as out, (place / SAID).open("wb") as err:
            fcntl.flock(alive, fcntl.LOCK_EX)
            child = subprocess.Popen(
                [sys.executable, "-m", "campaign.work.upkeep.errand_child", str(place), *said],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, pass_fds=(alive.fileno(),), start_new_session=True,
            )  # fmt: skip
            put_whole(place / ASKED, json.dumps(told, ensure_ascii=False).encode())
        threading.Thread(target=child.wait, name=f"errand-{place.name}", daemon=True).start()
        found = self._read(place)
        assert found is not None
        return found

    def _read(self, place: Path) -> Errand | None:
        """An errand as its folder tells it. The lock is looked at before the end, so that one that ends meanwhile is not called gone."""
        try:
            asked = json.loads((place / ASKED).read_bytes())
        except (OSError, ValueError):
            return None
        alive = _is_alive(place)
        ended = _json(place / ENDED)
        began = (place / BEGAN).read_text() if (place / BEGAN).is_file() else ""
        code = ended.get("code")
        if ended:
            stand = Stand.DONE if code in (0, 1) else Stand.REFUSED
        elif alive:
            stand = Stand.WORKING if began else Stand.WAITING
        else:
            stand = Stand.GONE
        return Errand(
            place.name, asked["kind"], asked["about"], asked["asked_by"], datetime.fromisoformat(asked["asked_at"]), tuple(asked["words"]), asked["facts"],
            place, stand, datetime.fromisoformat(began) if began else None, datetime.fromisoformat(ended["ended_at"]) if ended else None, code,
        )  # fmt: skip


def forget_old(folder: Path, now: datetime) -> int:
    """Take away what ended, or was broken off, more than a week ago; answers how many. One that still works stays, however long it takes."""
    old = [place for place in _folders(folder) if place.stat().st_mtime < (now - KEPT_FOR).timestamp() and not _is_alive(place)]
    for place in old:
        shutil.rmtree(place, ignore_errors=True)
    return len(old)


def _folders(folder: Path) -> Iterator[Path]:
    yield from (place for place in folder.glob("*") if _ID.fullmatch(place.name) and place.is_dir())


def _is_alive(place: Path) -> bool:
    try:
        with (place / ALIVE).open("rb") as alive:
            fcntl.flock(alive, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _same_files(place: Path, files: Mapping[str, str]) -> bool:
    return all((place / name).is_file() and (place / name).read_text(encoding="utf-8") == text for name, text in files.items())
