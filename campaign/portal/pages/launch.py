"""The way in for a new plan: the form, its review, the launch, and a rehearsal before it. What they do is `portal.launching`.

That is imported with the first plan: what reads, checks and compares plans is needed some times a year, and would be memory of every day.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from campaign.portal.visit import Visiting
from campaign.rules.calendar import campaign_day

router = APIRouter()


@router.get("/launch")
def upload_form(visit: Visiting) -> Response:
    return visit.page("launch.html", refusal="", year=campaign_day(visit.now).year, typed=visit.form)


@router.post("/launch/review")
def look_at_plan(visit: Visiting) -> Response:
    from campaign.portal.launching import look_at_plan

    return look_at_plan(visit)


@router.post("/launch")
def launch_plan(visit: Visiting) -> Response:
    from campaign.portal.launching import launch_plan

    return launch_plan(visit)


@router.post("/launch/rehearse")
def rehearse_plan(visit: Visiting) -> Response:
    from campaign.portal.launching import rehearse_plan

    return rehearse_plan(visit)
