"""Requests by unit and week as SVG made by the server: the number stands in each field, so colour is never needed to read it.

Positions are attributes, never style rules: the pages' content policy forbids inline style.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup, escape

from campaign.records.duty.burden import Load

LABEL, CELL, ROW, HEAD = 190, 82, 30, 34
SHADES = ("#f2f4f7", "#dbe7f3", "#b7d0e8", "#8db4dc", "#5f95cc")


def heat(loads: Sequence[Load], weeks: Sequence[date], cap: int | None, *, title: str) -> Markup:
    """Empty when nothing was asked. Over the cap a field is red, framed, and marked with 超."""
    if not loads:
        return Markup("")
    most = max((number for one in loads for number in one.asked), default=1) or 1
    width, height = LABEL + CELL * len(weeks) + 4, HEAD + ROW * len(loads) + 4
    parts = [
        f'<svg class="gantt" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}每周交办件数图，详见后面的表格" xmlns="http://www.w3.org/2000/svg">'
    ]
    for place, week in enumerate(weeks):
        label = f"{week.month}月{week.day}日" if place < len(weeks) - 1 else "本周"
        parts.append(f'<text x="{LABEL + CELL * place + CELL // 2}" y="22" font-size="13" fill="#4d5967" text-anchor="middle">{label}</text>')
    for row, one in enumerate(loads):
        top = HEAD + ROW * row
        name = one.unit if len(one.unit) <= 12 else one.unit[:11] + "…"
        parts.append(f'<text x="4" y="{top + 20}" font-size="14" fill="#1d2733"><title>{escape(one.unit)}</title>{escape(name)}</text>')
        for place, number in enumerate(one.asked):
            parts.append(_field(LABEL + CELL * place, top, number, most, cap))
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - every text in it is escaped


def _field(x: int, y: int, number: int, most: int, cap: int | None) -> str:
    over = cap is not None and number > cap
    fill = "#fdecea" if over else SHADES[min(number * (len(SHADES) - 1) // most + (1 if number else 0), len(SHADES) - 1)]
    frame = ' stroke="#a61b14" stroke-width="2"' if over else ' stroke="#ffffff"'
    ink = "#6d120d" if over else "#1d2733"
    words = f"{number} 超" if over else str(number or "")
    box = f'<rect x="{x + 2}" y="{y + 2}" width="{CELL - 4}" height="{ROW - 4}" rx="3" fill="{fill}"{frame}/>'
    return box + (f'<text x="{x + CELL // 2}" y="{y + 20}" font-size="13" fill="{ink}" text-anchor="middle">{words}</text>' if words else "")
