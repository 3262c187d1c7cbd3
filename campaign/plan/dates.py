"""Date phrases: found by the terminals of `grammar.lark`, read by its LALR parser, resolved with an explicit campaign year.

Owns phrase → edges → days. Refuses to know today: a year that the text masks (20xx) or omits is the campaign's, and what no calendar
can settle (春节前, x月x日) stays the phrase with its reason. The grammar is built on first use and phrases are cached, because the
parser costs more to build than all phrases of a plan cost to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from campaign.plan.edges import READERS, SPANS, Edge
from campaign.plan.normal import number

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_HINT = re.compile(r"[月日号旬季年节假]|\d\.\d|20\d\d[-/]|即日|后")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A date phrase: its words, where it stands, its shape (point, until, since, range, after) and its ends."""

    text: str
    at: int
    shape: str
    start: Edge | None = None
    end: Edge | None = None
    wait: tuple[str, int, str] | None = None

    @property
    def stop(self) -> int:
        return self.at + len(self.text)


@dataclass(frozen=True, slots=True)
class Span:
    """Days of a phrase in a year; what stayed open is in the texts."""

    start: date | None = None
    end: date | None = None
    start_text: str | None = None
    end_text: str | None = None
    clock: str | None = None


@lru_cache(maxsize=1)
def _parser() -> Lark:
    from lark import Lark

    grammar = (Path(__file__).parent / "grammar.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", lexer="contextual", maybe_placeholders=False)


@lru_cache(maxsize=1)
def _finder() -> re.Pattern[str]:
    """Runs of the grammar's own terminals, so that what may be a date is written down once."""
    ordered = sorted((t for t in _parser().terminals if t.name != "__IGNORE_0"), key=lambda t: -t.priority)
    any_terminal = "|".join(f"(?:{t.pattern.to_regexp()})" for t in ordered if t.pattern.to_regexp() != " ")
    return re.compile(rf"(?:(?:{any_terminal}) ?){{1,10}}")


@lru_cache(maxsize=4096)
def parse(text: str) -> Phrase | None:
    """One phrase, exactly; None if the grammar does not know it."""
    from lark.exceptions import LarkError

    try:
        tree = _parser().parse(text)
    except LarkError:
        return None
    return _phrase(tree, text)


def find_dates(text: str) -> Iterator[Phrase]:
    """All date phrases of a folded text, longest reading first. 每月10日 is a period, not a date, and left out."""
    if not _HINT.search(text):
        return
    for run in _finder().finditer(text):
        yield from _in_run(text, run.group(0).rstrip(), run.start())


def _in_run(text: str, run: str, at: int) -> Iterator[Phrase]:
    edges = [m.end() for m in re.finditer(r"[^\d._x*]|\d+(?![\d.])", run)]
    start = 0
    while start < len(run):
        for end in reversed([e for e in edges if start < e <= start + 40]):
            found = parse(run[start:end].rstrip())
            if found and _names_a_day(found):
                if not _is_period(text, at + start):
                    yield _with_open_end(replace(found, at=at + start), text)
                start = end
                break
        else:
            start = next((e for e in edges if e > start), len(run))


_OPEN_END = re.compile(r"(?:起|开始)?\s?(?:至|到|-+)(?P<end>[\u4e00-\u9fff]{2,12}?(?:结束|为止|完成|当天|之日|前|时))")


def _with_open_end(phrase: Phrase, text: str) -> Phrase:
    """7月16日至验收结束 begins on a day and ends with an event: no day may stand for its end."""
    found = _OPEN_END.match(text, phrase.stop) if phrase.shape in ("point", "since") else None
    if not found:
        return phrase
    return replace(phrase, text=phrase.text + found.group(0), shape="range", end=Edge(open=found.group("end")))


def _is_period(text: str, at: int) -> bool:
    return bool(re.search(r"(?:每|逢|每个|每年的?|历年|往|近|[一-龥]年的)$", text[max(0, at - 4) : at])) and not text[max(0, at - 2) : at].endswith(
        ("今年", "今年的")
    )


