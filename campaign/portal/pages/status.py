"""The overview: every campaign with its phases and lights, what is red, what waits for a signature, which passes ran, and whether clock and Prefect live."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session, select
from starlette.responses import JSONResponse, RedirectResponse, Response

from campaign.errors import CampaignError
from campaign.portal.gantt import gantt
from campaign.portal.place import Place
from campaign.portal.visit import Visit, Visiting
from campaign.portal.wording import deadline
from campaign.records.campaigns import find_campaign
from campaign.records.pages import boards
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign
from campaign.rules.calendar import campaign_day, yellow_through
from campaign.work.running.pulse import clock_stopped_for, say_clock
from campaign.work.status import campaign_status

router = APIRouter()
CAMPAIGNS_A_PAGE = 10


@router.get("/")
@router.get("/status")
def overview(visit: Visiting, page: int = 1) -> Response:
    if visit.request.url.path == "/" and (home := home_of(visit)):
        return RedirectResponse(home, 303)
    page = min(max(page, 1), 10_000)
    with visit.place.store.read() as tx:
        lines = boards.campaign_lines(tx, limit=CAMPAIGNS_A_PAGE + 1, offset=(page - 1) * CAMPAIGNS_A_PAGE)
        more, lines = len(lines) > CAMPAIGNS_A_PAGE, lines[:CAMPAIGNS_A_PAGE]
        ids = [line.id for line in lines]
        calendar = load_calendar(tx)
        yellow = yellow_through(visit.now, calendar)
        phases = [phase.id for line in lines for phase in line.phases]
        counts = visit.counted(tx, ("lights", tuple(phases)), lambda tx: boards.light_counts(tx, phases, visit.now, yellow))
        boards.put_counts(lines, counts)
        red = visit.counted(tx, ("red", tuple(ids)), lambda tx: boards.red_list(tx, ids, visit.now))
        papers = boards.papers_to_sign(tx)
        passes = boards.recent_passes(tx)
        parked = boards.parked_count(tx)
    today = campaign_day(visit.now)
    spoken = partial(deadline, now=visit.now, calendar=calendar)
    drawn = {line.id: gantt(line.phases, today, title=line.title) for line in lines}
    return visit.page(
        "status.html",
        lines=lines,
        drawn=drawn,
        red=red,
        papers=papers,
        passes=passes,
        parked=parked,
        deadline=spoken,
        page_number=page,
        more=more,
        clock=say_clock(visit.place.store),
        prefect=visit.place.prefect.look(),
        today=today,
    )


def home_of(visit: Visit) -> str | None:
    """Where a visitor's work is; the overview for everybody else."""
    if visit.signed is not None:
        for path in ("/todo", "/review"):
            if visit.may(f"GET {path}") and not visit.may("GET /campaigns"):
                return path
    return None


@router.get("/api/status")
def status_json(visit: Visiting, campaign: str | None = None) -> Response:
    """What `campaign status --json` prints. Without a name: the one campaign there is, else a list of them."""
    with visit.place.store.read() as tx:
        if campaign is not None:
            return JSONResponse(campaign_status(tx, find_campaign(tx, campaign), visit.now))
        found = [campaign_status(tx, one, visit.now) for one in _running(tx)]
    return JSONResponse(found[0] if len(found) == 1 else found)


def _running(tx: Session) -> list[Campaign]:
    return list(tx.exec(select(Campaign).where(Campaign.state == "launched").order_by(Campaign.slug).limit(50)).all())


@router.get("/healthz")
def is_alive() -> Response:
    return JSONResponse({"alive": True})


@router.get("/readyz")
def is_ready(visit: Visiting) -> Response:
    """503 with the reason when the records cannot be read; a standing clock or a missing Prefect is said, and is no reason to refuse visitors."""
    answer = readiness(visit.place)
    return JSONResponse(answer, 200 if answer["ready"] else 503)


def readiness(place: Place) -> dict[str, Any]:
    try:
        stopped = clock_stopped_for(place.store)
    except CampaignError as refusal:
        return {"ready": False, "reason": refusal.message}
    return {
        "ready": True,
        "clock_stopped_seconds": None if stopped is None else -1 if stopped == timedelta.max else int(stopped.total_seconds()),
        "prefect": place.prefect.look().up,
    }
