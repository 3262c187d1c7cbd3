"""For the office: the passes that opened a duty and took its rungs, and the rows that a pass set aside, with a button that gives them back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError, NotFound
from campaign.portal.access import Role
from campaign.portal.visit import Visit, Visiting
from campaign.records.duty.duty_runs import runs_of_duty
from campaign.records.running.parked import list_parked
from campaign.records.tables import Campaign, Duty
from campaign.work.running.parked import release_parked

router = APIRouter()


@router.get("/duties/{duty_id}/runs")
def runs(visit: Visiting, duty_id: int) -> Response:
    """Prefect's own pages are linked for administrators only: they show everything to whoever has its one password."""
    with visit.place.store.read() as tx:
        duty = tx.get(Duty, duty_id)
        if duty is None:
            raise NotFound("没有这项应办事项，或者不在您的权限范围内。", code="no_duty")
        visit.must_reach_unit(duty.unit_id, what="这项应办事项")
        found = runs_of_duty(tx, duty)
        campaign = tx.get_one(Campaign, duty.campaign_id)
    prefect = visit.place.prefect.look()
    shown = prefect.ui_url if prefect.up and Role.ADMIN in visit.roles else ""
    return visit.page("duty_runs.html", duty=duty, campaign=campaign, runs=[(one, one.url(shown)) for one in found], prefect=prefect)


@router.get("/parked")
def parked(visit: Visiting) -> Response:
    return _parked_page(visit)


@router.post("/parked/{parked_id}")
def release(visit: Visiting, parked_id: int) -> Response:
    try:
        with visit.place.store.begin() as tx:
            done = release_parked(tx, parked_id, visit.by(visit.form.get("reason", "")))
    except CampaignError as refused:
        return _parked_page(visit, refusal=refused.message, status=404 if isinstance(refused, NotFound) else 409)
    return visit.go("/parked", f"#{done.duty_id}「{done.title}」已放回，下次巡检照常办理。")


def _parked_page(visit: Visit, *, refusal: str = "", status: int = 200) -> Response:
    with visit.place.store.read() as tx:
        rows = list_parked(tx)
    return visit.page("parked.html", status=status, rows=rows, refusal=refusal, typed=visit.form)
