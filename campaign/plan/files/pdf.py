"""A PDF with text as lines.

Owns what a page adds to the text: headers, footers and page numbers are taken out, and sentences that the page's right margin broke
are joined again. Refuses scans: reading characters off pictures guesses, and a wrong digit in a deadline is worse than asking.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from campaign.plan.files.guard import check_size, refuse
from campaign.plan.source import Line, SourceText

MAX_PAGES = 1_000
MIN_LETTERS_A_PAGE = 15
_PAGE_NUMBER = re.compile(r"[-—–－一\s]*\d{1,4}[-—–－一\s]*|第?\s*\d{1,4}\s*页(?:[\s/,\uff0c共]*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}")
_NUMBER_IN_FOOTER = re.compile(r"第?\s*\d{1,4}\s*页(?:\s*共\s*\d{1,4}\s*页)?|[-—–－]\s*\d{1,4}\s*[-—–－]|\d{1,4}\s*/\s*\d{1,4}$", re.IGNORECASE)
_STARTS_ENTRY = re.compile(
    r"\s*(?:[(\uff08]?[一二三四五六七八九十百]{1,4}[)\uff09、.\uff0e]|第[一二三四五六七八九十\d]{1,4}[章节条步阶篇]|[(\uff08]?\d{1,3}[)\uff09、.\uff0e]\D|[①-⑳]|[一二三四五六七八九十]是|[•·●■◆▪※]|附件|附[:\uff1a])"
)
_ENDS_SENTENCE = re.compile(r"[。;\uff1b:\uff1a!\uff01?\uff1f…》】]\s*$")


def read_pdf(path: Path) -> SourceText:
    check_size(path)
    pages = _pages(path)
    letters = sum(len(re.sub(r"\s", "", line)) for page in pages for line in page)
    if letters < MIN_LETTERS_A_PAGE * len(pages):
        raise refuse(path, "扫描件，请提供可编辑文件（PDF 里没有可读的文字）", "scanned")
    kept = _without_furniture(pages)
    rows = _rejoined([line for page in kept for line in page])
    return SourceText(tuple(Line(number, row) for number, row in enumerate(rows, 1)))


def _pages(path: Path) -> list[list[str]]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as wrong:
        if "password" in str(wrong).lower():
            raise refuse(path, "文件已加密；请去掉打开密码后另存一份", "encrypted") from wrong
        raise refuse(path, "PDF 已损坏，打不开；请重新导出后重试", "broken") from wrong
    try:
        if len(document) > MAX_PAGES:
            raise refuse(path, f"有 {len(document)} 页，超过 {MAX_PAGES} 页的上限；请只保留方案正文后重试", "too_large")
        found = []
        for page in document:
            textpage = page.get_textpage()
            found.append(re.split(r"\r\n|\r|\n", textpage.get_text_bounded()))
            textpage.close()
            page.close()
        return found
    finally:
        document.close()


def _without_furniture(pages: list[list[str]]) -> list[list[str]]:
    """Drop page numbers, and what stands first or last on at least three pages and a third of all."""
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page if line.strip()]
        seen.update({_shape(line) for line in (*lines[:2], *lines[-2:])})
    furniture = {shape for shape, count in seen.items() if count >= max(3, len(pages) / 3)}
    kept = []
    for page in pages:
        lines = [line for line in page if line.strip()]
        edge = {id(line) for line in (*lines[:2], *lines[-2:])}
        kept.append([line for line in lines if not (id(line) in edge and (_shape(line) in furniture or _PAGE_NUMBER.fullmatch(line.strip())))])
    return kept


def _shape(line: str) -> str:
    """The line without its page number: 云河区文件 第3页 and 云河区文件 第4页 are the same footer."""
    return _NUMBER_IN_FOOTER.sub("#", line.strip())


def _rejoined(lines: list[str]) -> list[str]:
    """A line that fills the page's width and ends no sentence goes on in the next, unless that starts an entry."""
    widths = sorted(_width(line) for line in lines)
    full = widths[int(len(widths) * 0.9)] if widths else 0
    rows: list[str] = []
    going_on = False
    for line in lines:
        text = line.strip()
        if going_on and rows and not _STARTS_ENTRY.match(text):
            rows[-1] = _joined(rows[-1], text)
        else:
            rows.append(text)
        going_on = full > 10 and _width(line) >= full - 3 and not _ENDS_SENTENCE.search(text)
    return rows


def _joined(one: str, other: str) -> str:
    needs_space = one[-1:].isascii() and one[-1:].isalnum() and other[:1].isascii() and other[:1].isalpha()
    return f"{one} {other}" if needs_space else one + other


def _width(line: str) -> float:
    return sum(0.5 if letter.isascii() else 1.0 for letter in line.strip())
