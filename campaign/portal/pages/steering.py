"""调整: a phase's dates, the inspection's date, and suspensions of many duties at once. Each with its reason, and told to the units by a paper."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError, NotFound
from campaign.portal.typed import typed_day
from campaign.portal.visit import Visit, Visiting
from campaign.portal.wording import without_options
from campaign.records.campaigns import find_campaign, need_unit
from campaign.records.duty.suspended import suspensions_of
from campaign.records.pages import boards, office
from campaign.records.planning.registry import phases_of
from campaign.records.tables import Campaign, Suspension
from campaign.work.duty.suspensions import resume_many, suspend_many
from campaign.work.planning.inspection_date import move_inspection
from campaign.work.planning.phases import shift_phase

router = APIRouter()


@router.get("/campaigns/{slug}/adjust")
def adjust(visit: Visiting, slug: str) -> Response:
    return _page(visit, slug)


@router.post("/campaigns/{slug}/phases/{number}/shift")
def shift(visit: Visiting, slug: str, number: int) -> Response:
    """Deadlines that are the phase's end follow it; what was overdue stays overdue."""
    form = visit.form
    try:
        with visit.place.store.begin() as tx:
            found = boards.campaign_and_phase(tx, slug, number)
            if found is None:
                raise NotFound(f"没有代号为「{slug}」的创建活动，或者它没有第 {number} 个阶段。", code="no_phase")
            campaign, phase = found
            start, end = typed_day(form.get("starts_on", "")), typed_day(form.get("ends_on", ""))
            if start is None and end is None:
                raise CampaignError("请填写新的日期。", code="no_day")
            moved = shift_phase(tx, campaign, phase, visit.by(form.get("reason", "")), starts_on=start, ends_on=end)
            name = phase.name
    except NotFound:
        raise
    except CampaignError as refused:
        return _page(visit, slug, refusal=without_options(refused.message))
    return visit.go(f"/campaigns/{slug}/adjust", f"「{name}」的日期已调整，随阶段到期的 {moved} 项期限跟着调整。已经逾期的仍按逾期。")


@router.post("/campaigns/{slug}/inspection")
def inspection(visit: Visiting, slug: str) -> Response:
    try:
        to = typed_day(visit.form.get("to", ""))
        if to is None:
            raise CampaignError("请填写新的迎检日期。", code="no_day")
        with visit.place.store.begin() as tx:
            moved = move_inspection(tx, find_campaign(tx, slug), to, visit.by(visit.form.get("reason", "")))
    except CampaignError as refused:
        return _page(visit, slug, refusal=without_options(refused.message))
    return visit.go(f"/campaigns/{slug}/adjust", f"迎检日期已改为 {to}，倒排的 {moved} 项期限随之调整，有关单位各收到一份调整通知。")


@router.post("/campaigns/{slug}/suspensions")
def suspend(visit: Visiting, slug: str) -> Response:
    """Of a unit with everything below it, of a phase, or of the whole campaign."""
    form = visit.form
    try:
        with visit.place.store.begin() as tx:
            campaign = find_campaign(tx, slug)
            phase = next((one for one in phases_of(tx, campaign) if str(one.id) == form.get("phase")), None)
            unit = need_unit(tx, form["unit"]) if form.get("unit") else None
            _, count = suspend_many(tx, campaign, visit.by(form.get("reason", "")), document=form.get("document", ""), phase=phase, unit=unit)
    except CampaignError as refused:
        return _page(visit, slug, refusal=without_options(refused.message))
    return visit.go(f"/campaigns/{slug}/adjust", f"已暂缓 {count} 项，停止计时，剩余工作日保留。")


@router.post("/suspensions/{suspension_id}/end")
def resume(visit: Visiting, suspension_id: int) -> Response:
    with visit.place.store.read() as tx:
        row = tx.get(Suspension, suspension_id)
        if row is None:
            raise NotFound("没有这次暂缓。", code="no_suspension")
        slug = tx.get_one(Campaign, row.campaign_id).slug
    try:
        with visit.place.store.begin() as tx:
            count = resume_many(tx, suspension_id, visit.by(visit.form.get("reason", "")))
    except CampaignError as refused:
        return _page(visit, slug, refusal=without_options(refused.message))
    return visit.go(f"/campaigns/{slug}/adjust", f"已恢复 {count} 项的计时：暂缓时还剩几个工作日，现在仍剩几个工作日。")


def _page(visit: Visit, slug: str, *, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        campaign = find_campaign(tx, slug)
        phases = phases_of(tx, campaign)
        stopped = suspensions_of(tx, campaign)
        names = office.unit_names(tx, visit.form.get("unit", ""))
    return visit.page(
        "adjust.html",
        status=400 if refusal else 200,
        campaign=campaign,
        phases=[one for one in phases if one.state != "closed"],
        stopped=stopped,
        names=names,
        typed=visit.form,
        refusal=refusal,
    )
