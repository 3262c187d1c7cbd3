"""预告: what will be sent in the next days if nobody does anything, by day, with whom it goes to and why; as a page and as a sheet.

Reckoned by `campaign preview` in a child process, because it plays the real ladder on a copy of the records. The page shows what was reckoned
last and when. Refuses to reckon while somebody waits for a page: twenty thousand duties take seconds of a whole processor.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from campaign.disk import put_whole
from campaign.errors import CampaignError, NotFound
from campaign.portal.errand_pages import file_of, progress_of, waiting_page
from campaign.portal.pages.rehearsals import XLSX
from campaign.portal.typed import typed_day
from campaign.portal.visit import Visit, Visiting
from campaign.records.campaigns import find_campaign
from campaign.records.pages.before import titles_of_duties
from campaign.records.planning.calendars import load_calendar
from campaign.rules.calendar import WorkingCalendar, campaign_day
from campaign.work.rehearsal.rehearsal_words import Coming
from campaign.work.upkeep.errands import Errand, Stand

router = APIRouter()
KIND = "preview"
SHEET, LINES = "preview.xlsx", "lines.json"
SPANS = (7, 14, 30)
A_PAGE = 60


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the preview: how many lines it has with the chosen filter, and whether it is a working day."""

    on: date
    count: int
    working: bool
    note: str


@router.get("/campaigns/{slug}/preview")
def preview(visit: Visiting, slug: str, unit: str = "", rung: str = "", day: str = "", page: int = 1) -> Response:
    page = max(page, 1)
    asked = visit.place.errands.all(KIND, slug)
    with visit.place.store.read() as tx:
        campaign = find_campaign(tx, slug)
        calendar = load_calendar(tx, campaign.calendar)
        done = next((one for one in asked if one.stand is Stand.DONE), None)
        lines = _lines(visit, done) if done else []
        chosen = [one for one in lines if (not unit or one.unit == unit) and (not rung or one.rung == rung)]
        days = _days(done, chosen, calendar) if done else []
        on = typed_day(day)
        shown = [one for one in chosen if on is None or one.day == on.isoformat()]
        leaf = shown[(page - 1) * A_PAGE : page * A_PAGE]
        titles = titles_of_duties(tx, campaign.id, sorted({one.duty_id for one in leaf if one.duty_id is not None}))
    answer = visit.page(
        "preview.html",
        campaign=campaign,
        latest=progress_of(visit, asked[0]) if asked else None,
        done=done,
        days=days,
        blocks=_blocks(leaf, days, on),
        titles=titles,
        total=len(shown),
        unfiltered=len(lines),
        units=sorted({one.unit for one in lines}),
        rungs=list(dict.fromkeys(one.rung for one in lines)),
        unit=unit,
        rung=rung,
        day=on,
        spans=SPANS,
        page_number=page,
        more=page * A_PAGE < len(shown),
        query=urlencode({"unit": unit, "rung": rung}),
    )
    return waiting_page(answer, *asked)


@router.post("/campaigns/{slug}/preview")
def reckon(visit: Visiting, slug: str) -> Response:
    with visit.place.store.read() as tx:
        campaign = find_campaign(tx, slug)
    span = visit.form.get("days", "14")
    if span not in map(str, SPANS):
        raise CampaignError("请选择看今后几天。", code="no_span")
    facts = {"title": campaign.title, "days": int(span), "from": campaign_day(visit.now).isoformat()}

    def words(folder: Path) -> list[str]:
        return ["preview", slug, f"--days={span}", "--json", f"--xlsx={folder / SHEET}", f"--now={visit.now.isoformat()}", f"--data={visit.place.home}"]

    visit.place.errands.send(KIND, slug, words, by=visit.me.name, now=visit.now, facts=facts)
    return visit.go(f"/campaigns/{slug}/preview")


@router.get("/campaigns/{slug}/preview.xlsx")
def export(visit: Visiting, slug: str) -> Response:
    done = next((one for one in visit.place.errands.all(KIND, slug) if one.stand is Stand.DONE), None)
    if done is None:
        raise NotFound("还没有推算，或者已经过期：请先在预告页面推算。", code="no_preview")
    return file_of(done.folder / SHEET, f"{done.facts['title']} 预告.xlsx", XLSX)


def _lines(visit: Visit, errand: Errand) -> list[Coming]:
    """Kept in short beside the answer when first looked at: it is read for each leaf."""
    short = errand.folder / LINES

    def read() -> list[Coming]:
        if not short.is_file():
            rows = [[one[field.name] for field in fields(Coming)] for one in errand.result()]
            put_whole(short, json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode())
        return [Coming(*row) for row in json.loads(short.read_bytes())]

    found: list[Coming] = visit.place.counts.get((KIND, errand.id), read)
    return found


def _days(errand: Errand, lines: Sequence[Coming], calendar: WorkingCalendar) -> list[Day]:
    counts = Counter(one.day for one in lines)
    first = date.fromisoformat(errand.facts["from"])
    found = []
    for offset in range(errand.facts["days"] + 1):
        on = first + timedelta(days=offset)
        known = calendar.first <= on <= calendar.last
        found.append(Day(on, counts[on.isoformat()], not known or calendar.is_working(on), (calendar.row(on).note or "") if known else ""))
    return found


def _blocks(leaf: Sequence[Coming], days: Sequence[Day], chosen: date | None) -> list[tuple[Day, list[tuple[tuple[str, str, str, str], list[Coming]]]]]:
    """The days of a leaf with their papers; days without any between them too, so that a rest day is seen as one."""
    if chosen is None and not leaf:
        return []
    by_day = {day: list(many) for day, many in groupby(leaf, key=lambda one: one.day)}
    first, last = (chosen, chosen) if chosen else (date.fromisoformat(leaf[0].day), date.fromisoformat(leaf[-1].day))
    return [
        (day, [(key, list(papers)) for key, papers in groupby(by_day.get(day.on.isoformat(), []), key=lambda one: (one.at[11:16], one.rung, one.unit, one.to))])
        for day in days
        if first <= day.on <= last
    ]
