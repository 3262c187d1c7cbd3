"""What a visitor sees of a file without opening it on his device: so many pages, which `drawing` makes pictures of, or its words. Office files
are shown as the PDF that was made of them (`evidence.derived`), and as words while there is none.

Refuses what is too large. What is shown comes from strangers, so pages and characters are bounded.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from campaign.errors import CampaignError
from campaign.evidence.derived import CONVERTED, Derived
from campaign.evidence.files import FileStore
from campaign.evidence.media import DRAWN
from campaign.evidence.pdfs import opened_pdf
from campaign.evidence.texts import plain_text, zip_text

MOST_PAGES, MOST_BYTES, MOST_WORDS = 30, 60_000_000, 20_000
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFD = "application/ofd"
SHEETS = frozenset({SHEET, "application/vnd.ms-excel"})
UNREADABLE = "这个文件无法在页面内显示，可能已损坏或有打开密码。请下载后查看。"
log = logging.getLogger("campaign.portal")


@dataclass(frozen=True, slots=True)
class Preview:
    """`pages` pictures, or `text`, or a table; `why` says why there is none of them. While a PDF is being made of it, `waiting`."""

    pages: int = 0
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    why: str = ""
    waiting: bool = False


def preview_of(file: Any, evidence: FileStore, derived: Derived) -> Preview:
    """`file` has a sha256, a size and a media type. Never fails: what cannot be shown says why."""
    try:
        if file.media_type in CONVERTED:
            made = derived.pdf_of(file.sha256, file.size, file.media_type)
            if made.pdf is not None:
                with opened_pdf(made.pdf) as document:
                    return Preview(pages=min(len(document), MOST_PAGES))
            return replace(_directly(file, evidence), waiting=made.waiting, why=made.why)
        return _directly(file, evidence)
    except CampaignError as refused:
        return Preview(why=refused.message)
    except Exception as broken:  # whatever a stranger's file does to a reader, the page stays, and the log says why
        log.warning("no preview of %s", file.media_type, exc_info=broken)
        return Preview(why=UNREADABLE)


def _directly(file: Any, evidence: FileStore) -> Preview:
    if file.media_type in DRAWN:
        return Preview(pages=1)
    if not file.media_type.startswith("text/") and file.media_type not in (WORD, OFD, "application/pdf", *SHEETS):
        return Preview(why="这类文件不能在页面内显示，请下载后查看。")
    if file.size > MOST_BYTES:
        return Preview(why="文件较大，请下载后查看。")
    with evidence.open(file.sha256) as source:
        if file.media_type.startswith("text/"):
            return Preview(text=plain_text(source.read(MOST_WORDS * 4))[:MOST_WORDS])
        content = source.read()
    try:
        if file.media_type == "application/pdf":
            with opened_pdf(content) as document:
                return Preview(pages=min(len(document), MOST_PAGES))
        if file.media_type == OFD:
            text = zip_text(io.BytesIO(content), OFD)[:MOST_WORDS].strip()
            return Preview(text=text, why="以上只是 OFD 文件的文字，版式和印章请下载后用 OFD 阅读器查看。" if text else "OFD 文件请下载后用 OFD 阅读器查看。")
        if file.media_type == WORD:
            return Preview(text=_word(io.BytesIO(content)))
        return Preview(rows=_sheet(io.BytesIO(content)))
    except Exception:  # mammoth, calamine and PDFium each have errors of their own
        return Preview(why=UNREADABLE)


def _word(source: BinaryIO) -> str:
    import mammoth

    text: str = mammoth.extract_raw_text(source).value
    return text.strip()[:MOST_WORDS]


def _sheet(source: BinaryIO) -> tuple[tuple[str, ...], ...]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(source)
    rows = book.get_sheet_by_index(0).to_python(nrows=40)
    return tuple(tuple(_cell(value) for value in row[:12]) for row in rows)


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)[:200]
