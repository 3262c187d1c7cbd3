"""The drawings of a rehearsal: phases, gates and papers on one time axis, and the load of each unit by week. SVG of our own, no script.

Every cell carries its number, so that a print in black and white, or a reader who tells no colours apart, loses nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from html import escape

from campaign.work.rehearsal.rehearsal_words import GateWords, NoticeTold, PhaseSpan, WeekLoad

WIDTH, LABEL, BAR_OF_DATES = 1080, 150, 82
Scale = Callable[[date], float]
KINDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("提醒与分解", "#b9cfe4", ("任务分解通知", "工作提醒", "退回补正通知", "调整通知", "事项变动告知单")),
    ("催办", "#e8b04a", ("催办通知单", "整改通知单")),
    ("督办", "#d9662b", ("督办通知书", "督办情况报告")),
    ("通报和提请问责", "#a3202b", ("通报", "提请问责建议函")),
    ("简报和其他", "#c9c9c9", ()),
)
HEAT = ("#f4f6f8", "#dbe8f3", "#a9cbe6", "#f3cf7a", "#e78a3d", "#b3262e")
HEAT_STEPS = (1, 4, 8, 13, 20)
"""A cell's colour changes at so many duties a week: up to 3, 7, 12, 19, and above."""


def timeline(phases: Sequence[PhaseSpan], gates: Sequence[GateWords], notices: Sequence[NoticeTold], first: date, last: date) -> str:
    """Phases as bars, gates as diamonds, and below them the notices of each week, stacked by severity."""
    first, last = first - timedelta(days=first.weekday()), last + timedelta(days=7 - last.weekday())
    span = (last - first).days

    def x(on: date) -> float:
        return round(LABEL + (WIDTH - LABEL - 10) * (on - first).days / span, 1)

    row, head, bars = 26, 28, 150
    floor = head + row * len(phases) + bars + 14
    parts = [f'<svg viewBox="0 0 {WIDTH} {floor + 24}" role="img" aria-label="阶段、转段和每周文书数量的时间图">', *_months(first, last, x, floor)]
    parts += _phase_bars(phases, gates, x, head, row)
    parts += _weekly_bars(notices, first, x, floor, bars)
    return "".join((*parts, "</svg>"))


def heat_map(load: Sequence[WeekLoad], rest_weeks: set[str]) -> str:
    """A row a unit, a column a week; the office at the bottom, for its reviews follow from everybody else's deadlines."""
    weeks = list(dict.fromkeys(one.starts_on for one in sorted(load, key=lambda one: one.starts_on)))
    units = list(dict.fromkeys((one.code, one.unit, one.office) for one in sorted(load, key=lambda one: (one.office, one.code))))
    if not weeks:
        return "<p>没有应办事项。</p>"
    cell = max(min((WIDTH - LABEL) / len(weeks), 40.0), 13.0)
    width, row, head = LABEL + cell * len(weeks) + 4, 17, 44
    counts = {(one.code, one.starts_on): one.due for one in load}
    parts = [f'<svg viewBox="0 0 {width:.0f} {head + row * len(units) + 6}" role="img" aria-label="各单位每周到期件数">']
    month = ""
    for place, week in enumerate(weeks):
        at = LABEL + cell * place
        if week[:7] != month:
            month = week[:7]
            parts.append(f'<text class="axis" x="{at:.1f}" y="14">{int(month[5:])}月</text>')
        mark = " rest" if week in rest_weeks else ""
        parts.append(f'<text class="tiny{mark}" x="{at + cell / 2:.1f}" y="34" text-anchor="middle">{int(week[8:])}</text>')
    for line, (code, unit, _office) in enumerate(units):
        top = head + row * line
        parts.append(f'<text class="label" x="{LABEL - 6}" y="{top + 12}" text-anchor="end">{escape(_short(unit, 10))}</text>')
        for place, week in enumerate(weeks):
            count = counts.get((code, week), 0)
            if count:
                parts.append(_heat_cell(LABEL + cell * place, top, cell, row, count, f"{unit} {week} 起一周 {count} 件"))
    return "".join((*parts, "</svg>"))


def shade(count: int) -> str:
    return HEAT[sum(count >= step for step in HEAT_STEPS)]


