"""HTML as lines: paragraphs with their style, table rows with their cells.

Owns how a table becomes rows: a merged cell stands in every cell it covers, because each row of a task table is read by itself.
A table of one column is a frame around text, and its paragraphs are lines like any other. Serves Word files (mammoth makes HTML of
them) and the web pages that some office systems export under the name .doc or .xls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from campaign.plan.source import Line, SourceText

_BLOCKS = {"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "blockquote", "pre", "dt", "dd", "caption", "title", "tr"}
_CONTAINERS = {"div", "li", "tr"}  # their paragraphs have ended the lines inside them already
_SKIPPED = {"script", "style", "head", "img", "svg", "noscript"}
_MAX_SPAN = 200
_HEADING = re.compile(r"h([1-6])")

Element = Any
"""An lxml element."""


def lines_of_html(markup: str | bytes) -> SourceText:
    try:
        root = html.fromstring(markup) if markup.strip() else None
    except etree.ParserError:  # markup without a single element
        root = None
    collected = _Collector()
    if root is not None:
        collected.walk(root, None)
        collected.flush(None)
    return SourceText(tuple(collected.lines))


class _Collector:
    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.pending: list[str] = []
        self.tables = 0

    def walk(self, element: Element, style: str | None) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _SKIPPED or not tag or _is_note_mark(element):
            self._text(element.tail, style)
            return
        if tag == "table":
            self.flush(style)
            self._table(element)
        elif tag == "br":
            self._line(style)
        else:
            own = f"Heading {match[1]}" if (match := _HEADING.fullmatch(tag)) else style
            if tag in _BLOCKS:
                self.flush(style)
            self._text(element.text, own)
            for child in element:
                self.walk(child, own)
            if tag in _BLOCKS:
                if tag in _CONTAINERS:
                    self.flush(own)
                else:
                    self._line(own)
        self._text(element.tail, style)

    def _text(self, text: str | None, style: str | None) -> None:
        if text:
            self.pending.append(re.sub(r"[\r\n]+", " ", text))

    def _line(self, style: str | None) -> None:
        """End a line; an empty one counts, because its number does."""
        self.lines.append(Line(len(self.lines) + 1, "".join(self.pending).strip(), style))
        self.pending.clear()

    def flush(self, style: str | None) -> None:
        if any(part.strip() for part in self.pending):
            self._line(style)
        self.pending.clear()

    def _table(self, table: Element) -> None:
        rows = _grid(table)
        width = max((len(row) for row in rows), default=0)
        if width == 0:
            return
        if width == 1:
            for row in rows:
                for text in row[0][0].split("\n"):
                    self.lines.append(Line(len(self.lines) + 1, text))
            return
        self.tables += 1
        for row in rows:
            cells = tuple(text for text, _ in row) + ("",) * (width - len(row))
            words = "\t".join(text.replace("\n", " ") for text, first in row if first and text)
            self.lines.append(Line(len(self.lines) + 1, words, None, self.tables, cells))


def _is_note_mark(element: Element) -> bool:
    """The little number of a footnote, and the arrow back from it."""
    link = element if element.tag == "a" else element.find("a") if element.tag == "sup" else None
    return link is not None and re.match(r"#?(foot|end)note", link.get("href") or "") is not None


def _grid(table: Element) -> list[list[tuple[str, bool]]]:
    """Rows of (text, is this the cell's first place); merged cells are repeated where they reach."""
    rows = list(_own_rows(table))
    placed: dict[tuple[int, int], tuple[str, bool]] = {}
    for at, row in enumerate(rows):
        column = 0
        for cell in (child for child in row if child.tag in ("td", "th")):
            while (at, column) in placed:
                column += 1
            text, across, down = _cell_text(cell), _span(cell, "colspan"), min(_span(cell, "rowspan"), len(rows) - at)
            for below in range(down):
                for beside in range(across):
                    placed[at + below, column + beside] = (text, below == beside == 0)
            column += across
    widths = [0] * len(rows)
    for at, column in placed:
        widths[at] = max(widths[at], column + 1)
    return [[placed.get((at, column), ("", False)) for column in range(widths[at])] for at in range(len(rows))]


def _own_rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _span(cell: Element, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(_MAX_SPAN, max(1, int(text))) if text.isdigit() else 1


def _cell_text(cell: Element) -> str:
    """The words of a cell, its paragraphs apart by line feeds."""
    inner = _Collector()
    inner._text(cell.text, None)
    for child in cell:
        inner.walk(child, None)
    inner.flush(None)
    return "\n".join(line.text for line in inner.lines if line.text)
