"""演练: a plan or a running campaign played to its end by the command line in a child process, and its report to look at, print and take away.

Owns the way in and the way out; the play and its picture are `campaign rehearse`. Nothing is sent and no record changes: the child works on a
copy of its own. What came out is kept for a week, for every administrator. What draws the report is loaded when one is looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from campaign.errors import CampaignError
from campaign.portal.errand_pages import file_of, progress_of, waiting_page
from campaign.portal.visit import Visit, Visiting
from campaign.records.campaigns import find_campaign
from campaign.work.rehearsal.people_model import Profile
from campaign.work.upkeep.errands import Errand, Stand

router = APIRouter()
KIND = "rehearsal"
PLAN, REPORT, SHEET = "plan.yaml", "report.html", "notices.xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HABITS = {
    Profile.MIXED: "多数按时，少数踩点，有的要催办、督办才办，个别不办：最接近平常",
    Profile.ON_TIME: "都在期限前报送：看方案本身的安排有没有问题",
    Profile.LATE: "多数要催办、督办以后才办：看督办会有多少",
    Profile.SILENT: "一件都不办：看督办规则最严会走到哪一步",
}


@router.get("/rehearsals")
def rehearsals(visit: Visiting, campaign: str = "") -> Response:
    chosen = None
    if campaign:
        with visit.place.store.read() as tx:
            chosen = find_campaign(tx, campaign)
    earlier = visit.place.errands.all(KIND, chosen.slug if chosen else None)[:20]
    return waiting_page(visit.page("rehearsals.html", campaign=chosen, habits=HABITS, earlier=earlier), *earlier)


@router.post("/rehearsals")
def from_live(visit: Visiting) -> Response:
    """What happens from today on."""
    with visit.place.store.read() as tx:
        campaign = find_campaign(tx, visit.form.get("campaign", ""))
    facts = {"title": campaign.title, "profile": chosen_profile(visit), "live": True}
    return visit.go(f"/rehearsals/{_send(visit, campaign.slug, facts).id}")


@router.get("/rehearsals/report.css")
def styles(visit: Visiting) -> Response:
    from campaign.work.rehearsal.rehearsal_page import STYLES

    return FileResponse(STYLES, media_type="text/css", headers={"cache-control": "private, max-age=3600"})


@router.get("/rehearsals/{errand_id}")
def rehearsal(visit: Visiting, errand_id: str) -> Response:
    from campaign.work.rehearsal.rehearsal_page import report_in

    errand = visit.place.errands.find(errand_id, KIND)
    report = errand.folder / REPORT
    told = report_in(report.read_text(encoding="utf-8")) if errand.stand is Stand.DONE and report.is_file() else ""
    plan = errand.folder / PLAN
    page = visit.page(
        "rehearsal.html",
        progress=progress_of(visit, errand),
        report=told,
        habit=Profile(errand.facts["profile"]).label,
        habits=HABITS,
        plan=plan.read_text(encoding="utf-8") if plan.is_file() else "",
    )
    return waiting_page(page, errand)


@router.post("/rehearsals/{errand_id}/again")
def again(visit: Visiting, errand_id: str) -> Response:
    """The same once more, or with other habits."""
    errand = visit.place.errands.find(errand_id, KIND)
    facts = {**errand.facts, "profile": chosen_profile(visit)}
    plan = errand.folder / PLAN
    text = plan.read_text(encoding="utf-8") if plan.is_file() else None
    return visit.go(f"/rehearsals/{_send(visit, errand.about, facts, plan=text).id}")


@router.get("/rehearsals/{errand_id}/report.html")
def report_file(visit: Visiting, errand_id: str) -> Response:
    errand = visit.place.errands.find(errand_id, KIND)
    return file_of(errand.folder / REPORT, f"{errand.facts['title']} 演练报告.html", "text/html; charset=utf-8")


@router.get("/rehearsals/{errand_id}/notices.xlsx")
def notices_file(visit: Visiting, errand_id: str) -> Response:
    errand = visit.place.errands.find(errand_id, KIND)
    return file_of(errand.folder / SHEET, f"{errand.facts['title']} 演练文书.xlsx", XLSX)


def rehearse(visit: Visit, plan: str, title: str, slug: str) -> Errand:
    """Of a plan that is not launched yet: it is laid into the errand's folder, and goes with it."""
    return _send(visit, slug, {"title": title, "profile": chosen_profile(visit), "live": False, "slug": slug}, plan=plan)


def chosen_profile(visit: Visit) -> str:
    try:
        return Profile(visit.form.get("profile", Profile.MIXED)).value
    except ValueError as unknown:
        raise CampaignError("请选择各单位的办理习惯。", code="no_profile") from unknown


def _send(visit: Visit, about: str, facts: dict[str, Any], *, plan: str | None = None) -> Errand:
    def words(folder: Path) -> list[str]:
        source = [f"--from-live={about}", f"--now={visit.now.isoformat()}"] if facts["live"] else [str(folder / PLAN)]
        made = [f"--html={folder / REPORT}", f"--xlsx={folder / SHEET}"]
        return ["rehearse", *source, f"--profile={facts['profile']}", *made, f"--data={visit.place.home}"]

    files = {PLAN: plan} if plan is not None else {}
    return visit.place.errands.send(KIND, about, words, by=visit.me.name, now=visit.now, facts=facts, files=files)
