"""Rules about the words of the plan: its kind and basis, placeholders, attachments, letters, vetoes and fines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from campaign.plan.check_view import PLACEHOLDER, Hit, View, is_blank
from campaign.plan.lines import Place
from campaign.plan.spec import PlanKind

_NO_CAMPAIGN = {
    PlanKind.REPORT: "总结或汇报",
    PlanKind.ACTIVITY_NOTICE: "活动通知",
    PlanKind.CHARTER: "章程",
    PlanKind.MANAGEMENT_RULES: "管理制度",
}
_ATTACHMENT = re.compile(r"附件\s*\d*|附表\s*\d*|(?:名单|表格?|方案)(?:见|附)后|详见附")
_LETTER = re.compile(r"责任书|责任状|军令状")
_VETO = re.compile(r"一票否决")
_TOLD_BY_RULES = {"phase_without_dates"}  # the reader's note of what a rule finds in the plan itself
_FINE = re.compile(r"罚款|处以.{0,6}元|扣发|扣罚|扣除.{0,6}(?:工资|奖金|绩效)|押金|保证金")


def launchable_kind(view: View) -> Iterator[Hit]:
    kind = _NO_CAMPAIGN.get(view.spec.kind)
    if kind:
        yield Hit("not_launchable", f"「{view.spec.title}」是{kind}，不是可以启动的方案", ("kind",))


def basis(view: View) -> Iterator[Hit]:
    if all(map(is_blank, view.spec.basis)):
        yield Hit("basis_missing", "方案没有写依据的上级文件", ("basis",))


def letters_and_vetoes(view: View) -> Iterator[Hit]:
    if not all(map(is_blank, view.spec.basis)):
        return
    for entry in view.entries:
        if entry.item.signed:
            yield entry.hit("signed_without_basis", f"{entry.name}要求签订责任书，但方案没有依据", "signed")
    for place, text, line in texts(view):
        for code, pattern, word in (("letter_without_basis", _LETTER, "责任书"), ("veto_without_basis", _VETO, "一票否决")):
            if pattern.search(text):
                yield Hit(code, f"提到{word}：「{_around(text, pattern)}」", place, line)


def attachments(view: View) -> Iterator[Hit]:
    if any(source.role != "main" for source in view.spec.sources):
        return
    for place, text, line in texts(view):
        if _ATTACHMENT.search(text):
            yield Hit("attachment_missing", f"提到附件：「{_around(text, _ATTACHMENT)}」", place, line)


def placeholders(view: View) -> Iterator[Hit]:
    for place, text, line in texts(view):
        if PLACEHOLDER.search(text):
            yield Hit("placeholder", f"没有填：「{_around(text, PLACEHOLDER)}」", place, line)
    for entry in view.entries:
        for field in ("responsible_units", "supporting_units"):
            for name in getattr(entry.item, field):
                if PLACEHOLDER.search(name):
                    yield entry.hit("placeholder", f"{entry.name}的单位没有填：「{name}」", field)


def fines(view: View) -> Iterator[Hit]:
    for place, text, line in texts(view):
        if _FINE.search(text):
            yield Hit("fine_needs_basis", f"须核实法定依据：「{_around(text, _FINE)}」", place, line)


def reader_notes(view: View) -> Iterator[Hit]:
    for row, note in enumerate(view.spec.warnings):
        if note.code in _TOLD_BY_RULES:
            continue
        yield Hit(note.code, note.message, ("warnings", row), note.line)


def texts(view: View) -> Iterator[tuple[Place, str, int | None]]:
    """Every stretch of the plan's own words, once."""
    yield ("title",), view.spec.title, None
    for row, phase in view.phases:
        yield ("phases", row, "text"), f"{phase.name} {phase.text}", phase.line
    for entry in view.entries:
        text = entry.item.text if entry.item.title in entry.item.text else f"{entry.item.title} {entry.item.text}"
        yield (*entry.place, "text" if entry.item.text else "title"), text, entry.item.line
    for row, mechanism in enumerate(view.spec.supervision):
        yield ("supervision", row, "text"), mechanism.text, mechanism.line


def _around(text: str, pattern: re.Pattern[str]) -> str:
    """The match with some words on either side."""
    match = pattern.search(text)
    assert match is not None
    start, end = max(0, match.start() - 12), min(len(text), match.end() + 12)
    return ("…" if start else "") + text[start:end].strip() + ("…" if end < len(text) else "")
