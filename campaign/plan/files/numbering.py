"""Automatic numbering of Word written out as text.

Owns the labels (一、 (一) 1. ①) that Word shows but does not store in the paragraph. mammoth knows only "ordered" and "unordered",
so an official document would lose the very signs by which its levels are told. Each numbered paragraph gets its label as a first run and
loses its numbering property; mammoth then reads it as plain text. Bullets get no label.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CN = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_HEAVENLY = "甲乙丙丁戊己庚辛壬癸"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "japaneseCounting",
    "koreanDigital2",
    "ideographDigital",
}

Element = Any
"""An lxml element; the stubs make every attribute of it optional, which would hide the sense of this file behind asserts."""


@dataclass(slots=True)
class Level:
    format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class Numbering:
    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    """numId → abstractNumId: lists of one abstract share their counters unless they restart."""
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))


def write_numbers(document: Element, numbering: Element, styles: Element | None) -> None:
    """Put every automatic number of the document into its paragraph as text."""
    known = _read(numbering, styles)
    for paragraph in document.iter(f"{W}p"):
        _label_paragraph(paragraph, known)


def _label_paragraph(paragraph: Element, known: Numbering) -> None:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        return
    own = properties.find(f"{W}numPr")
    style = properties.find(f"{W}pStyle")
    number, depth = known.styles.get(style.get(f"{W}val"), ("", 0)) if style is not None else ("", 0)
    if own is not None:
        given, level = own.find(f"{W}numId"), own.find(f"{W}ilvl")
        number = given.get(f"{W}val", "") if given is not None else number
        depth = _whole(level.get(f"{W}val") if level is not None else None, depth if given is None else 0)
        properties.remove(own)
    if number in ("", "0") or number not in known.lists or not _has_words(paragraph):
        return
    label = _next_label(known, number, depth)
    if label:
        run = etree.Element(f"{W}r")
        text = etree.SubElement(run, f"{W}t")
        text.text = label
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        properties.addnext(run)


def _has_words(paragraph: Element) -> bool:
    return any((text.text or "").strip() for text in paragraph.iter(f"{W}t"))


def _next_label(known: Numbering, number: str, depth: int) -> str:
    levels = known.lists[number]
    counters = known.counters[known.abstract.get(number, number)]
    level = levels.get(depth, Level())
    counters[depth] = counters.get(depth, level.start - 1) + 1
    for deeper in [other for other in counters if other > depth]:
        del counters[deeper]
    if level.format in ("bullet", "none"):
        return ""

    def value(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        shown = levels.get(at, Level())
        return spell(counters.get(at, shown.start), shown.format if at == depth or shown.format != "none" else "decimal")

    return re.sub(r"%(\d)", value, level.text)


def _read(numbering: Element, styles: Element | None) -> Numbering:
    known = Numbering()
    abstracts: dict[str, dict[int, Level]] = {}
    for abstract in numbering.iter(f"{W}abstractNum"):
        abstracts[abstract.get(f"{W}abstractNumId", "")] = {_whole(level.get(f"{W}ilvl"), 0): _level(level) for level in abstract.findall(f"{W}lvl")}
    for instance in numbering.findall(f"{W}num"):
        number, target = instance.get(f"{W}numId", ""), instance.find(f"{W}abstractNumId")
        base = target.get(f"{W}val", "") if target is not None else ""
        levels = dict(abstracts.get(base, {}))
        overrides = instance.findall(f"{W}lvlOverride")
        for override in overrides:
            depth = _whole(override.get(f"{W}ilvl"), 0)
            fresh, start = override.find(f"{W}lvl"), override.find(f"{W}startOverride")
            if fresh is not None:
                levels[depth] = _level(fresh)
            if start is not None:
                old = levels.get(depth, Level())
                levels[depth] = Level(old.format, old.text, _whole(start.get(f"{W}val"), 1))
        known.lists[number] = levels
        known.abstract[number] = f"own:{number}" if overrides else base
    for style in styles.iter(f"{W}style") if styles is not None else ():
        pointer = style.find(f"{W}pPr/{W}numPr")
        if pointer is not None:
            given, level = pointer.find(f"{W}numId"), pointer.find(f"{W}ilvl")
            depth = _whole(level.get(f"{W}val") if level is not None else None, 0)
            known.styles[style.get(f"{W}styleId", "")] = (given.get(f"{W}val", "") if given is not None else "", depth)
    return known


def _level(element: Element) -> Level:
    def value(name: str, default: str) -> str:
        found = element.find(f"{W}{name}")
        return default if found is None else str(found.get(f"{W}val", default))

    return Level(value("numFmt", "decimal"), value("lvlText", ""), _whole(value("start", "1"), 1))


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.lstrip("-").isdigit() else default


def spell(number: int, style: str) -> str:
    """A number in one of Word's formats: `spell(12, "chineseCounting")` is 十二."""
    if style in _CHINESE:
        return chinese(number)
    if style == "chineseLegalSimplified":
        return "".join(_LEGAL[_CN.index(digit)] if digit in _CN else {"十": "拾", "百": "佰"}[digit] for digit in chinese(number))
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= number <= 20:
        return chr(0x245F + number)
    if style == "decimalEnclosedParen" and 1 <= number <= 20:
        return chr(0x2473 + number)
    if style in ("ideographTraditional", "ideographZodiac") and 1 <= number <= 10:
        return _HEAVENLY[number - 1]
    if style in ("upperLetter", "lowerLetter") and number >= 1:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if style == "upperLetter" else letter.lower()
    if style in ("upperRoman", "lowerRoman") and 1 <= number < 4000:
        roman = _roman(number)
        return roman if style == "upperRoman" else roman.lower()
    return str(number)


def chinese(number: int) -> str:
    """1 to 999 as headings write them: 10 is 十, 21 is 二十一, 105 is 一百零五."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_CN[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{_CN[tens] if tens > 1 or hundreds else ''}十"
    elif hundreds and ones:
        text += "零"
    return text + (_CN[ones] if ones else "")


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text
