"""A ladder as people write it: YAML read into a `Ladder`, with every fault named by field and line.

Owns what a ladder may say. Refuses one that cannot be right: it would send a reminder after the deadline, a paper nobody may sign, or
nothing to nobody, and that would be found out by the units. All faults are reported at once, so a file is repaired in one round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from campaign.rules.ladder_terms import AUDIENCES, CHANNELS, BadLadder, Ladder, Offset, Rung, Span

LADDER_FIELDS = ("name", "title", "rungs")
RUNG_FIELDS = ("key", "name", "when", "dwell", "audience", "issuer", "signer", "document", "channels", "signed", "numbered", "score", "urgent")
_LONGEST = {"name": 24, "document": 40, "key": 24, "issuer": 40, "signer": 40, "title": 60}
_WORKED_HOURS = {"wd": 8.0, "d": 6.0, "h": 1.0}  # only to compare offsets written in different units

T = TypeVar("T", bound=BaseModel)


class _Faults:
    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[tuple[int, str]] = []

    def add(self, node: Any, field: str | None, text: str) -> None:
        """At the line of `field` in `node`, or of the node itself."""
        place = getattr(node, "lc", None)
        line = 0
        if place is not None:
            line = place.line + 1
            if field is not None and isinstance(node, Mapping) and field in node:
                line = place.key(field)[0] + 1
        self.found.append((line, f"“{field}” {text}" if field else text))

    def check(self) -> None:
        if self.found:
            lines: dict[str, list[str]] = {}
            for line, text in sorted(self.found):
                lines.setdefault(text, []).extend([str(line)] if line else [])
            told = "；".join(f"第 {'、'.join(at)} 行 {text}" if at else text for text, at in lines.items())
            raise BadLadder(f"督办规则 {self.source} 不能使用：{told}", source=self.source, faults=tuple(sorted(self.found)))


def parse_ladder(text: str | bytes, source: str, *, stored: bool = False) -> Ladder:
    """The ladder in `text`, or in a file's bytes; `source` is the file's name for the message. One that is `stored` runs already: two names alike may stay."""
    faults = _Faults(source)
    if isinstance(text, bytes):
        text = decoded(text, source)
    root = _read_yaml(text, faults)
    _unknown_fields(root, LADDER_FIELDS, faults)
    name = _word(root, "name", faults)
    title = _word(root, "title", faults, default=name)
    rungs = root.get("rungs")
    if not isinstance(rungs, list) or not rungs:
        faults.add(root, "rungs", "没有任何督办级别：至少写一级，从提醒或催办开始")
        rungs = []
    faults.check()
    read = [_rung(node, number, faults) for number, node in enumerate(rungs, start=1)]
    whole = [(node, rung) for node, rung in zip(rungs, read, strict=True) if rung is not None]
    _order(whole, faults)
    if not stored:
        _names_differ(whole, faults)
    faults.check()
    return Ladder(name=name, title=title, rungs=tuple(rung for _, rung in whole))


def decoded(raw: bytes, source: str) -> str:
    """A file's text; offices save as GBK, or with a mark at the beginning."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadLadder(f"督办规则 {source} 不是 UTF-8 编码的文本：请用记事本或 WPS 打开，另存为 UTF-8 编码的文本文件后重试", source=source) from error


def _read_yaml(text: str, faults: _Faults) -> Mapping[str, Any]:
    from ruamel.yaml import YAML  # 60 ms that a command without a ladder need not spend
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        root = YAML(typ="rt").load(text)
    except (YAMLError, ValueError) as error:  # ValueError: an impossible date such as 2026-09-31
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        where = f"第 {mark.line + 1} 行第 {mark.column + 1} 列 " if mark is not None else ""
        raise BadLadder(f"督办规则 {faults.source} 不是有效的 YAML：{where}缩进、冒号或引号有误，或同一字段写了两次", source=faults.source) from error
    if not isinstance(root, Mapping):
        raise BadLadder(f"督办规则 {faults.source} 是空的或不是“字段: 值”的形式：应有 name、title 和 rungs", source=faults.source)
    return root


def _unknown_fields(node: Mapping[str, Any], allowed: Iterable[str], faults: _Faults) -> None:
    known = tuple(allowed)
    for field in node:
        if field not in known:
            near = get_close_matches(str(field), known, n=1)
            faults.add(node, field, f"不认识：{f'是否要写 {near[0]}？' if near else ''}可用的有 {'、'.join(known)}")


def _word(node: Mapping[str, Any], field: str, faults: _Faults, *, default: str | None = None) -> str:
    value = node.get(field, default)
    if not isinstance(value, str) or not value.strip():
        faults.add(node, field, "应填写文字")
        return ""
    if len(value) > _LONGEST[field]:
        faults.add(node, field, f"不能超过 {_LONGEST[field]} 个字")
    return value.strip()


