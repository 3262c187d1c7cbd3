"""A rehearsal as one page that opens without a network and prints well: figures, warnings, time line, gates, heat map, papers by week."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from campaign.work.rehearsal.people_model import Profile
from campaign.work.rehearsal.rehearsal_drawings import HEAT_STEPS, KINDS, heat_map, shade, timeline
from campaign.work.rehearsal.rehearsal_words import NoticeTold, Rehearsal

LISTED = 300
DAYS_LISTED = 20
STYLES = Path(__file__).with_name("rehearsal.css")
BEGIN, END = '<article class="rehearsal">', "</article>"


def page_of(rehearsal: Rehearsal) -> str:
    """The whole page, with its styles and drawings in it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
    pages.filters["said"] = _said
    template = pages.get_template("rehearsal.html")
    first, last = date.fromisoformat(rehearsal.starts_on), date.fromisoformat(rehearsal.ends_on)
    weekly = _weekly(rehearsal.notices)
    papers = Counter(one.notice for one in rehearsal.notices)
    listed = list({one.notice: one for one in rehearsal.notices}.values())[:LISTED]
    return template.render(
        r=rehearsal,
        css=Markup(STYLES.read_text(encoding="utf-8")),  # noqa: S704 - a file of ours
        profile=Profile(rehearsal.profile).label,
        figures=_figures(rehearsal),
        timeline=Markup(timeline(rehearsal.phases, rehearsal.gates, rehearsal.notices, first, last)),  # noqa: S704 - the drawing escapes its texts
        heat=Markup(heat_map(rehearsal.load, set(rehearsal.rest_weeks))),  # noqa: S704 - the drawing escapes its texts
        legend=[(label, colour) for label, colour, _ in KINDS],
        heat_legend=[(words, shade(step)) for step, words in zip(HEAT_STEPS, ("1–3 件", "4–7 件", "8–12 件", "13–19 件", "20 件以上"), strict=True)],
        tags={"通过": "pass", "带遗留问题转段": "carry"},
        heavy=_heaviest(rehearsal),
        weekly=[(week, counts, sum(counts)) for week, counts in weekly],
        listed=[(day, [(one, papers[one.notice]) for one in many]) for day, many in groupby(listed, key=lambda one: one.at[:10])],
        shown=len(listed),
        total=len(papers),
    )


def report_in(page: str) -> str:
    """The report itself out of such a page, to stand within another one that brings the styles along."""
    begin, end = page.index(BEGIN), page.rindex(END)
    return page[begin : end + len(END)]


def _said(day: str) -> str:
    """2026-09-01 → 2026年9月1日."""
    on = date.fromisoformat(day)
    return f"{on.year}年{on.month}月{on.day}日"


def _figures(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    totals = rehearsal.totals
    rungs = totals["rungs"]
    return [
        (f"{totals['duties']:,}", "应办事项"),
        (f"{totals['late']:,}", "曾经逾期"),
        (f"{totals['returned']:,}", "退回补正"),
        (f"{totals['notices']:,}", "发出文书（份）"),
        (f"{rungs.get('催办', 0):,}", "催办（项次）"),
        (f"{rungs.get('督办', 0):,}", "督办（项次）"),
        (f"{rungs.get('通报', 0):,}", "通报（项次）"),
        (f"{rungs.get('提请问责', 0):,}", "提请问责（项次）"),
    ]


def _weekly(notices: list[NoticeTold]) -> list[tuple[str, list[int]]]:
    kind_of = {kind: place for place, (_, _, kinds) in enumerate(KINDS) for kind in kinds}
    weeks: dict[str, list[int]] = {}
    for one in {one.notice: one for one in notices}.values():
        day = date.fromisoformat(one.at[:10])
        counts = weeks.setdefault((day - timedelta(days=day.weekday())).isoformat(), [0] * len(KINDS))
        counts[kind_of.get(one.kind, len(KINDS) - 1)] += 1
    return sorted(weeks.items())


def _heaviest(rehearsal: Rehearsal) -> list[tuple[str, list[str]]]:
    days = sorted(rehearsal.days.items(), key=lambda one: (-max(one[1].values()), one[0]))[:DAYS_LISTED]
    return [(day, [f"{unit}（{count}）" for unit, count in units.items()]) for day, units in sorted(days)]
