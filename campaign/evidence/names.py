"""File names as they may be kept, shown and unpacked on any machine.

Owns what a name may contain. A path becomes its last part; control characters and those that turn the direction of writing are dropped, for
`报告\\u202Efdp.exe` reads as 报告exe.pdf; what Windows forbids is replaced, since a package is opened there.
"""

from __future__ import annotations

import re
import unicodedata

NAME_BYTES = 200
NAMELESS = "未命名"
_WIDE = {letter: chr(ord(letter) + 0xFEE0) for letter in '<>:"|?*'}
_FORBIDDEN = str.maketrans(_WIDE)
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")
_EXTENSION = re.compile(r"\.([A-Za-z][A-Za-z0-9]{0,7})$")
_BLANKS = re.compile(r"\s+")


def clean_name(name: str, limit: int = NAME_BYTES) -> str:
    """A safe file name of at most `limit` bytes that keeps its extension; cleaning it again changes nothing."""
    name = unicodedata.normalize("NFC", name)
    name = re.split(r"[/\\]", name.rstrip("/\\ "))[-1]
    name = _plain(name)
    if _RESERVED.match(name):
        name = f"_{name}"
    return _cut(name, limit) or NAMELESS


def clean_part(text: str, limit: int) -> str:
    """A piece of text as a folder's name: slashes in a title are kept as full-width ones."""
    return clean_name(re.sub(r"[/\\]", lambda found: chr(ord(found[0]) + 0xFEE0), text), limit).rstrip(".") or NAMELESS


def extension_of(name: str) -> str:
    """`pdf` of 总结.PDF; nothing of 总结9.30, where the dot belongs to a date."""
    found = _EXTENSION.search(name)
    return found[1].lower() if found else ""


def _plain(name: str) -> str:
    kept = "".join(letter for letter in _BLANKS.sub(" ", name) if unicodedata.category(letter)[0] != "C")
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", kept.translate(_FORBIDDEN))).strip(" .").strip()


def _cut(name: str, limit: int) -> str:
    if len(name.encode()) <= limit:
        return name
    found = _EXTENSION.search(name)
    ending = found[0] if found else ""
    stem = name[: len(name) - len(ending)].encode()[: limit - len(ending)].decode("utf-8", "ignore")
    return stem.rstrip(" .") + ending
