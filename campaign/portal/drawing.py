"""One page of a file as a small picture: of images, of PDFs, and of Office files by the PDF that was made of them (`evidence.derived`).

Refuses what is too large to be drawn safely. What is drawn comes from strangers, so pixels and pages are bounded, and one drawing at a time.
Imported when somebody looks at the first one, for Pillow's sake.
"""

from __future__ import annotations

import io
import threading
from typing import Any, BinaryIO

from PIL import Image, ImageOps

from campaign.evidence.derived import CONVERTED, Derived
from campaign.evidence.files import FileStore
from campaign.evidence.media import DRAWN
from campaign.evidence.pdfs import opened_pdf
from campaign.evidence.pictures import Broken, opened_picture, too_many_pixels
from campaign.portal.preview import MOST_PAGES

WIDTH = 1000
_one_at_a_time = threading.Lock()


def picture(file: Any, evidence: FileStore, derived: Derived, page: int) -> bytes | None:
    """One page as a JPEG at most 1000 pixels wide; None when it cannot be drawn."""
    made = derived.pdf_of(file.sha256, file.size, file.media_type).pdf if file.media_type in CONVERTED else None
    if file.media_type not in DRAWN and file.media_type != "application/pdf" and made is None:
        return None
    with _one_at_a_time:
        try:
            if made is not None:
                drawn = _pdf_page(made.read_bytes(), page)
            else:
                with evidence.open(file.sha256) as source:
                    drawn = _pdf_page(source.read(), page) if file.media_type == "application/pdf" else _image(source)
            if drawn is None:
                return None
            drawn.thumbnail((WIDTH, WIDTH * 3))
            out = io.BytesIO()
            drawn.convert("RGB").save(out, "JPEG", quality=82)
            return out.getvalue()
        except Broken:
            return None


def _image(source: BinaryIO) -> Image.Image | None:
    with opened_picture(source) as found:
        if too_many_pixels(found):
            return None
        found.draft("RGB", (WIDTH, WIDTH * 3))
        return ImageOps.exif_transpose(found)


def _pdf_page(content: bytes, page: int) -> Image.Image | None:
    with opened_pdf(content) as document:
        if not 1 <= page <= min(len(document), MOST_PAGES):
            return None
        sheet = document[page - 1]
        width, height = sheet.get_size()
        if width <= 0 or height / width > 20:
            return None
        drawn: Image.Image = sheet.render(scale=WIDTH / width).to_pil()
        sheet.close()
        return drawn
