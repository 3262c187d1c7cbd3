"""The lines of a document as every reader of plans sees them.

Owns nothing but the shape: a file reader fills it, the plan reader consumes it. Line numbers are 1-based and count the lines of the
source, so that a warning can be found again by a person who has the file open. Table rows arrive as lines with `cells`, because a
task table in the middle of a Word file must keep its place among the paragraphs.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph or table row; `text` of a row is its cells joined, so that a reader without tables still sees the words."""

    number: int
    text: str
    style: str | None = None
    table: int | None = None
    cells: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class SourceText:
    lines: tuple[Line, ...]

    @classmethod
    def from_text(cls, text: str) -> SourceText:
        """Split on real line ends only: a form feed or a vertical tab inside a line is dirt, not a new line."""
        rows = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if rows and not rows[-1]:
            rows.pop()
        return cls(tuple(Line(number, row) for number, row in enumerate(rows, 1)))

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)
