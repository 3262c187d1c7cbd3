"""The words in a file, as far as they are needed to look for what must not be handed in.

Owns the bounds: how much of a stranger's document is unpacked and read. Refuses to fail: what cannot be read has no words. Scans and
pictures have none, so nothing here replaces a person's look.
"""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from campaign.evidence.pdfs import pdf_text
from campaign.evidence.zips import OFFICE

log = logging.getLogger(__name__)

MOST_FILE, MOST_UNPACKED, MOST_WORDS, PAGES = 60_000_000, 20_000_000, 2_000_000, 40
_PARTS = {
    OFFICE + "wordprocessingml.document": re.compile(r"word/(document|header\d*|footer\d*)\.xml"),
    OFFICE + "spreadsheetml.sheet": re.compile(r"xl/(sharedStrings|worksheets/sheet\d+)\.xml"),
    OFFICE + "presentationml.presentation": re.compile(r"ppt/slides/slide\d+\.xml"),
    "application/vnd.oasis.opendocument.text": re.compile(r"content\.xml"),
    "application/vnd.oasis.opendocument.spreadsheet": re.compile(r"content\.xml"),
    "application/ofd": re.compile(r".*/Pages/.*Content\.xml"),
}
_BREAKS = re.compile(r"</(?:w:p|a:p|text:p|si|c|row|ofd:TextCode)>")
_TAGS = re.compile(r"<[^>]*>")


def text_of(path: Path, media_type: str) -> str:
    """At most two million characters; a cell or paragraph a line."""
    try:
        size = path.stat().st_size
        if media_type.startswith("text/"):
            with path.open("rb") as source:
                return plain_text(source.read(MOST_WORDS))
        if size > MOST_FILE:
            return ""
        if media_type == "application/pdf":
            return pdf_text(path, PAGES)[:MOST_WORDS]
        if media_type in _PARTS:
            return zip_text(path, media_type)
    except Exception as broken:  # a stranger's file may break any reader; then there are no words, and the log says why
        log.warning("no words of %s could be read", media_type, exc_info=broken)
        return ""
    return ""


def plain_text(content: bytes) -> str:
    """In the encodings in use; a letter cut in two at the end is left out."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "ignore")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as wrong:
            if wrong.start >= len(content) - 4:
                return content[: wrong.start].decode(encoding)
    return content.decode("utf-8", "replace")


def zip_text(source: Path | BinaryIO, media_type: str) -> str:
    return "\n".join(_members(source, _PARTS[media_type]))[:MOST_WORDS]


def _members(whole: Path | BinaryIO, wanted: re.Pattern[str]) -> Iterator[str]:
    from html import unescape  # its table of two thousand names is for documents only

    left = MOST_UNPACKED
    with zipfile.ZipFile(whole) as archive:
        for member in sorted(archive.infolist(), key=lambda one: _page(one.filename)):
            if not wanted.fullmatch(member.filename) or left <= 0:
                continue
            with archive.open(member) as source:
                content = source.read(left)
            left -= len(content)
            yield unescape(_TAGS.sub("", _BREAKS.sub("\n", content.decode("utf-8", "ignore"))))


def _page(name: str) -> tuple[int, str]:
    """Page_10 behind Page_9; what stands above the text of a page before it."""
    numbers = re.findall(r"\d+", name)
    return (-1 if "/header" in name else int(numbers[-1][:9]) if numbers else 0, name)
