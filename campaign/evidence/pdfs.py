"""PDFium, one caller at a time: it is not safe in several threads. Refuses to draw or read more than is asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2

_one_at_a_time = threading.Lock()


@contextmanager
def opened_pdf(source: Path | bytes) -> Iterator[pypdfium2.PdfDocument]:
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(source)
        try:
            yield document
        finally:
            document.close()


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
