"""Date phrases: found by the terminals of `grammar.lark`, read by its LALR parser, resolved with an explicit campaign year.

Owns phrase → edges → days. Refuses to know today: a year that the text masks (20xx) or omits is the campaign's, and what no calendar
can settle (春节前, x月x日) stays the phrase with its reason. The grammar is built on first use and phrases are cached, because the
parser costs more to build than all phrases of a plan cost to read.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from campaign.plan.normal import number

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

_SPANS = {
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "初": (1, 10),
    "中": (11, 20),
    "底": (31, 31),
    "末": (31, 31),
    "上半月": (1, 15),
    "下半月": (16, 31),
}
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_YEAR_SHIFT = {"今": 0, "本": 0, "当": 0, "同": 0, "明": 1, "次": 1, "翌": 1, "来": 1, "去": -1}
_HINT = re.compile(r"[月日号旬季年节假]|\d\.\d|20\d\d[-/]|即日|后")


@dataclass(frozen=True, slots=True)
class Edge:
    """One end of a phrase: months and days as far as they are named; `open` holds words that no calendar settles."""

    year: int | None = None
    shift: int | None = None
    masked: bool = False
    month: int | None = None
    month_to: int | None = None
    day: int | None = None
    part: str | None = None
    clock: str | None = None
    open: str | None = None

    def resolve(self, year: int, *, last: bool) -> date | None:
        """The first or last day of what is named: 3月下旬 → 03-21 or 03-31."""
        if self.open or self.month is None:
            return None
        month = self.month_to if last and self.month_to else self.month
        of = self.year if self.year is not None else year + (self.shift or 0)
        if not 1900 <= of <= 2199:
            return None
        final = calendar.monthrange(of, month)[1]
        if self.day is not None:
            return date(of, month, self.day) if self.day <= final else None
        first_day, last_day = _SPANS.get(self.part or "", (1, final))
        return date(of, month, min(last_day if last else first_day, final))


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
    edges = [_edge(t) for t in tree.find_pred(lambda t: t.data in ("edge", "now", "festival"))]
    edges = list(reversed(edges)) if len(edges) > 1 and _order(tree) else edges
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


def _order(tree: Tree[Token]) -> bool:
    found = list(tree.find_pred(lambda t: t.data in ("edge", "now", "festival")))
    return found[0] is not tree.children[0] and found[-1] is next(c for c in tree.children if not isinstance(c, str))


def _shared(left: Edge, right: Edge) -> tuple[Edge, Edge]:
    """9月1日-9日 and 9月1-9日: what one end leaves out stands at the other."""
    if right.month is None and right.open is None and right.part is None and left.month:
        right = replace(right, month=left.month, masked=left.masked)
    elif right.month is None and right.part and left.month and right.part in _SPANS:
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
        edge = _READERS[leaf.type](edge, str(leaf)) if leaf.type in _READERS else edge
    return edge


def _with_year(edge: Edge, text: str) -> Edge:
    word = text.removesuffix("年")
    if word in _YEAR_SHIFT:
        return replace(edge, shift=_YEAR_SHIFT[word])
    if word.isdigit() and len(word) == 4:
        return replace(edge, year=int(word))
    value = number(word) if word and word[0] in "二一" else None
    return replace(edge, year=value) if value else replace(edge, masked=True)


def _with_month(edge: Edge, text: str) -> Edge:
    word = text.removesuffix("份").removesuffix("月")
    value = 1 if word in "元正" else number(word)
    return replace(edge, month=value) if value and 1 <= value <= 12 else replace(edge, open=f"{text}", masked=True)


def _with_months(edge: Edge, text: str) -> Edge:
    first, last = re.findall(r"\d+", text)
    return replace(edge, month=int(first), month_to=int(last))


def _with_day(edge: Edge, text: str) -> Edge:
    value = number(text.rstrip("日号"))
    return replace(edge, day=value) if value and 1 <= value <= 31 else replace(edge, open=(edge.open or "") + text, masked=True)


def _with_dotted(edge: Edge, text: str) -> Edge:
    words = re.findall(r"[\dx_*\-?]+", text.rstrip("日号"))
    if len(words) > 2:
        edge = _with_year(edge, words[0])
    return replace(edge, month=int(words[-2]), day=int(words[-1]))


def _with_iso(edge: Edge, text: str) -> Edge:
    year, month, day = (int(w) for w in re.split(r"[-/]", text))
    return replace(edge, year=year, month=month, day=day)


def _with_quarter(edge: Edge, text: str) -> Edge:
    quarter = _QUARTERS.get(text.removesuffix("季度").removeprefix("第"))
    return replace(edge, month=quarter * 3 - 2, month_to=quarter * 3) if quarter else replace(edge, open=text)


def _with_half(edge: Edge, text: str) -> Edge:
    return replace(edge, month=1, month_to=6) if text.startswith("上") else replace(edge, month=7, month_to=12)


def _with_yearpart(edge: Edge, text: str) -> Edge:
    if text.endswith(("底", "末")):
        return replace(edge, month=12, part="底")
    return replace(edge, month=1, part="初") if text.endswith("初") else replace(edge, open=text)


_READERS: dict[str, Callable[[Edge, str], Edge]] = {
    "YEAR": _with_year, "MONTH": _with_month, "MONTHS": _with_months, "DAY": _with_day, "NUMBER": _with_day, "DOTTED": _with_dotted, "ISO": _with_iso,
    "QUARTER": _with_quarter, "HALF": _with_half, "YEARPART": _with_yearpart,
    "PART": lambda edge, text: replace(edge, part=text.removeprefix("月")),
    "CLOCK": lambda edge, text: replace(edge, clock=_clock(text)),
}  # fmt: skip


def _clock(text: str) -> str | None:
    found = re.search(r"(\d{1,2})(?:[:时点](\d{2})?)?", text)
    if not found:
        return None
    hour, minute = int(found.group(1)), 30 if text.endswith("半") else int(found.group(2) or 0)
    hour += 12 if text.startswith(("下午", "晚")) and hour < 12 else 0
    if (hour, minute) == (24, 0):
        return "23:59"
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else None


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


def festival_day(name: str, year: int) -> date | None:
    """Day of a festival that the lunar calendar or the sun decides: 春节 2026 → 2026-02-17."""
    from lunar_python import Lunar, Solar

    fixed = {
        "元旦": (1, 1),
        "三八": (3, 8),
        "五一": (5, 1),
        "劳动节": (5, 1),
        "五四": (5, 4),
        "六一": (6, 1),
        "七一": (7, 1),
        "八一": (8, 1),
        "十一": (10, 1),
        "国庆": (10, 1),
    }
    lunar = {"春节": (1, 1), "元宵": (1, 15), "端午": (5, 5), "七夕": (7, 7), "中秋": (8, 15), "重阳": (9, 9), "腊八": (12, 8)}
    name = name.strip("“”'")
    name = name if name in fixed or name in lunar else name.removesuffix("节")
    if name in fixed:
        return date(year, *fixed[name])
    if name in lunar:
        solar = Lunar.fromYmd(year, *lunar[name]).getSolar()
        return date(solar.getYear(), solar.getMonth(), solar.getDay())
    if name == "清明":
        first = date(year, 4, 3)
        return next(
            (day for day in (first + timedelta(n) for n in range(4)) if Solar.fromYmd(day.year, day.month, day.day).getLunar().getJieQi() == "清明"), None
        )
    return None
