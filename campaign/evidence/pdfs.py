"""PDFium, one caller at a time: it is not safe in several threads. Refuses to draw or read more than is asked.

Imported when the first PDF comes: a portal that takes in other files does without its memory.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pypdfium2

_one_at_a_time = threading.Lock()


class BrokenPdf(ValueError):
    """PDFium can make nothing of it."""


@contextmanager
def opened_pdf(source: Path | bytes) -> Iterator[pypdfium2.PdfDocument]:
    import pypdfium2

    with _one_at_a_time:
        try:
            document = pypdfium2.PdfDocument(source)
            try:
                yield document
            finally:
                document.close()
        except pypdfium2.PdfiumError as broken:
            raise BrokenPdf(str(broken)) from broken


def pdf_text(source: Path | bytes, pages: int) -> str:
    """What stands on the first pages; empty for a scan."""
    found = []
    with opened_pdf(source) as document:
        for number in range(min(len(document), pages)):
            sheet = document[number]
            words = sheet.get_textpage()
            found.append(words.get_text_bounded())
            words.close()
            sheet.close()
    return "\n".join(found)
