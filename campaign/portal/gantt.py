"""A campaign's phases on a time axis, as SVG made by the server: no script, prints well, and reads aloud through the table beside it.

Positions are attributes, never style rules: the pages' content policy forbids inline style.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from markupsafe import Markup, escape

from campaign.records.pages.boards import PhaseLine

WIDTH, LABEL, ROW, HEAD = 900, 190, 34, 30
FILL = {"planned": "#c9d3df", "open": "#2f6db3", "closed": "#8aa08f"}
Scale = Callable[[date], float]
WORDS = {"planned": "未开始", "open": "进行中", "closed": "已关闭"}


def gantt(phases: Sequence[PhaseLine], today: date, *, title: str) -> Markup:
    """Empty when no phase has a date."""
    dates = [one for phase in phases for one in (phase.starts_on, phase.ends_on) if one is not None]
    if not dates:
        return Markup("")
    first, last = min(dates) - timedelta(days=3), max(dates) + timedelta(days=3)
    span = max((last - first).days, 1)

    def x(on: date) -> float:
        return round(LABEL + (WIDTH - LABEL - 8) * (on - first).days / span, 1)

    height = HEAD + ROW * len(phases) + 6
    parts = [
        f'<svg class="gantt" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}各阶段时间图，详见后面的表格" xmlns="http://www.w3.org/2000/svg">'
    ]
    parts += _months(first, last, span, x, height)
    for row, phase in enumerate(phases):
        parts.append(_bar(phase, HEAD + ROW * row, x, last))
    if first <= today <= last:
        at = x(today)
        anchor, beside = ("end", at - 5) if at > WIDTH - 60 else ("start", at + 5)
        parts.append(f'<line x1="{at}" x2="{at}" y1="16" y2="{height - 4}" stroke="#b3261e" stroke-width="2"/>')
        parts.append(f'<text x="{beside}" y="13" font-size="13" fill="#b3261e" text-anchor="{anchor}">今天 {today.month}月{today.day}日</text>')
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - every text in it is escaped


def _months(first: date, last: date, span: int, x: Scale, height: int) -> list[str]:
    step = 1 if span < 400 else 3
    parts, month = [], date(first.year, first.month, 1)
    while month <= last:
        if month >= first and (month.month - 1) % step == 0:
            at = x(month)
            parts.append(f'<line x1="{at}" x2="{at}" y1="{HEAD - 8}" y2="{height - 4}" stroke="#dde3ea"/>')
            parts.append(f'<text x="{at + 4}" y="{HEAD - 3}" font-size="12" fill="#55606e">{month.month}月</text>')
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return parts


def _bar(phase: PhaseLine, y: int, x: Scale, last: date) -> str:
    name = phase.name if len(phase.name) <= 11 else phase.name[:10] + "…"
    label = f'<text x="4" y="{y + 22}" font-size="15" fill="#1d2733"><title>{escape(phase.name)}</title>{escape(f"{phase.number} {name}")}</text>'
    start = phase.starts_on or phase.ends_on
    if start is None:
        return label + f'<text x="{LABEL + 6}" y="{y + 22}" font-size="13" fill="#55606e">日期未定</text>'
    left = x(start)
    width = max(x((phase.ends_on or last) + timedelta(days=1)) - left, 6)
    dashed = ' stroke-dasharray="5 3"' if phase.ends_on is None else ""
    bar = f'<rect x="{left}" y="{y + 6}" width="{width:.1f}" height="22" rx="3" fill="{FILL[phase.state]}" stroke="#1d2733" stroke-opacity="0.25"{dashed}/>'
    if phase.total and width > 30:
        bar += f'<rect x="{left}" y="{y + 24}" width="{width * phase.done / phase.total:.1f}" height="4" fill="#1b7f4b"/>'
    text, inside = WORDS[phase.state], width > 60
    colour = "#ffffff" if inside and phase.state == "open" else "#1d2733"
    bar += f'<text x="{left + 6 if inside else left + width + 4:.1f}" y="{y + 20}" font-size="12" fill="{colour}">{text}</text>'
    return label + bar
