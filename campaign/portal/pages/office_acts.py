"""What the office does to one duty without waiting for its unit: 免报, 取消, 延期, 暂缓, 恢复. Each with its reason, which the unit reads."""

from __future__ import annotations

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from campaign.errors import CampaignError
from campaign.portal.pages.duty import own_duty, show_duty
from campaign.portal.typed import needed_day
from campaign.portal.visit import Visit, Visiting
from campaign.portal.wording import without_options
from campaign.records.tables import Duty
from campaign.rules.calendar import due_at_of_day
from campaign.work.duty import change_duty

router = APIRouter()
DONE = {"waive": "已免报", "cancel": "已取消", "extend": "已延期，原期限仍然可见", "suspend": "已暂缓，停止计时", "resume": "已恢复计时"}


@router.post("/duties/{duty_id}/office")
def change(visit: Visiting, duty_id: int) -> Response:
    what = visit.form.get("what", "")
    try:
        if what not in DONE:
            raise CampaignError("请选择怎样处理。", code="no_choice")
        with visit.place.store.begin() as tx:
            _carry_out(visit, tx, own_duty(visit, tx, duty_id), what)
    except CampaignError as refused:
        return show_duty(visit, duty_id, refusal=without_options(refused.message), status=400)
    return visit.go(f"/duties/{duty_id}", f"{DONE[what]}。")


def _carry_out(visit: Visit, tx: Session, duty: Duty, what: str) -> None:
    by = visit.by(visit.form.get("office_reason", ""))
    if what != "extend":
        {"waive": change_duty.waive, "cancel": change_duty.cancel, "suspend": change_duty.suspend, "resume": change_duty.resume}[what](tx, duty, by)
        return
    until = needed_day(visit.form.get("until", ""), "请填写延期到哪一天。")
    change_duty.extend(tx, duty, due_at_of_day(until), by)