def _names_a_day(phrase: Phrase) -> bool:
    if phrase.shape == "after":
        return True
    edges = [e for e in (phrase.start, phrase.end) if e]
    if phrase.shape == "point" and all(e.month is None and not e.masked for e in edges):
        return False
    if all(e.month is None and e.open is None for e in edges):
        return False
    return not (phrase.shape == "point" and "." in phrase.text and not re.match(r"20|[x_*]", phrase.text))


def _phrase(tree: Tree[Token], text: str) -> Phrase:
    shape = str(tree.data)
    if shape == "after":
        event, lasting = (str(t) for t in tree.children)
        return Phrase(text, 0, shape, wait=_wait(event, lasting))
    edges = [_edge(t) for t in tree.children if not isinstance(t, str) and t.data in ("edge", "now", "festival")]
    if shape == "until":
        return Phrase(text, 0, shape, None, replace(edges[0], open=edges[0].open and f"{edges[0].open}前"))
    if shape == "since":
        return Phrase(text, 0, shape, edges[0], None)
    if shape == "range":
        left, right = edges
        if any(c for c in tree.find_data("tail") if str(c.children[0]).endswith("前")) and right.open:
            right = replace(right, open=f"{right.open}前")
        return Phrase(text, 0, shape, *_shared(left, right))
    return Phrase(text, 0, shape, edges[0], edges[0])


def _shared(left: Edge, right: Edge) -> tuple[Edge, Edge]:
    """9月1日-9日 and 9月1-9日: what one end leaves out stands at the other."""
    if right.month is None and right.open is None and right.part is None and left.month:
        right = replace(right, month=left.month, masked=left.masked)
    elif right.month is None and right.part and left.month and right.part in SPANS:
        right = replace(right, month=left.month)
    if left.year is not None and right.year is None and right.shift is None and right.month and left.month:
        right = replace(right, year=left.year + (1 if right.month < left.month else 0))
    if left.shift is not None and right.shift is None and right.year is None:
        right = replace(right, shift=left.shift)
    return left, right


def _edge(tree: Tree[Token]) -> Edge:
    if tree.data in ("now", "festival"):
        return Edge(open=str(tree.children[0]))
    edge = Edge()
    for leaf in tree.scan_values(lambda _: True):
        edge = READERS[leaf.type](edge, str(leaf)) if leaf.type in READERS else edge
    return edge


def _wait(event: str, lasting: str) -> tuple[str, int, str]:
    """活动结束后 + 一周内 → ("活动结束", 7, "d")."""
    name = re.sub(r"(?:之后|以后|后)[,，]?的?$", "", event)
    found = re.match(r"在?(\d{1,2}|[一二两三四五六七八九十]{1,3}|半)个?(工作日|日|天|周|星期|月)", lasting)
    count = (number(found.group(1)) or 0) if found and found.group(1) != "半" else 0
    unit = found.group(2) if found else "日"
    if unit in ("周", "星期"):
        return name, count * 7, "d"
    if unit == "月":
        return name, count * 30 or 15, "d"
    return name, count, "wd" if unit == "工作日" else "d"


def resolve(phrase: Phrase, year: int) -> Span:
    """Days of a phrase in the campaign's year. An end before its start lies in the next year: 11月至2月."""
    start = phrase.start.resolve(year, last=False) if phrase.start else None
    end = phrase.end.resolve(year, last=True) if phrase.end else None
    if start and end and end < start and phrase.end and phrase.end.year is None and not phrase.end.shift:
        end = phrase.end.resolve(year + 1, last=True)
    if start and end and end < start:
        end = None
    return Span(
        start, end,
        None if start or not phrase.start else phrase.start.open or phrase.text,
        None if end or not phrase.end else phrase.end.open or phrase.text,
        phrase.end.clock if phrase.end else None,
    )  # fmt: skip
