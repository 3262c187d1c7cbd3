"""Everything that is asked of a file before it is kept, in the order of its price: type, pixels, words, and a virus scanner last.

Refuses a marked classified paper wherever it comes from. An identity-card number is only pointed out: some papers need one, and the person
who hands in decides.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from campaign.evidence.errors import BadFile
from campaign.evidence.media import DRAWN, media_type_of
from campaign.evidence.scanning import Guard, Scan
from campaign.evidence.texts import text_of
from campaign.evidence.zips import ZipLimits
from campaign.rules.sensitive import classification_mark, identity_numbers

OPENING = 1500
"""A mark stands at the head of a paper's first page; further down it is talked about."""
NAMED = 5
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Looked:
    media_type: str
    scan: Scan = Scan.NONE
    taken_on: date | None = None
    personal: tuple[str, ...] = ()


def look_at(path: Path, name: str, *, zip_limits: ZipLimits, guard: Guard | None) -> Looked:
    media_type = media_type_of(path, name, zip_limits)
    taken = _taken_on(path, name) if media_type in DRAWN else None
    personal = _read(path, name, media_type)
    scan = guard.admit(path, name) if guard is not None else Scan.NONE
    return Looked(media_type, scan, taken, personal)


def _read(path: Path, name: str, media_type: str) -> tuple[str, ...]:
    """The identity-card numbers in its words; those of one file at a time are in memory, however many come at once."""
    with _one_at_a_time:
        words = text_of(path, media_type)
        level = classification_mark(words[:OPENING])
        if level is not None:
            raise BadFile(f"「{name}」带有密级标志「{level}」：本平台不得上传涉密信息，文件没有保存，请按保密规定另行报送。", name=name, code="classified")
        return tuple(dict.fromkeys(identity_numbers(words)))[:NAMED]


def _taken_on(path: Path, name: str) -> date | None:
    from campaign.evidence.pictures import look_at_picture

    return look_at_picture(path, name)
