"""问题: what an inspection found at a unit, entered with the order to rectify it, and where each stands until somebody else has rechecked it."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from campaign.errors import CampaignError, NotFound
from campaign.portal.visit import Visit, Visiting
from campaign.portal.wording import without_options
from campaign.portal.words import SEVERITIES
from campaign.records.campaigns import find_campaign, need_unit
from campaign.records.duty import findings as records
from campaign.records.pages import office
from campaign.records.planning.registry import phases_of
from campaign.records.tables import Campaign, Finding, Phase
from campaign.work.duty.burden import ask_extra
from campaign.work.duty.rectify import withdraw_finding

router = APIRouter()
A_PAGE = 50
DEEPEST_PAGE = 200
STATES = {"rectifying": "整改中", "rechecking": "待复核", "closed": "已销号", "withdrawn": "已撤销"}
HELD = "该单位本周被交办的已到上限，先压下，没有通知单位。需要时请到「负担」页面确认。"


@router.get("/campaigns/{slug}/findings")
def findings(visit: Visiting, slug: str, state: str = "", page: int = 1) -> Response:
    return _page(visit, slug, state=state, page=page)


@router.post("/campaigns/{slug}/findings")
def enter(visit: Visiting, slug: str) -> Response:
    """A problem and its order, with the 整改通知单, in one go; the same form sent twice is one problem."""
    form = visit.form
    try:
        with visit.place.store.begin() as tx:
            campaign = find_campaign(tx, slug)
            if not form.get("unit"):
                raise CampaignError("请填写哪个单位整改。", code="no_unit")
            if form.get("severity", "normal") not in SEVERITIES:
                raise CampaignError("请选择严重程度。", code="no_severity")
            request = ask_extra(
                tx, campaign, _phase(tx, campaign, form.get("phase", "")), need_unit(tx, form["unit"]), visit.by(), kind="finding",
                key=form.get("key", "")[:40] or secrets.token_urlsafe(18), title=form.get("text", ""), text=form.get("text", ""),
                severity=form.get("severity", "normal"), indicator=form.get("indicator", "")[:60] or None, site=form.get("site", "")[:120] or None,
                days=_days(form.get("days", "")), inspection=form.get("inspection", "")[:120] or None,
            )  # fmt: skip
            held, duty_id = request.state == "held", request.duty_id
    except CampaignError as refused:
        return _page(visit, slug, refusal=without_options(refused.message))
    return visit.go(f"/campaigns/{slug}/findings", HELD if held else f"已登记，整改通知单将发给单位（应办事项 #{duty_id}）。整改后须由他人复核才能销号。")


@router.post("/findings/{finding_id}/withdraw")
def withdraw(visit: Visiting, finding_id: int) -> Response:
    with visit.place.store.read() as tx:
        found = tx.get(Finding, finding_id)
        if found is None:
            raise NotFound("没有这个问题。", code="no_finding")
        slug = tx.get_one(Campaign, found.campaign_id).slug
    try:
        with visit.place.store.begin() as tx:
            withdraw_finding(tx, tx.get_one(Finding, finding_id), visit.by(visit.form.get("reason", "")))
    except CampaignError as refused:
        return _page(visit, slug, refusal=without_options(refused.message))
    return visit.go(f"/campaigns/{slug}/findings", "已撤销，未办结的整改随之取消。")


def _phase(tx: Session, campaign: Campaign, wanted: str) -> Phase:
    found = tx.get(Phase, int(wanted)) if wanted.isdecimal() else None
    if found is None or found.campaign_id != campaign.id:
        raise CampaignError("请选择进行中的阶段。", code="no_phase")
    return found


def _days(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 365:
        raise CampaignError("整改期限应为 1 到 365 个工作日；不填则按严重程度。", code="bad_days")
    return int(text)


def _page(visit: Visit, slug: str, *, state: str = "", page: int = 1, refusal: str = "") -> Response:
    page = min(max(page, 1), DEEPEST_PAGE)
    state = state if state in STATES else ""
    with visit.place.store.read() as tx:
        campaign = find_campaign(tx, slug)
        counts = records.counts_of(tx, campaign.id or 0)
        rows = records.lines_of(tx, campaign.id or 0, state=state, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
        phases = [one for one in phases_of(tx, campaign) if one.state == "open"]
        names = office.unit_names(tx, visit.form.get("unit", "")) if visit.may("POST /campaigns/{slug}/findings") else []
    phases.sort(key=lambda one: (one.kind != "rectification", -one.number))
    return visit.page(
        "findings.html",
        status=400 if refusal else 200,
        campaign=campaign,
        rows=rows[:A_PAGE],
        more=len(rows) > A_PAGE and page < DEEPEST_PAGE,
        page_number=page,
        state=state,
        states=STATES,
        counts=counts,
        phases=phases,
        names=names,
        severities=SEVERITIES,
        key=secrets.token_urlsafe(18),
        typed=visit.form,
        refusal=refusal,
    )
