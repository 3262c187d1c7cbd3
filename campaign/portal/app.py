"""The portal as an ASGI app: its pages in one list, behind one shield and one guard."""

from __future__ import annotations

from pathlib import Path

from fastapi import Depends, FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from campaign.portal import faults
from campaign.portal.pages import (
    account,
    burden,
    campaigns,
    coming,
    desk,
    duty,
    files,
    findings,
    hand_in,
    journal,
    ladders,
    launch,
    lead,
    office_acts,
    originals,
    package,
    papers,
    passes,
    rehearsals,
    review,
    sign_on,
    split,
    stagger,
    status,
    steering,
    todo,
    unit_change,
    units,
    uploads,
    users,
    workdays,
)
from campaign.portal.place import Place
from campaign.portal.shield import Shield
from campaign.portal.visit import visit

PAGES = (
    status, account, sign_on, todo, duty, hand_in, files, papers, review, campaigns, launch, desk, units, users, journal,
    uploads, lead, split, originals, burden, stagger, passes, unit_change, workdays,
    office_acts, findings, steering, ladders, rehearsals, coming, package,
)  # fmt: skip
FILE_FORMS: tuple[str, ...] = ("/submit", "/import", "/review", "/verdict", "/compile", "/receive", "/scan", "/change", "/check")


def create_app(place: Place) -> FastAPI:
    app = FastAPI(
        title="创建活动门户", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(visit)],
        middleware=[Middleware(Shield, hosts=place.hosts, file_paths=FILE_FORMS), Middleware(faults.DefectPage)],
    )  # fmt: skip
    app.state.place = place
    faults.install(app)
    for page in PAGES:
        app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    return app
