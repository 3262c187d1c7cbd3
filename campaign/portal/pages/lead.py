"""牵头单位: the items a unit leads, where every responsible unit stands, reminding them, and handing in what was compiled of theirs."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from campaign.errors import CampaignError, NotFound
from campaign.portal.access import Role
from campaign.portal.pages.hand_in import refuse_sensitive
from campaign.portal.visit import Visit, Visiting
from campaign.portal.wording import deadline
from campaign.records.duty import review_chains
from campaign.records.pages import leading
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Duty
from campaign.rules.calendar import due_on, yellow_through
from campaign.work.duty.hand_in import KeptFile
from campaign.work.duty.lead import compile_parts, remind_units

router = APIRouter()
A_PAGE = 20
ROLES = (Role.ADMIN, Role.LEAD_UNIT, Role.UNIT_HEAD)


@router.get("/lead")
def led(visit: Visiting, page: int = 1) -> Response:
    page = min(max(page, 1), 10_000)
    with visit.place.store.read() as tx:
        yellow = yellow_through(visit.now, load_calendar(tx))
        units = visit.units_as(*ROLES)
        items = leading.led_items(tx, units, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
        shown = items[:A_PAGE]
        counts = leading.counts_of_items(tx, [row.id for row in shown], visit.now, yellow) if shown else {}
    several = units is None or len(units) > 1
    return visit.page("lead.html", items=shown, counts=counts, more=len(items) > A_PAGE, page_number=page, several=several, due_on=due_on)


@router.get("/lead/{item_id}")
def led_item(visit: Visiting, item_id: int, page: int = 1) -> Response:
    return _item_page(visit, item_id, page=min(max(page, 1), 10_000))


@router.post("/lead/{item_id}/remind")
def remind(visit: Visiting, item_id: int) -> Response:
    chosen = {int(one) for one in visit.lists.get("unit", []) if one.isdecimal()}
    try:
        with visit.place.store.begin() as tx:
            _must_lead(visit, tx, item_id)
            if not chosen and visit.form.get("what") != "all":
                raise CampaignError("请先勾选要提醒的单位。", code="no_units")
            told, known = remind_units(tx, item_id, visit.by(visit.form.get("reason", "")), unit_ids=chosen if visit.form.get("what") != "all" else None)
    except CampaignError as refused:
        if refused.code in ("out_of_reach", "no_item"):
            raise
        return _item_page(visit, item_id, refusal=refused.message)
    again = f"今天已提醒过、没有重复：{'、'.join(known[:5])}{'等' if len(known) > 5 else ''}。" if known else ""
    return visit.go(f"/lead/{item_id}", f"已提醒 {len(told)} 个单位。消息在工作时间发出，计入每单位每天 3 条的上限。{again}" if told else again)


@router.post("/lead/{item_id}/compile")
def compile_item(visit: Visiting, item_id: int) -> Response:
    wanted = visit.form.get("duty", "")
    parts = [int(one) for one in visit.lists.get("part", []) if one.isdecimal()]
    try:
        with visit.place.store.read() as tx:
            _must_lead(visit, tx, item_id)
        refuse_sensitive(visit, visit.form.get("note", ""))
        kept = [visit.place.evidence.put(sent.file, sent.filename or "") for sent in visit.files]
        with visit.place.store.begin() as tx:
            item = _must_lead(visit, tx, item_id)
            duty = tx.get(Duty, int(wanted)) if wanted.isdecimal() else None
            if duty is None or duty.item_id != item_id or duty.unit_id != item.lead_id:
                raise CampaignError("请选择汇总后报送到哪一项。", code="no_duty_chosen")
            files = [KeptFile(one.name, one.sha256, one.size, one.media_type) for one in kept]
            version = compile_parts(tx, duty, parts, files, visit.by(), note=visit.form.get("note", ""))
            number, duty_id = version.version, duty.id
    except CampaignError as refused:
        if refused.code in ("out_of_reach", "no_item"):
            raise
        return _item_page(visit, item_id, refusal=refused.message)
    return visit.go(f"/duties/{duty_id}", f"已汇总 {len(parts)} 份材料，报送第 {number} 版，等待审核。")


def _item_page(visit: Visit, item_id: int, *, page: int = 1, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        item = _must_lead(visit, tx, item_id)
        calendar = load_calendar(tx)
        yellow = yellow_through(visit.now, calendar)
        units = leading.units_of_item(tx, item_id, visit.now, yellow, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
        more, units = len(units) > A_PAGE, units[:A_PAGE]
        duties = leading.duties_of_item(tx, item_id, [row.unit_id for row in units], visit.now, yellow)
        submitted = [one.id for lines in duties.values() for one in lines if one.state == "submitted"]
        return_page: dict[str, Any] = {
            "waiting": review_chains.waiting_at(tx, submitted),
            "own": leading.own_open(tx, item_id, item.lead_id),
            "parts": leading.accepted_parts(tx, item_id, item.lead_id),
            "counts": leading.counts_of_items(tx, [item_id], visit.now, yellow).get(item_id),
        }
    return visit.page(
        "lead_item.html",
        status=400 if refusal else 200,
        item=item,
        units=units,
        duties=duties,
        more=more,
        page_number=page,
        refusal=refusal,
        typed=visit.form,
        picked=set(visit.lists.get("part", [])),
        chosen=set(visit.lists.get("unit", [])),
        deadline=partial(deadline, now=visit.now, calendar=calendar),
        **return_page,
    )


def _must_lead(visit: Visit, tx: Session, item_id: int) -> Any:
    item = leading.item_facts(tx, item_id)
    if item is None:
        raise NotFound("没有这项任务，或者不由您的单位牵头。", code="no_item")
    visit.must_reach_unit(item.lead_id, what="这项任务", roles=ROLES)
    return item
