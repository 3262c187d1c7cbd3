"""What was handed in: downloads (always as attachments) and a look at it inside the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from campaign.errors import CampaignError, NotFound
from campaign.evidence.scanning import Scan
from campaign.portal.preview import preview_of
from campaign.portal.visit import Visit, Visiting
from campaign.records.duty.requests import file_with_duty
from campaign.records.pages.todo import lead_unit_of
from campaign.work.duty import withdrawal

router = APIRouter()
CHUNK = 256 * 1024
REFRESH_SECONDS = 4
"""How soon a page that waits for a conversion looks again; a header does it, without a script."""


@router.get("/files/{submission_id}/{number}")
def download(visit: Visiting, submission_id: int, number: int) -> Response:
    """Its damage is found before the last piece goes out, so a damaged file never arrives whole."""
    found = reachable_file(visit, submission_id, number)
    with visit.place.evidence.open(found.sha256):
        pass
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
        "content-length": str(found.size),
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(pieces_of(visit, found.sha256), media_type=found.media_type, headers=headers)


@router.get("/files/{submission_id}/{number}/look")
def look(visit: Visiting, submission_id: int, number: int) -> Response:
    found = reachable_file(visit, submission_id, number)
    with visit.place.evidence.open(found.sha256):
        pass
    shown = preview_of(found, visit.place.evidence, visit.place.derived)
    answer = visit.page("look.html", file=found, shown=shown, submission_id=submission_id, number=number)
    if shown.waiting:
        answer.headers["refresh"] = str(REFRESH_SECONDS)
    return answer


@router.get("/files/{submission_id}/{number}/pages/{page}")
def page_picture(visit: Visiting, submission_id: int, number: int, page: int) -> Response:
    from campaign.portal.drawing import picture

    found = reachable_file(visit, submission_id, number)
    drawn = picture(found, visit.place.evidence, visit.place.derived, page)
    if drawn is None:
        raise NotFound("这一页不能显示，请下载后查看。", code="no_picture")
    return Response(drawn, media_type="image/jpeg", headers={"cache-control": "private, max-age=3600"})


@router.post("/files/{submission_id}/{number}/withdrawal")
def ask_withdrawal(visit: Visiting, submission_id: int, number: int) -> Response:
    """The first of two persons: asks with a reason; nothing is removed until another agrees."""
    found = reachable_file(visit, submission_id, number)
    with visit.place.store.begin() as tx:
        withdrawal.ask(tx, found.sha256, visit.by(visit.form.get("reason", "")))
    return visit.go(f"/duties/{found.duty_id}", "已申请撤回，等待另一人确认。确认后原文在各处删除，只保留校验值和撤回记录。")


def reachable_file(visit: Visit, submission_id: int, number: int) -> Any:
    with visit.place.store.read() as tx:
        found = file_with_duty(tx, submission_id, number)
        if found is None:
            raise NotFound("没有这份材料，或者不在您的权限范围内。", code="no_file")
        visit.must_reach_unit(found.unit_id, lead_unit_of(tx, found.item_id), what="这份材料")
    if found.withdrawn_at is not None:
        raise CampaignError(f"「{found.name}」已按规定撤回，只保留校验值 {found.sha256[:16]}…。", code="withdrawn_file")
    if found.scan == Scan.INFECTED:
        raise CampaignError(f"「{found.name}」查出病毒，已隔离，不能打开或下载。请报送单位杀毒后重新报送。", code="infected")
    return found


def pieces_of(visit: Visit, sha256: str) -> Iterator[bytes]:
    with visit.place.evidence.open(sha256) as source:
        while piece := source.read(CHUNK):
            yield piece
