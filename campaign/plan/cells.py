"""One cell of a task table, from its words to a value and back.

Owns how units, deadlines, periods and materials are written in a cell. Both the reading of other people's tables and our own review workbook
go through here, so that what we write is what we read: `read(write(value)) == value` for all that a cell can carry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from campaign.plan.check_view import is_blank
from campaign.plan.dates import find_dates, resolve
from campaign.plan.normal import cleaned, folded, number
from campaign.plan.recurrence import recurrence_of
from campaign.plan.spec import WHEN, Item, Material, Recurrence

_BETWEEN_UNITS = re.compile(r"[、,\uff0c;\uff1b\n\t/|]+|\s{2,}|(?<=[\u4e00-\u9fff])\s(?=[\u4e00-\u9fff])")
_ROLE = re.compile(r"\s*(牵头|主办|主责|责任|承办|落实|实施|配合|协办|协助|参与)(?:责任)?(?:单位|部门|科室|股室)?\s*[:\uff1a]\s*")
_TRAILING_ETC = re.compile(r"等(?:相关|有关)?(?:部门|单位)?$")
_BETWEEN_MATERIALS = re.compile(r"[、,\uff0c;\uff1b\n]+(?![^(\uff08]*[)\uff09])")
_LEADING_NUMBER = re.compile(r"^\s*(?:[(\uff08]?\d{1,2}[)\uff09.\uff0e、]|[①-⑳])\s*")
_DETAIL = re.compile(r"[(\uff08]([^()\uff08\uff09]*)[)\uff09]\s*$")
_COPIES = re.compile(r"(?:一式)?\s*([\d一二两三四五六七八九十]{1,3})\s*份|[×xX*]\s*(\d{1,3})")
_COUNT = re.compile(r"不少于\s*([\d一二两三四五六七八九十]{1,4})\s*[次份张篇件个条]")
CAMPAIGN_OFFSET = "+08:00"  # an hour in a Chinese plan is Beijing time
_LASTING = re.compile(r"长期|持续|常态|全年|全程|贯穿|即时|随时")
_FORMS: dict[str, Literal["electronic", "paper", "both"]] = {"电子和纸质": "both", "纸质和电子": "both", "电子": "electronic", "纸质": "paper", "书面": "paper"}
_FORM_WORDS = {"electronic": "电子", "paper": "纸质", "both": "电子和纸质"}
_PERIODS = {"day": "每日", "week": "每周", "month": "每月", "quarter": "每季度", "year": "每年", "festival": "节日", "event": "按事件", "open": "不定期"}
_WEEKDAYS = dict(zip(("MO", "TU", "WE", "TH", "FR", "SA", "SU"), "一二三四五六日", strict=True))


def units_in(text: str) -> tuple[str, ...]:
    """The units of a cell; a form's blanks (__, 无, /) are none."""
    found: list[str] = []
    for part in _BETWEEN_UNITS.split(_ROLE.sub("、", text)):
        name = _TRAILING_ETC.sub("", part.strip(" 。.:\uff1a\u3000"))
        if not is_blank(name) and name not in ("无", "暂无", "待定", "/") and name not in found:
            found.append(name)
    return tuple(found)


def units_by_role(text: str) -> dict[str, tuple[str, ...]]:
    """`牵头单位:A 配合单位:B、C` in one cell → {"lead": (A,), "supporting": (B, C)}; empty when no role is named."""
    parts = _ROLE.split(text)
    found: dict[str, tuple[str, ...]] = {}
    for word, names in zip(parts[1::2], parts[2::2], strict=False):
        role = "lead" if word in ("牵头", "主办", "主责") else "supporting" if word in ("配合", "协办", "协助", "参与") else "responsible"
        found[role] = (*found.get(role, ()), *units_in(names))
    if found and parts[0].strip():
        found["responsible"] = (*units_in(parts[0]), *found.get("responsible", ()))
    return found


@dataclass(frozen=True, slots=True)
class Due:
    deadline: str | None = None
    text: str | None = None
    recurrence: Recurrence | None = None


def due_in(text: str, year: int) -> Due:
    """A deadline cell. What is no day, no period and not 长期 stays as words, so that the check asks for it."""
    words = cleaned(text.replace("\n", " "))
    if is_blank(words):
        return Due()
    if WHEN.fullmatch(words):
        return Due(deadline=words)
    plain = folded(words)
    recurrence = recurrence_of(plain)
    if recurrence is not None:
        return Due(recurrence=recurrence)
    last = None
    for phrase in find_dates(plain):
        span = resolve(phrase, year)
        if span.end is not None:
            last = span.end.isoformat() + (f"T{span.clock}{CAMPAIGN_OFFSET}" if span.clock else "")
    if last is not None and WHEN.fullmatch(last):
        return Due(deadline=last, text=words)
    return Due() if _LASTING.search(words) else Due(text=words)


def recurrence_in(text: str) -> Recurrence | None:
    words = cleaned(text)
    return None if is_blank(words) else recurrence_of(folded(words)) or Recurrence(every="open", text=words)


def materials_in(text: str, year: int) -> tuple[Material, ...]:
    """`工作总结(2份,纸质,2026-10-31前)、图片` → two materials."""
    found: dict[str, Material] = {}
    for part in _BETWEEN_MATERIALS.split(text):
        words = _LEADING_NUMBER.sub("", part).strip(" 。.;\uff1b\u3000")
        if is_blank(words) or words in ("无", "/"):
            continue
        material = _material(words, year)
        found.setdefault(material.name, material)
    return tuple(found.values())


def _material(words: str, year: int) -> Material:
    detail = _DETAIL.search(words)
    # Brackets that say nothing about copies, form or date belong to the name: 责任书(签字盖章件).
    known = _details(detail[1], year) if detail else {}
    name = words[: detail.start()].strip() if detail and known else words
    if not known and (copies := _COPIES.search(words)) and copies.end() == len(words):
        known, name = {"copies": number(copies[1] or copies[2])}, words[: copies.start()].strip()
    return Material.model_validate({"name": name or words, **known})


def _details(text: str, year: int) -> dict[str, object]:
    known: dict[str, object] = {}
    for part in re.split(r"[,\uff0c、;\uff1b]", text):
        if (form := _FORMS.get(part.strip().removesuffix("版").removesuffix("件"))) is not None:
            known["form"] = form
        elif count := _COUNT.fullmatch(part.strip()):
            known["count"] = number(count[1])
        elif copies := _COPIES.fullmatch(part.strip()):
            known["copies"] = number(copies[1] or copies[2])
        elif (due := due_in(part.strip().removesuffix("前"), year)).deadline:
            known["due"] = due.deadline
        else:
            return {}
    return known


def material_text(material: Material) -> str:
    details = []
    if material.copies is not None:
        details.append(f"{material.copies}份")
    if material.count is not None:
        details.append(f"不少于{material.count}次")
    if material.form is not None:
        details.append(_FORM_WORDS[material.form])
    if material.due is not None:
        details.append(material.due)
    return f"{material.name}({','.join(details)})" if details else material.name


def lead_text(item: Item) -> str:
    return item.lead_unit or "" if isinstance(item.lead_unit, str | None) else "、".join(item.lead_unit)


def period_text(recurrence: Recurrence | None) -> str:
    if recurrence is None:
        return ""
    if recurrence.text:
        return recurrence.text
    days = "、".join(_WEEKDAYS.get(day, day) for day in recurrence.on)
    unit = "日" if recurrence.every == "month" and days else ""
    times = f"{recurrence.times}次" if recurrence.times else ""
    return f"{_PERIODS[recurrence.every]}{days}{unit}{times}"
