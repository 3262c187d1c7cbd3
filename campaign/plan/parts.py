"""Several plans in one file: 篇一…篇N, 方案一/二/三, 范文1….

Owns where one ends and the next begins. A part begins at a heading of one family whose numbers count up from one heading to the next; a
table of contents counts up too, so of several runs the one that holds the most text is meant. Lines keep their numbers, so that a warning
about part 3 is found in the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from campaign.plan.normal import folded, number
from campaign.plan.source import Line, SourceText

_N = r"([一二三四五六七八九十百\d]{1,4})"
_FAMILIES = (
    re.compile(rf"(?P<title>.{{0,40}}?)(?<!第)[【\[(]?篇\s*{_N}[】\])]?(?:[:].{{0,60}})?"),
    re.compile(rf"(?P<title>)[【\[(]?\s*(?:实施|工作|活动|创建)?方案\s*{_N}\s*[】\])]?(?:[:].{{0,60}})?"),
    re.compile(rf"(?P<title>.{{0,40}}?)[【\[(]?范文\s*{_N}[】\])]?(?:[:].{{0,60}})?"),
    re.compile(rf"(?P<title>)第\s*{_N}\s*篇(?:[:\s].{{0,60}})?"),
)
_MIN_LINES = 3


@dataclass(frozen=True, slots=True)
class PlanPart:
    number: int
    title: str
    source: SourceText

    @property
    def first_line(self) -> int:
        return self.source.lines[0].number


def parts_of(source: SourceText) -> tuple[PlanPart, ...]:
    """The plans of a file in their order; one part, the whole, when the file holds one plan."""
    best: list[tuple[int, int]] = []
    for family in _FAMILIES:
        marks = [(at, value) for at, line in enumerate(source.lines) if (value := _mark(line, family)) is not None]
        for run in _runs(marks):
            if _weight(run, source) > _weight(best, source):
                best = run
    if not best:
        return (PlanPart(1, _title(source.lines), source),) if source.lines else ()
    ends = [at for at, _ in best[1:]] + [len(source.lines)]
    return tuple(
        PlanPart(row, _title(source.lines[start:end]), SourceText(source.lines[start:end]))
        for row, ((start, _), end) in enumerate(zip(best, ends, strict=True), 1)
    )


def _mark(line: Line, family: re.Pattern[str]) -> int | None:
    if line.cells is not None or len(line.text) > 80:
        return None
    found = family.fullmatch(folded(line.text).strip(" \u3000*#"))
    return number(found[2]) if found else None


def _runs(marks: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Stretches in which each number is one more than the number before; a lone heading is no run."""
    runs: list[list[tuple[int, int]]] = []
    for mark in marks:
        if runs and mark[1] == runs[-1][-1][1] + 1:
            runs[-1].append(mark)
        elif not (runs and mark[1] == runs[-1][-1][1]):
            runs.append([mark])
    return [run for run in runs if len(run) >= 2]


def _weight(run: list[tuple[int, int]], source: SourceText) -> int:
    """The text that the parts of a run hold; none if one of them is nearly empty."""
    if not run:
        return 0
    ends = [at for at, _ in run[1:]] + [len(source.lines)]
    sizes = [sum(1 for line in source.lines[start:end] if line.text.strip()) for (start, _), end in zip(run, ends, strict=True)]
    return sum(sizes) if min(sizes) >= _MIN_LINES else 0


def _title(lines: tuple[Line, ...]) -> str:
    """The first line; what follows it when that is a bare 篇一."""
    texts = [line.text.strip(" \u3000*#") for line in lines if line.text.strip(" \u3000*#")]
    if len(texts) > 1 and len(texts[0]) <= 6 and len(texts[1]) <= 60:
        return f"{texts[0]} {texts[1]}"
    return texts[0][:60] if texts else "（空）"