def _heat_cell(x: float, y: float, width: float, height: float, count: int, told: str) -> str:
    ink = "#fff" if count >= HEAT_STEPS[-2] else "#1d2733"
    size = 9 if width >= 17 else 7.5
    return (
        f'<g><title>{escape(told)}</title><rect x="{x:.1f}" y="{y}" width="{width - 1:.1f}" height="{height - 1}" fill="{shade(count)}"/>'
        f'<text x="{x + width / 2 - 0.5:.1f}" y="{y + 12}" text-anchor="middle" font-size="{size}" fill="{ink}">{count}</text></g>'
    )


def _months(first: date, last: date, x: Scale, floor: float) -> list[str]:
    parts, day = [], first.replace(day=1)
    while day <= last - timedelta(days=12):
        if day >= first:
            year = f"{day.year}年" if day.month == 1 or day <= first + timedelta(days=31) else ""
            parts.append(f'<line class="grid" x1="{x(day)}" x2="{x(day)}" y1="18" y2="{floor}"/>')
            parts.append(f'<text class="axis" x="{x(day) + 3}" y="14">{year}{day.month}月</text>')
        day = (day + timedelta(days=32)).replace(day=1)
    return parts


def _phase_bars(phases: Sequence[PhaseSpan], gates: Sequence[GateWords], x: Scale, head: int, row: int) -> list[str]:
    told = {gate.phase: gate for gate in gates}
    parts = []
    for place, phase in enumerate(phases):
        y = head + row * place
        parts.append(f'<text class="label" x="{LABEL - 8}" y="{y + 15}" text-anchor="end">{escape(_short(phase.name, 11))}</text>')
        if phase.starts_on and phase.ends_on:
            parts.append(_phase_bar(phase.starts_on, phase.ends_on, x, y))
        gate = told.get(phase.name)
        if gate is not None:
            at, middle = x(date.fromisoformat(gate.on)), y + 10.5
            style = {"通过": "pass", "带遗留问题转段": "carry"}.get(gate.outcome, "hold")
            points = f"{at},{middle - 8} {at + 8},{middle} {at},{middle + 8} {at - 8},{middle}"
            parts.append(f'<polygon class="gate {style}" points="{points}"><title>{escape(f"{gate.phase} {gate.on} {gate.outcome}")}</title></polygon>')
    return parts


def _phase_bar(starts_on: str, ends_on: str, x: Scale, y: int) -> str:
    """What lies before the drawing's first week is cut off there; dates that do not fit into the bar stand behind it."""
    left = max(x(date.fromisoformat(starts_on)), LABEL)
    right = min(max(x(date.fromisoformat(ends_on) + timedelta(days=1)), left + 2), WIDTH - 10)
    fits = right - left >= BAR_OF_DATES
    words = f'<text class="{"dates" if fits else "axis"}" x="{left + 4 if fits else right + 14:.1f}" y="{y + 14.5}">{starts_on[5:]} 至 {ends_on[5:]}</text>'
    return f'<rect class="phase" x="{left:.1f}" y="{y + 3}" width="{right - left:.1f}" height="15" rx="2"/>{words}'


def _weekly_bars(notices: Sequence[NoticeTold], first: date, x: Scale, floor: float, height: int) -> list[str]:
    kind_of = {kind: place for place, (_, _, kinds) in enumerate(KINDS) for kind in kinds}
    weeks: dict[date, Counter[int]] = {}
    for one in {one.notice: one for one in notices}.values():
        day = date.fromisoformat(one.at[:10])
        weeks.setdefault(day - timedelta(days=day.weekday()), Counter())[kind_of.get(one.kind, len(KINDS) - 1)] += 1
    most = max((sum(counts.values()) for counts in weeks.values()), default=0)
    parts = [f'<text class="label" x="{LABEL - 8}" y="{floor - height / 2}" text-anchor="end">每周发出文书（份）</text>']
    parts.append(f'<line class="base" x1="{LABEL}" x2="{WIDTH - 10}" y1="{floor}" y2="{floor}"/>')
    for monday, counts in sorted(weeks.items()):
        left, width, top = x(max(monday, first)), x(monday + timedelta(days=7)) - x(monday), floor
        for place, (_, colour, _) in enumerate(KINDS):
            tall = (height - 16) * counts[place] / most
            top -= tall
            parts.append(f'<rect x="{left + 1:.1f}" y="{top:.1f}" width="{max(width - 2, 1):.1f}" height="{tall:.1f}" fill="{colour}"/>')
        parts.append(f'<text class="tiny" x="{left + width / 2:.1f}" y="{top - 3:.1f}" text-anchor="middle">{sum(counts.values())}</text>')
    return parts


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
