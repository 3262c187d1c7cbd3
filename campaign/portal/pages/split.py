"""分解到下级: choosing which units below get a part of a duty, by when, and taking it back; and the receipts of what was reported outside."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from campaign.errors import CampaignError, NotFound
from campaign.portal.pages.duty import own_duty
from campaign.portal.typed import typed_day
from campaign.portal.visit import Visit, Visiting
from campaign.records.duty import review_chains, splits
from campaign.records.pages import reviewing, todo
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Unit
from campaign.rules.calendar import due_at_of_day, due_on, yellow_through
from campaign.work.duty.split import may_split, split_duty, undo_split

router = APIRouter()
CHUNK = 256 * 1024


@router.get("/duties/{duty_id}/split")
def split_page(visit: Visiting, duty_id: int) -> Response:
    return _page(visit, duty_id)


@router.post("/duties/{duty_id}/split")
def split(visit: Visiting, duty_id: int) -> Response:
    chosen = [int(one) for one in visit.lists.get("unit", []) if one.isdecimal()]
    try:
        on = typed_day(visit.form.get("due_on", ""))
        with visit.place.store.begin() as tx:
            duty = own_duty(visit, tx, duty_id)
            if visit.form.get("what") == "undo":
                said = f"已撤销分解，{undo_split(tx, duty, visit.by(visit.form.get('reason', '')))} 项下级事项取消。"
            else:
                units = [unit for one in chosen if (unit := tx.get(Unit, one)) is not None]
                parts = split_duty(tx, duty, units, visit.by(), due_at=due_at_of_day(on) if on else None)
                said = f"已分解给 {len(parts)} 个下属单位，它们会收到通知。都办结后，本单位才能报送。"
    except CampaignError as refused:
        if refused.code in ("out_of_reach", "no_duty"):
            raise
        return _page(visit, duty_id, refusal=refused.message)
    return visit.go(f"/duties/{duty_id}/split", said)


@router.get("/receipts/{submission_id}")
def receipt(visit: Visiting, submission_id: int) -> Response:
    """The scan that the recipient outside gave back, as an attachment."""
    with visit.place.store.read() as tx:
        version = reviewing.version_facts(tx, submission_id)
        found = next((one for one in review_chains.step_lines(tx, [submission_id]).get(submission_id, []) if one.receipt_sha256), None)
        if version is None or found is None:
            raise NotFound("没有这份回执，或者不在您的权限范围内。", code="no_receipt")
        visit.must_reach_unit(version.unit_id, todo.lead_unit_of(tx, version.item_id), what="这份回执")
    return StreamingResponse(
        _pieces(visit, found.receipt_sha256),
        media_type="application/octet-stream",
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(found.receipt_name)}", "content-security-policy": "sandbox; default-src 'none'"},
    )


def _pieces(visit: Visit, sha256: str) -> Iterator[bytes]:
    with visit.place.evidence.open(sha256) as source:
        while piece := source.read(CHUNK):
            yield piece


def _page(visit: Visit, duty_id: int, *, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        duty = own_duty(visit, tx, duty_id)
        yellow = yellow_through(visit.now, load_calendar(tx))
        parts = splits.part_lines(tx, duty_id, visit.now, yellow)
        below = splits.units_below(tx, duty.unit_id)
        undoable = bool(parts) and all(one.state == "open" for one in parts) and not splits.any_handed_in(tx, [one.id for one in parts])
        whole = splits.whole_of(tx, duty)
    got = {one.unit_id for one in parts}
    return visit.page(
        "split.html",
        status=400 if refusal else 200,
        duty=duty,
        parts=parts,
        below=[unit for unit in below if unit.id not in got],
        why_not=may_split(duty),
        whole=whole,
        undoable=undoable,
        latest=due_on(duty.due_at) if duty.due_at else None,
        refusal=refusal,
        typed=visit.form,
        chosen=set(visit.lists.get("unit", [])),
    )
