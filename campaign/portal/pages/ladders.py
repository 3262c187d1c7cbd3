"""督办规则: each ladder in words, which campaign goes by which, and a new one read, looked at and put in force for what is asked from then on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError
from campaign.portal.sent import kept_aside
from campaign.portal.visit import Visit, Visiting
from campaign.portal.wording import without_options
from campaign.portal.words import KINDS, PHASE_KINDS
from campaign.records.campaigns import find_campaign
from campaign.records.choices import running_phases
from campaign.records.planning.calendars import load_calendar
from campaign.records.planning.ladders import RECEIPT, choices_of
from campaign.rules.calendar import campaign_day, due_at_of_day
from campaign.rules.ladder import Ladder, describe, parse_ladder
from campaign.work.planning.ladder_choices import put_in_force

router = APIRouter()
LONGEST = 100_000
DAYS_AHEAD = 10


@router.get("/ladders")
def ladders(visit: Visiting, campaign: str = "") -> Response:
    return _page(visit, campaign)


@router.get("/ladders/{name}.yaml")
def source(visit: Visiting, name: str) -> Response:
    """To be changed in an editor and sent back."""
    path = next((one for one in _files(visit) if one.stem == name), None)
    if path is None:
        raise CampaignError(f"没有名为「{name}」的督办规则。", code="no_ladder")
    return Response(path.read_bytes(), media_type="application/yaml", headers={"content-disposition": f'attachment; filename="{path.name}"'})


@router.post("/ladders/check")
def check(visit: Visiting) -> Response:
    """The sent file in words, or put in force where that is asked. Running duties keep the version they began with."""
    form = visit.form
    try:
        name, text = _sent(visit)
        ladder = parse_ladder(text, f"{name}.yaml")
        if form.get("step") != "use":
            return _page(visit, looked_at=ladder)
        if not form.get("campaign"):
            raise CampaignError("请选择用于哪个创建活动。", code="no_campaign")
        with visit.place.store.begin() as tx:
            campaign = find_campaign(tx, form["campaign"])
            put_in_force(tx, campaign, name, text, visit.by(form.get("reason", "")), phase_kind=form.get("phase_kind", ""), duty_kind=form.get("duty_kind", ""))
            title = campaign.title
    except CampaignError as refused:
        return _page(visit, refusal=without_options(refused.message))
    return visit.go(f"/ladders?campaign={form['campaign']}", f"「{title}」今后新交办的事项按「{ladder.title}」督办，在办的保持原规则。")


def _sent(visit: Visit) -> tuple[str, str]:
    if not visit.files:
        raise CampaignError("请选择督办规则的 YAML 文件。", code="no_file")
    with kept_aside(visit.files[0], "规则.yaml") as path:
        if path.stat().st_size > LONGEST:
            raise CampaignError(f"{path.name} 太大，不是督办规则。", code="too_big")
        try:
            return path.stem, path.read_text("utf-8-sig")
        except UnicodeDecodeError as wrong:
            raise CampaignError(f"{path.name} 不是 UTF-8 文本：请选择督办规则的 YAML 文件。", code="bad_encoding") from wrong


def _files(visit: Visit) -> list[Path]:
    return sorted(visit.place.ladders.glob("*.yaml"))


def _page(visit: Visit, slug: str = "", *, looked_at: Ladder | None = None, refusal: str = "") -> Response:
    known = [parse_ladder(path.read_text("utf-8"), path.name) for path in _files(visit)]
    with visit.place.store.read() as tx:
        campaigns = {one.slug: one.title for one in running_phases(tx)}
        slug = slug or visit.form.get("campaign", "") or next(iter(campaigns), "")
        chosen = choices_of(tx, find_campaign(tx, slug)) if slug else []
        due = due_at_of_day(campaign_day(visit.now) + timedelta(days=DAYS_AHEAD))
        told = list(describe(looked_at, due, visit.now, load_calendar(tx))) if looked_at else []
    return visit.page(
        "ladders.html",
        status=400 if refusal else 200,
        known=known,
        titles={one.name: one.title for one in known},
        slug=slug,
        chosen=chosen,
        campaigns=campaigns,
        looked_at=looked_at,
        told=told,
        phase_kinds=PHASE_KINDS,
        duty_kinds={**KINDS, RECEIPT: "签收"},
        typed=visit.form,
        refusal=refusal,
    )
