"""Paper: the cover sheet that a unit prints, 收件登记 where its code is scanned, and the registers of outside signatories.

A code opens the form for the office only: who else follows it is refused like anywhere else, and a code that was never printed is not there.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import Response, StreamingResponse

from campaign.errors import CampaignError, NotFound
from campaign.portal.access import Role
from campaign.portal.pages.duty import READ_ROLES
from campaign.portal.pages.files import pieces_of
from campaign.portal.sent import kept_aside
from campaign.portal.typed import needed_day
from campaign.portal.visit import Visit, Visiting
from campaign.records.campaigns import find_campaign
from campaign.records.duty import originals
from campaign.records.pages import todo
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Duty, Signatory
from campaign.rules.calendar import campaign_day, yellow_through
from campaign.work.duty.hand_in import KeptFile
from campaign.work.duty.originals import Received, attach_scan, receive_originals
from campaign.work.duty.registers import COLUMNS, import_register

router = APIRouter()
A_PAGE = 50
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OWN = (Role.ADMIN, Role.CONTACT, Role.UNIT_HEAD)


@router.get("/duties/{duty_id}/cover")
def cover(visit: Visiting, duty_id: int) -> Response:
    import segno  # for this page only

    with visit.place.store.read() as tx:
        facts = _facts(visit, tx, duty_id)
        visit.must_reach_unit(facts.unit_id, facts.lead_unit_id, what="这项应办事项", roles=READ_ROLES)
    with visit.place.store.begin() as tx:
        code = originals.cover_code(tx, duty_id, visit.now)
    scheme = "https" if visit.place.secure_cookies else visit.request.url.scheme
    address = f"{scheme}://{visit.request.headers.get('host', '')}/intake/{code}"
    drawn = segno.make(address, error="m").svg_inline(scale=5, border=2, omitsize=True, svgclass="qr", lineclass=None)
    return visit.page("cover.html", duty=facts, code=code, drawn=Markup(drawn))  # noqa: S704 - paths and numbers only, made by segno


@router.get("/intake")
def intake(visit: Visiting, code: str = "") -> Response:
    if code.strip():
        return visit.go(f"/intake/{quote(code.strip().rsplit('/', 1)[-1], safe='')}")
    with visit.place.store.read() as tx:
        latest = originals.latest_receipts(tx)
    return visit.page("intake.html", latest=latest)


@router.get("/intake/{code}")
def scanned(visit: Visiting, code: str) -> Response:
    return _form(visit, code)


@router.post("/intake/{code}/receive")
def receive(visit: Visiting, code: str) -> Response:
    try:
        copies, on = _number(visit.form.get("copies", "")), needed_day(visit.form.get("received_on", ""), "请选择日期。")
        scans = [_kept(visit, sent.file, sent.filename or "") for sent in visit.files]
        with visit.place.store.begin() as tx:
            duty = _duty(visit, tx, code)
            done = receive_originals(
                tx, duty, visit.by(), key=visit.form.get("key", "")[:40] or secrets.token_urlsafe(18), copies=copies, received_on=on,
                handed_by=visit.form.get("handed_by", ""), scans=scans, note=visit.form.get("note", ""),
            )  # fmt: skip
    except CampaignError as refused:
        if isinstance(refused, NotFound):
            raise
        return _form(visit, code, refusal=refused.message)
    return visit.go(f"/intake/{code}", _said(done))


@router.get("/registers")
def registers(visit: Visiting, campaign: str = "", show: str = "all", page: int = 1) -> Response:
    return _registers(visit, campaign, show, min(max(page, 1), 10_000))


@router.get("/registers.xlsx")
def empty_register(visit: Visiting) -> Response:
    from campaign.evidence.sheets import Sheet, workbook_bytes

    widths = {"单位": 24, "名称": 30, "地址": 40}
    book = workbook_bytes([Sheet("登记簿", tuple((head, widths.get(head, 16)) for head in COLUMNS), iter(()), len(COLUMNS))])
    return Response(book, media_type=SHEET, headers={"content-disposition": f"attachment; filename*=UTF-8''{quote('登记簿.xlsx')}"})


@router.post("/registers/import")
def import_table(visit: Visiting) -> Response:
    slug = visit.form.get("campaign", "")
    if not visit.files:
        return _registers(visit, slug, "all", 1, refusal="请选择要导入的表格。")
    try:
        with kept_aside(visit.files[0], "登记簿.xlsx") as path, visit.place.store.begin() as tx:
            done = import_register(tx, find_campaign(tx, slug), path, visit.by(), unit_ids=visit.units_as(*OWN))
    except CampaignError as refused:
        return _registers(visit, slug, "all", 1, refusal=refused.message)
    return visit.go(f"/registers?campaign={quote(slug)}", f"已导入：新增 {done.new} 户，补记签订 {done.signed} 户，已有 {done.known} 户。")


@router.post("/registers/{signatory_id}/scan")
def scan(visit: Visiting, signatory_id: int) -> Response:
    with visit.place.store.read() as tx:
        one, slug = _signatory(visit, tx, signatory_id), visit.form.get("campaign", "")
    try:
        if not visit.files:
            raise CampaignError("请选择签字盖章件的扫描件或照片。", code="no_files")
        signed_on = needed_day(visit.form.get("signed_on", ""), "请选择日期。")
        kept = _kept(visit, visit.files[0].file, visit.files[0].filename or "")
        with visit.place.store.begin() as tx:
            attach_scan(tx, _signatory(visit, tx, signatory_id), kept, signed_on, visit.by())
    except CampaignError as refused:
        return _registers(visit, slug, "missing", 1, refusal=f"「{one.name}」：{refused.message}")
    return visit.go(f"/registers?campaign={quote(slug)}&show=missing", f"「{one.name}」的签订件已收到并保存。")


@router.get("/registers/{signatory_id}/scan")
def look_at_scan(visit: Visiting, signatory_id: int) -> Response:
    with visit.place.store.read() as tx:
        _signatory(visit, tx, signatory_id)
        found = originals.scan_of(tx, signatory_id)
    if found is None or found.withdrawn_at is not None:
        raise NotFound("没有这份扫描件，或者已按规定撤回。", code="no_file")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(found.name)}", "content-security-policy": "sandbox; default-src 'none'"}
    return StreamingResponse(pieces_of(visit, found.sha256), media_type=found.media_type, headers=headers)


def _form(visit: Visit, code: str, *, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        duty = _duty(visit, tx, code)
        facts = _facts(visit, tx, duty.id)
        receipts, asked = originals.receipts_of(tx, duty.id), originals.asked_copies(tx, duty)
    return visit.page(
        "receive.html",
        status=400 if refusal else 200,
        duty=facts,
        code=code,
        receipts=receipts,
        copies=sum(one.copies for one in receipts),
        asked=asked,
        refusal=refusal,
        typed=visit.form,
        today=campaign_day(visit.now),
        key=secrets.token_urlsafe(18),
    )


def _registers(visit: Visit, slug: str, show: str, page: int, *, refusal: str = "") -> Response:
    own = visit.units
    with visit.place.store.read() as tx:
        running = originals.running_campaigns(tx)
        chosen = next((one for one in running if one.slug == slug), running[0] if running else None)
        rates = originals.signatory_rates(tx, chosen.id, own) if chosen else []
        rows = originals.signatories(tx, chosen.id, own, missing=show == "missing", limit=A_PAGE + 1, offset=(page - 1) * A_PAGE) if chosen else []
    return visit.page(
        "registers.html",
        status=400 if refusal else 200,
        running=running,
        chosen=chosen,
        rates=rates,
        rows=rows[:A_PAGE],
        more=len(rows) > A_PAGE,
        page_number=page,
        show=show,
        refusal=refusal,
        columns=COLUMNS,
        today=campaign_day(visit.now),
    )


def _facts(visit: Visit, tx: Session, duty_id: int) -> Any:
    facts = todo.duty_facts(tx, duty_id, visit.now, yellow_through(visit.now, load_calendar(tx)))
    if facts is None:
        raise NotFound("没有这项应办事项，或者不在您的权限范围内。", code="no_duty")
    return facts


def _duty(visit: Visit, tx: Session, code: str) -> Duty:
    """The duty whose cover sheet carries this code, for those who may take papers in for its unit."""
    found = originals.duty_of_code(tx, code)
    if found is None:
        raise NotFound("没有这个编码：请核对封面上的编码，或请单位重新打印封面。", code="no_cover")
    visit.must_reach_unit(found.unit_id, what="这个编码", roles=(Role.ADMIN, Role.REVIEWER))
    return found


def _signatory(visit: Visit, tx: Session, signatory_id: int) -> Signatory:
    one = tx.get(Signatory, signatory_id)
    if one is None:
        raise NotFound("登记簿里没有这一户，或者不在您的权限范围内。", code="no_signatory")
    visit.must_reach_unit(one.unit_id, what="这一户", roles=OWN)
    return one


def _kept(visit: Visit, source: Any, name: str) -> KeptFile:
    one = visit.place.evidence.put(source, name)
    return KeptFile(one.name, one.sha256, one.size, one.media_type, one.scan, one.taken_on)


def _said(done: Received) -> str:
    if done.again:
        return "这次收件已经登记过，没有重复登记。"
    left = f"还差 {done.missing} 份。" if done.missing else "份数已齐。"
    return f"已登记收件，累计 {done.copies} 份，{left}{f'已作为第 {done.version} 版报送，等待审核。' if done.version else ''}"


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as wrong:
        raise CampaignError("份数应填整数，如 2。", code="bad_copies") from wrong
