"""What a rehearsal or a preview tells of each paper as an Excel sheet, for those who want to sort and filter all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from campaign.evidence.sheets import Sheet, workbook_bytes
from campaign.work.rehearsal.rehearsal_words import Coming, NoticeTold, Rehearsal

_WEEKDAYS = "一二三四五六日"
_NOTICES = (("日期", 12), ("周", 5), ("时间", 8), ("级别", 12), ("单位", 24), ("送达对象", 30), ("事项", 44), ("期限", 12), ("文书", 16), ("文号", 22))
_COMING = (("日期", 12), ("周", 5), ("时间", 8), ("级别", 12), ("单位", 24), ("送达对象", 30), ("事项", 44), ("为什么", 44), ("文书", 16), ("签发", 10))


def notices_workbook(rehearsal: Rehearsal) -> bytes:
    return workbook_bytes([Sheet("演练文书", _NOTICES, _notices(rehearsal.notices), len(_NOTICES))])


def preview_workbook(coming: Iterable[Coming]) -> bytes:
    return workbook_bytes([Sheet("预告", _COMING, _coming(coming), len(_COMING))])


def _notices(notices: Iterable[NoticeTold]) -> Iterator[tuple[str, ...]]:
    for one in notices:
        yield (*_moment(one.at), one.rung, one.unit, one.to, one.duty or "", one.due_on or "", one.kind, one.number or "")


def _coming(coming: Iterable[Coming]) -> Iterator[tuple[str, ...]]:
    for one in coming:
        yield (*_moment(one.at), one.rung, one.unit, one.to, one.duty or "", one.why, one.kind, "须签发" if one.signed else "")


def _moment(at: str) -> tuple[str, str, str]:
    return at[:10], _WEEKDAYS[date.fromisoformat(at[:10]).weekday()], at[11:16]
