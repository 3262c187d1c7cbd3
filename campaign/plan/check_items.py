"""Rules about the list of items: that there is one, its keys, its numbers, and each task once."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from campaign.plan.check_view import Entry, Hit, View, plain
from campaign.plan.lines import Place

_DIGITS = "零一二三四五六七八九"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def has_items(view: View) -> Iterator[Hit]:
    if not view.entries:
        yield Hit("no_items", "方案里没有一项任务", ("items",))


def unique_keys(view: View) -> Iterator[Hit]:
    first: dict[str, Place] = {}
    keyed: list[tuple[str | None, Place]] = [(phase.key, ("phases", row)) for row, phase in view.phases]
    keyed += [(entry.item.key, entry.place) for entry in view.entries]
    for key, place in keyed:
        if key is None:
            continue
        if key in first:
            line = view.lines.line(*first[key], "key")
            yield Hit("duplicate_key", f"key「{key}」{f'在第 {line} 行' if line else '前面'}已经用过", (*place, "key"))
        else:
            first[key] = place


def known_phases(view: View) -> Iterator[Hit]:
    names = [phase.key or phase.name for phase in view.spec.phases]
    for entry in view.entries:
        if entry.item.phase and entry.phase is None:
            known = f"已有：{'、'.join(names)}" if names else "方案里没有阶段"
            yield entry.hit("unknown_phase", f"{entry.name}写的阶段「{entry.item.phase}」不存在（{known}）", "phase")


def distinct_tasks(view: View) -> Iterator[Hit]:
    seen: dict[tuple[str, object], Entry] = {}
    for entry in view.entries:
        item = entry.item
        words = plain(item.text) or plain(item.title)
        if len(words) < 4:
            continue
        key = (words, item.lead_unit)
        if key in seen and (item.line is None or item.line != seen[key].item.line):
            line = view.lines.line(*seen[key].place) or seen[key].item.line
            yield entry.hit("same_task_twice", f"{entry.name}与{f'第 {line} 行的' if line else '前面的'}{seen[key].name}相同")
        else:
            seen[key] = entry


def recipients(view: View) -> Iterator[Hit]:
    for entry in view.entries:
        if entry.item.materials and not entry.item.recipient:
            names = "、".join(material.name for material in entry.item.materials[:3])
            yield entry.hit("material_without_recipient", f"{entry.name}的资料（{names}）没有写报给谁", "materials")


def numbering(view: View) -> Iterator[Hit]:
    """Numbers of a plan that was written by hand. What was read from a document was counted there, where no entry is left out."""
    lists: dict[object, list[tuple[int, Entry]]] = defaultdict(list)
    for entry in view.entries:
        parsed = parse_number(entry.item.number) if entry.item.line is None else None
        if parsed is not None:
            lists[entry.place[:-1], entry.phase.name if entry.phase else None, parsed[0]].append((parsed[1], entry))
    for rows in lists.values():
        for at, code, words in miscounts([value for value, _ in rows]):
            entry = rows[at][1]
            yield entry.hit(code, f"{entry.name}{words}", "number")


def miscounts(values: list[int]) -> Iterator[tuple[int, str, str]]:
    """Where a list that counts up skips or repeats: [1, 2, 4] → at 2 the third is missing. A new 1 starts a new list."""
    used: set[int] = set()
    before = 0
    for at, value in enumerate(values):
        if value == 1:
            used = set()
        elif value in used:
            yield at, "number_repeats", "的序号前面已经用过"
        elif used and value > before + 1:
            yield at, "number_skips", f"之前缺第 {before + 1}{f' 至 {value - 1}' if value > before + 2 else ''} 条"
        used.add(value)
        before = value


def parse_number(number: str | None) -> tuple[str, int] | None:
    """The style of a number and its value: `(三)` → ("(c)", 3), `2、` → ("d、", 2)."""
    if not number:
        return None
    if len(circled := number.strip()) == 1 and circled in _CIRCLED:
        return "o", _CIRCLED.index(circled) + 1
    text = unicodedata.normalize("NFKC", number).replace(" ", "")
    if match := re.fullmatch(r"(\(?)(\d{1,4})(\)?[.、)]?)", text):
        return f"{match[1]}d{match[3]}", int(match[2])
    if match := re.fullmatch(r"(\(?第?)([零一二三四五六七八九十百]{1,6})([^\d一二三四五六七八九十]{0,3})", text):
        value = _chinese(match[2])
        return None if value is None else (f"{match[1]}c{match[3]}", value)
    return None


def _chinese(text: str) -> int | None:
    """Whole numbers below a thousand as headings write them."""
    hundreds, _, rest = text.replace("零", "").rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    try:
        value = (_DIGITS.index(hundreds) if hundreds else 0) * 100
        value += (_DIGITS.index(tens) if tens else 1) * 10 if ten else 0
        return value + (_DIGITS.index(ones) if ones else 0)
    except ValueError:
        return None
