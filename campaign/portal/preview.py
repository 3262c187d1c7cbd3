"""Looking at a file without opening it on the visitor's device: pages of PDFs and images as small pictures, text and Office files as words.

Refuses what is too large to be drawn safely. What is drawn comes from strangers, so pixels, pages and characters are bounded, and one drawing
at a time: PDFium is not safe in several threads.
"""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from typing import BinaryIO

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PAGES, MOST_PIXELS, MOST_BYTES, MOST_WORDS = 30, 80_000_000, 60_000_000, 20_000
WIDTH = 1000
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DRAWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/bmp", "image/webp", "image/tiff"})
SHEETS = frozenset({SHEET, "application/vnd.ms-excel"})
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Preview:
    """`pages` pictures, or `text`, or a table; `why` says why there is none of them."""

    pages: int = 0
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    why: str = ""


def preview_of(source: BinaryIO, size: int, media_type: str) -> Preview:
    if size > MOST_BYTES:
        return Preview(why="文件较大,请下载后查看。")
    try:
        if media_type in DRAWN:
            return Preview(pages=1)
        if media_type == "application/pdf":
            with _one_at_a_time:
                document = pypdfium2.PdfDocument(source.read())
                try:
                    return Preview(pages=min(len(document), MOST_PAGES))
                finally:
                    document.close()
        if media_type.startswith("text/"):
            return Preview(text=_text(source.read(MOST_WORDS * 4)))
        if media_type == WORD:
            return Preview(text=_word(io.BytesIO(source.read())))
        if media_type in SHEETS:
            return Preview(rows=_sheet(io.BytesIO(source.read())))
    except Exception:  # whatever a stranger's file does to a reader, the page stays
        return Preview(why="这个文件无法在页面内显示,可能已损坏或有打开密码。请下载后查看。")
    return Preview(why="这类文件不能在页面内显示,请下载后查看。")


def picture(source: BinaryIO, media_type: str, page: int) -> bytes | None:
    """One page as a JPEG at most 1000 pixels wide; None when it cannot be drawn."""
    with _one_at_a_time:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                drawn = _pdf_page(source.read(), page) if media_type == "application/pdf" else _image(source)
                if drawn is None:
                    return None
                drawn.thumbnail((WIDTH, WIDTH * 3))
                out = io.BytesIO()
                drawn.convert("RGB").save(out, "JPEG", quality=82)
                return out.getvalue()
        except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning, pypdfium2.PdfiumError):
            return None


def _image(source: BinaryIO) -> Image.Image | None:
    with Image.open(source) as found:
        if found.width * found.height > MOST_PIXELS:
            return None
        found.draft("RGB", (WIDTH, WIDTH * 3))
        return ImageOps.exif_transpose(found)


def _pdf_page(content: bytes, page: int) -> Image.Image | None:
    document = pypdfium2.PdfDocument(content)
    try:
        if not 1 <= page <= min(len(document), MOST_PAGES):
            return None
        sheet = document[page - 1]
        width, height = sheet.get_size()
        if width <= 0 or height / width > 20:
            return None
        drawn: Image.Image = sheet.render(scale=WIDTH / width).to_pil()
        sheet.close()
        return drawn
    finally:
        document.close()


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)[:MOST_WORDS]
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")[:MOST_WORDS]


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
