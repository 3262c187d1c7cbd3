"""负担: what each unit was asked for by week, a cap, and the requests beside the plan that wait for a person's word."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError, NotFound
from campaign.portal.heat import heat
from campaign.portal.typed import typed_day
from campaign.portal.visit import Visit, Visiting
from campaign.records.campaigns import find_campaign, need_unit
from campaign.records.duty import burden as records
from campaign.records.pages import office
from campaign.records.planning.registry import phases_of
from campaign.records.tables import ExtraRequest, Phase
from campaign.rules.burden import last_weeks
from campaign.rules.calendar import campaign_day
from campaign.work.duty import burden

router = APIRouter()
UNITS = 40


@router.get("/campaigns/{slug}/burden")
def meter(visit: Visiting, slug: str) -> Response:
    return _page(visit, slug)


@router.post("/campaigns/{slug}/burden")
def set_cap_or_ask(visit: Visiting, slug: str) -> Response:
    try:
        with visit.place.store.begin() as tx:
            campaign = find_campaign(tx, slug)
            if visit.form.get("what") == "cap":
                burden.set_cap(tx, campaign, _cap(visit.form.get("cap", "")), visit.by(visit.form.get("reason", "")))
                said = "已保存上限。方案和法定的期限不受影响。"
            else:
                phase = tx.get(Phase, int(visit.form["phase"])) if visit.form.get("phase", "").isdigit() else None
                if phase is None or phase.campaign_id != campaign.id:
                    raise CampaignError("请选择进行中的阶段。", code="no_phase")
                if not visit.form.get("unit"):
                    raise CampaignError("请填写交给哪个单位。", code="no_unit")
                request = burden.ask_extra(
                    tx, campaign, phase, need_unit(tx, visit.form["unit"]), visit.by(), key=visit.form.get("key", "")[:40] or secrets.token_urlsafe(18),
                    kind=visit.form.get("kind", ""), title=visit.form.get("title", ""), due_on=typed_day(visit.form.get("due_on", "")),
                )  # fmt: skip
                said = "该单位本周已到上限，先压下，没有通知单位。需要时请在下面确认。" if request.state == "held" else "已交办，单位会收到通知。"
    except CampaignError as refused:
        return _page(visit, slug, refusal=refused.message)
    return visit.go(f"/campaigns/{slug}/burden", said)


@router.post("/burden/{request_id}")
def decide(visit: Visiting, request_id: int) -> Response:
    by = visit.by(visit.form.get("reason", ""))
    with visit.place.store.read() as tx:
        request = tx.get(ExtraRequest, request_id)
        if request is None:
            raise NotFound("没有这项交办。", code="no_request")
        slug = records.slug_of(tx, request.campaign_id)
    try:
        if visit.form.get("what") not in ("confirm", "drop"):
            raise CampaignError("请选择确认交办或取消。", code="no_choice")
        with visit.place.store.begin() as tx:
            (burden.confirm if visit.form["what"] == "confirm" else burden.drop)(tx, tx.get_one(ExtraRequest, request_id), by)
    except CampaignError as refused:
        return _page(visit, slug, refusal=refused.message)
    return visit.go(f"/campaigns/{slug}/burden", "已确认交办，单位会收到通知。" if visit.form["what"] == "confirm" else "已取消这项交办。")


def _page(visit: Visit, slug: str, *, refusal: str = "") -> Response:
    today = campaign_day(visit.now)
    weeks = last_weeks(today)
    with visit.place.store.read() as tx:
        campaign = find_campaign(tx, slug)
        cap = burden.cap_of(campaign)
        found = visit.counted(tx, ("burden", campaign.id, today), lambda tx: records.loads(tx, campaign, weeks))
        held = records.extra_requests(tx, campaign.id, held=True)
        others = records.extra_requests(tx, campaign.id, held=False, limit=15)
        phases = [one for one in phases_of(tx, campaign) if one.state == "open"]
        names = office.unit_names(tx, visit.form.get("unit", ""))
    return visit.page(
        "burden.html",
        status=400 if refusal else 200,
        campaign=campaign,
        weeks=weeks,
        cap=cap,
        loads=found[:UNITS],
        unit_total=len(found),
        drawn=heat(found[:UNITS], weeks, cap, title=campaign.title),
        held=held,
        others=others,
        phases=phases,
        names=names,
        kinds=burden.KINDS,
        refusal=refusal,
        typed=visit.form,
        today=today,
        key=secrets.token_urlsafe(18),
    )


def _cap(text: str) -> int | None:
    if not text:
        return None
    try:
        return int(text)
    except ValueError as wrong:
        raise CampaignError("上限应填整数；不设上限请留空。", code="bad_cap") from wrong
