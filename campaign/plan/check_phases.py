"""Rules about time: phases that can be dated and follow each other, deadlines that lie inside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from campaign.plan.check_view import Hit, View, day_of
from campaign.plan.spec import Phase


def has_dates(view: View) -> Iterator[Hit]:
    spec = view.spec
    dated = any(phase.end or phase.start for phase in spec.phases) or spec.end is not None
    if not dated and not (view.entries and all(entry.item.deadline for entry in view.entries)):
        what = "方案没有阶段，也没有起止日期" if not spec.phases else "各阶段都没有日期，方案也没有起止日期"
        yield Hit("no_dates", what, ("phases",))


def forward_dates(view: View) -> Iterator[Hit]:
    for row, phase in view.phases:
        start, end = day_of(phase.start), day_of(phase.end)
        if start and end and start > end:
            yield _hit(view, "dates_backwards", row, phase, f"阶段「{phase.name}」从 {start} 到 {end}，开始晚于结束", "start")
    start, end = day_of(view.spec.start), day_of(view.spec.end)
    if start and end and start > end:
        yield Hit("dates_backwards", f"方案从 {start} 到 {end}，开始晚于结束", ("start",))
    if view.spec.inspection:
        start, end = day_of(view.spec.inspection.start), day_of(view.spec.inspection.end)
        if start and end and start > end:
            yield Hit("dates_backwards", f"迎检从 {start} 到 {end}，开始晚于结束", ("inspection",))


def dated_phases(view: View) -> Iterator[Hit]:
    for row, phase in view.phases:
        if not phase.start and not phase.end:
            said = phase.start_text or phase.end_text
            yield _hit(view, "undated_phase", row, phase, f"阶段「{phase.name}」没有日期{f'（原文：{said}）' if said else ''}")


def phases_in_order(view: View) -> Iterator[Hit]:
    before: tuple[Phase, date, date | None] | None = None
    for row, phase in view.phases:
        start, end = day_of(phase.start), day_of(phase.end)
        if start is None:
            continue
        if before is not None:
            earlier, began, ended = before
            if start < began:
                yield _hit(view, "phases_out_of_order", row, phase, f"阶段「{phase.name}」{start} 开始，早于排在前面的「{earlier.name}」（{began}）", "start")
            elif ended is not None and start < ended:
                yield _hit(view, "phases_overlap", row, phase, f"阶段「{phase.name}」{start} 开始时，「{earlier.name}」还没结束（{ended}）", "start")
        before = (phase, start, end)


def distinct_names(view: View) -> Iterator[Hit]:
    seen: set[str] = set()
    for row, phase in view.phases:
        if phase.name in seen:
            yield _hit(view, "same_phase_name", row, phase, f"阶段「{phase.name}」出现了两次", "name")
        seen.add(phase.name)


def deadlines_inside_phases(view: View) -> Iterator[Hit]:
    for entry in view.entries:
        due = day_of(entry.item.deadline)
        if due is None or entry.phase is None:
            continue
        start, end = day_of(entry.phase.start), day_of(entry.phase.end)
        if start and due < start:
            yield entry.hit("deadline_outside_phase", f"{entry.name}的期限 {due} 早于阶段「{entry.phase.name}」的开始 {start}", "deadline")
        elif end and due > end:
            yield entry.hit("deadline_outside_phase", f"{entry.name}的期限 {due} 晚于阶段「{entry.phase.name}」的结束 {end}", "deadline")


def inspection_window(view: View) -> Iterator[Hit]:
    if view.spec.inspection is not None:
        return
    for entry in view.entries:
        if entry.item.deadline and entry.item.deadline.startswith("inspection"):
            yield entry.hit("deadline_needs_inspection", f"{entry.name}的期限是 {entry.item.deadline}，但没有写迎检日期", "deadline")


def future_dates(view: View) -> Iterator[Hit]:
    for row, phase in view.phases:
        end = day_of(phase.end)
        if end and end < view.today:
            yield _hit(view, "past_dates", row, phase, f"阶段「{phase.name}」在 {end} 已经结束", "end")
    for entry in view.entries:
        due = day_of(entry.item.deadline)
        if due and due < view.today:
            yield entry.hit("past_dates", f"{entry.name}的期限 {due} 已经过去", "deadline")


def dates_understood(view: View) -> Iterator[Hit]:
    told = {note.line for note in view.spec.warnings if note.code == "needs_confirmation"}
    for entry in view.entries:
        if entry.item.deadline_text and not entry.item.deadline and (entry.item.line is None or entry.item.line not in told):
            yield entry.hit("unclear_date", f"{entry.name}的期限「{entry.item.deadline_text}」没有定成日期", "deadline_text")
    for row, phase in view.phases:
        for said, when, field in ((phase.start_text, phase.start, "start_text"), (phase.end_text, phase.end, "end_text")):
            if said and not when and (phase.start or phase.end) and (phase.line is None or phase.line not in told):
                yield _hit(
                    view, "unclear_date", row, phase, f"阶段「{phase.name}」的{'开始' if field == 'start_text' else '结束'}时间「{said}」没有定成日期", field
                )


def _hit(view: View, code: str, row: int, phase: Phase, message: str, *field: str) -> Hit:
    return Hit(code, message, ("phases", row, *field), phase.line)
