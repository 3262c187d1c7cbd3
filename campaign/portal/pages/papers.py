"""文书通知: what was sent to the visitor's units, and confirming that one has read it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import NotFound
from campaign.portal.access import Role
from campaign.portal.visit import Visiting
from campaign.records import requests, todo
from campaign.records.tables import Campaign, Notice, Unit
from campaign.work.reading import confirm_reading

router = APIRouter()
A_PAGE = 20
OWN_ROLES = (Role.ADMIN, Role.CONTACT, Role.UNIT_HEAD, Role.LEAD_UNIT)


@router.get("/notices")
def my_papers(visit: Visiting, page: int = 1) -> Response:
    page = min(max(page, 1), 10_000)
    with visit.place.store.read() as tx:
        rows = todo.notice_lines_of_units(tx, visit.units_as(*OWN_ROLES), visit.me.name, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
    return visit.page("papers.html", rows=rows[:A_PAGE], more=len(rows) > A_PAGE, page_number=page)


@router.get("/notices/{notice_id}")
def paper(visit: Visiting, notice_id: int) -> Response:
    with visit.place.store.read() as tx:
        notice = tx.get(Notice, notice_id)
        if notice is None:
            raise NotFound("没有这份文书,或者不在您的权限范围内。", code="no_notice")
        visit.must_reach_unit(notice.unit_id, what="这份文书", roles=(*OWN_ROLES, Role.LEADER))
        unit, campaign = tx.get_one(Unit, notice.unit_id), tx.get_one(Campaign, notice.campaign_id)
        lines, readings = todo.lines_on(tx, notice_id), requests.readings_of(tx, notice_id)
    mine = any(row.reader == visit.me.name for row in readings)
    return visit.page("paper.html", notice=notice, unit=unit, campaign=campaign, lines=lines, readings=readings, mine=mine)


@router.post("/notices/{notice_id}/read")
def confirm(visit: Visiting, notice_id: int) -> Response:
    with visit.place.store.begin() as tx:
        notice = tx.get(Notice, notice_id)
        if notice is None:
            raise NotFound("没有这份文书,或者不在您的权限范围内。", code="no_notice")
        visit.must_reach_unit(notice.unit_id, what="这份文书", roles=OWN_ROLES)
        confirm_reading(tx, notice, visit.by())
    return visit.go(f"/notices/{notice_id}", "已确认阅读。")
