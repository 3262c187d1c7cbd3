"""文书通知: what was sent to the visitor's units, its Word file, and confirming that one has read it, which is 签收 where that is asked for."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError, NotFound
from campaign.portal.access import Role
from campaign.portal.visit import Visit, Visiting
from campaign.records.duty import requests
from campaign.records.pages import todo
from campaign.records.papers import receipts
from campaign.records.papers.notices import find_notice
from campaign.records.papers.paper import paper_of
from campaign.records.tables import Campaign, Notice, Unit
from campaign.work.papers.reading import confirm_reading
from campaign.work.papers.receipts import refuse_unfit, sign_for

router = APIRouter()
A_PAGE = 20
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
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
            raise NotFound("没有这份文书，或者不在您的权限范围内。", code="no_notice")
        visit.must_reach_unit(notice.unit_id, what="这份文书", roles=(*OWN_ROLES, Role.LEADER))
        unit, campaign = tx.get_one(Unit, notice.unit_id), tx.get_one(Campaign, notice.campaign_id)
        lines, readings = todo.lines_on(tx, notice_id), requests.readings_of(tx, notice_id)
        asked = receipts.receipts_of(tx, [notice_id])
    mine = any(row.reader == visit.me.name for row in readings)
    return visit.page(
        "paper.html",
        notice=notice,
        unit=unit,
        campaign=campaign,
        lines=lines,
        readings=readings,
        mine=mine,
        receipt=asked[0] if asked else None,
        for_unit=_is_of_unit(visit, notice.unit_id),
    )


@router.post("/notices/{notice_id}/read")
def confirm(visit: Visiting, notice_id: int) -> Response:
    with visit.place.store.begin() as tx:
        notice = tx.get(Notice, notice_id)
        if notice is None:
            raise NotFound("没有这份文书，或者不在您的权限范围内。", code="no_notice")
        visit.must_reach_unit(notice.unit_id, what="这份文书", roles=OWN_ROLES)
        asked = bool(receipts.receipts_of(tx, [notice_id]))
        if _is_of_unit(visit, notice.unit_id):
            confirm_reading(tx, notice, visit.by())
            return visit.go(f"/notices/{notice_id}", "已签收。" if asked else "已确认阅读。")
        signer = visit.form.get("signer", "").strip()
        if not signer:
            raise CampaignError("请填写在纸质签收单上签字的人：办公室只能代为登记，不能代单位签收。", code="no_signer")
        refuse_unfit(tx, notice)
        sign_for(tx, notice, visit.by(), on_paper=signer)
    return visit.go(f"/notices/{notice_id}", f"已登记纸质签收：{signer}。")


@router.get("/notices/{notice_id}/paper.docx")
def paper_file(visit: Visiting, notice_id: int) -> Response:
    """The paper as a Word file, by the office's own template where there is one."""
    return _file(visit, notice_id)


@router.get("/notices/{notice_id}/slip.docx")
def slip_file(visit: Visiting, notice_id: int) -> Response:
    """The slip to sign on paper: 送签单 of a draft, 签收单 of what went out."""
    with visit.place.store.read() as tx:
        draft = find_notice(tx, notice_id).state == "draft"
    return _file(visit, notice_id, slip="送签单" if draft else "签收单")


def _file(visit: Visit, notice_id: int, *, slip: str | None = None) -> Response:
    from campaign.notices.documents import render, template_folders  # what writes Word takes memory that a portal without papers keeps

    with visit.place.store.read() as tx:
        notice = tx.get(Notice, notice_id)
        if notice is None:
            raise NotFound("没有这份文书，或者不在您的权限范围内。", code="no_notice")
        visit.must_reach_unit(notice.unit_id, what="这份文书", roles=(*OWN_ROLES, Role.LEADER))
        outgoing = paper_of(tx, notice, visit.now).outgoing
    with tempfile.TemporaryDirectory(prefix="campaign-paper-") as folder:
        made = render(outgoing, template_folders(visit.place.home), Path(folder) / "paper.docx", slip=slip).read_bytes()
    name = f"{slip or outgoing.form}-{outgoing.number or outgoing.notice_id}-{outgoing.unit_name}.docx"
    return Response(made, media_type=WORD, headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"})


def _is_of_unit(visit: Visit, unit_id: int) -> bool:
    """Somebody who signs for this unit, not somebody of the office who may see everything."""
    own = visit.units_as(Role.CONTACT, Role.UNIT_HEAD, Role.LEAD_UNIT)
    return own is not None and unit_id in own