def _rung(node: Any, number: int, faults: _Faults) -> Rung | None:
    if not isinstance(node, Mapping):
        faults.add(node, None, f"第 {number} 级应由“字段: 值”组成")
        return None
    before = len(faults.found)
    _unknown_fields(node, (*RUNG_FIELDS, "number"), faults)
    signed, numbered = (_flag(node, field, faults) for field in ("signed", "numbered"))
    signer = _word(node, "signer", faults) if node.get("signer") is not None else None
    if signed and signer is None:
        faults.add(node, "signed", "须经签发，但没有写签发人（signer）")
    score = node.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        faults.add(node, "score", "应为数字，扣分写负数")
        score = None
    when = _term(node, "when", Offset, faults)
    dwell = _term(node, "dwell", Span, faults)
    words = {field: _word(node, field, faults) for field in ("key", "name", "document")}
    issuer = _word(node, "issuer", faults, default="办公室")
    audience = _names(node, "audience", AUDIENCES, "送达对象", faults)
    channels = _names(node, "channels", CHANNELS, "送达通道", faults)
    if when is None or dwell is None or len(faults.found) > before:
        return None
    return Rung(
        number=number, **words, when=when, dwell=dwell, audience=audience, issuer=issuer, signer=signer,
        channels=channels, signed=signed, numbered=numbered, score=None if score is None else float(score),
        urgent=True if _flag(node, "urgent", faults) else None,
    )  # fmt: skip


def _flag(node: Mapping[str, Any], field: str, faults: _Faults) -> bool:
    value = node.get(field, False)
    if not isinstance(value, bool):
        faults.add(node, field, "应为 true 或 false")
    return value is True


def _term(node: Mapping[str, Any], field: str, kind: type[T], faults: _Faults) -> T | None:
    if node.get(field) is None:
        if field == "dwell":
            return kind.model_validate(0)
        faults.add(node, field, "没有写：何时进入这一级")
        return None
    try:
        return kind.model_validate(node[field])
    except ValidationError as error:
        reason = error.errors()[0]
        said = str(reason["ctx"]["error"]) if "ctx" in reason and "error" in reason["ctx"] else "应写成 2wd、-3wd、4h 这样的时间"
        faults.add(node, field, f"写的是“{node[field]}”，{said}")
        return None


def _names(node: Mapping[str, Any], field: str, known: Mapping[str, str], what: str, faults: _Faults) -> tuple[str, ...]:
    """Keys or their Chinese words, as keys, each once."""
    value = node.get(field)
    written = [value] if isinstance(value, str) else value
    if not isinstance(written, list) or not written:
        faults.add(node, field, f"没有写{what}：可用的有 {'、'.join(known.values())}")
        return ()
    key_of = {**{word: key for key, word in known.items()}, **{key: key for key in known}}
    for word in written:
        if word not in key_of:
            faults.add(node, field, f"中的“{word}”不是可用的{what}：可用的有 {'、'.join(known.values())}")
    return tuple(dict.fromkeys(key_of[word] for word in written if word in key_of))


def _order(rungs: list[tuple[Any, Rung]], faults: _Faults) -> None:
    seen: dict[str, str] = {}
    for node, rung in rungs:
        if rung.key in seen:
            faults.add(node, "key", f"“{rung.key}”已用于“{seen[rung.key]}”")
        seen.setdefault(rung.key, rung.name)
    for (_, earlier), (node, later) in pairwise(rungs):
        if later.before_deadline and not earlier.before_deadline:
            faults.add(node, "when", f"“{later.name}”在到期之前，却排在逾期后的“{earlier.name}”之后")
        elif _weight(later.when) < _weight(earlier.when):
            faults.add(node, "when", f"“{later.name}”（{later.when.label}）早于上一级“{earlier.name}”（{earlier.when.label}）：各级应由早到晚")
        elif later.before_deadline and _weight(later.when) == _weight(earlier.when):
            faults.add(node, "when", f"“{later.name}”与“{earlier.name}”是同一时刻的提醒：请合并为一级")


def _names_differ(rungs: list[tuple[Any, Rung]], faults: _Faults) -> None:
    names: dict[str, int] = {}
    for node, rung in rungs:
        if rung.name in names:
            faults.add(node, "name", f"第 {rung.number} 级与第 {names[rung.name]} 级都叫“{rung.name}”：各级名称应不同，文书和台账才分得清")
        names.setdefault(rung.name, rung.number)


def _weight(offset: Offset) -> float:
    return offset.amount * _WORKED_HOURS[offset.unit]
