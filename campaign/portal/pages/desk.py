"""The office's desk: papers that wait for a signature or for a hand delivery, and the requests of units."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from campaign.errors import CampaignError, NotFound
from campaign.evidence.files import Kept
from campaign.portal.typed import needed_day
from campaign.portal.visit import Visit, Visiting
from campaign.records.campaigns import need_unit
from campaign.records.duty import requests
from campaign.records.pages import boards, office
from campaign.records.papers.notices import find_notice, undelivered_by_draft
from campaign.records.tables import DutyRequest, FileWithdrawal
from campaign.work.duty import requests as work
from campaign.work.duty import withdrawal
from campaign.work.duty.hand_in import KeptFile
from campaign.work.papers import signing

router = APIRouter()
A_PAGE = 20


@router.get("/sign")
def papers(visit: Visiting, page: int = 1) -> Response:
    return _papers(visit, min(max(page, 1), 10_000))


@router.post("/sign/{notice_id}")
def sign_or_withdraw(visit: Visiting, notice_id: int) -> Response:
    what, reason = visit.form.get("what", ""), visit.form.get("reason", "")
    try:
        kept = [visit.place.evidence.put(sent.file, sent.filename or "") for sent in visit.files] if what == "paper" else []
        with visit.place.store.begin() as tx:
            notice = find_notice(tx, notice_id)
            if what in ("sign", "paper"):
                number = signing.sign_notice(tx, notice, visit.by(reason), number=visit.form.get("number") or None, **_signed_on_paper(visit, what, kept))
                said = f"已签发{f'，文号 {number}' if number else ''}。" if notice.state != "empty" else "所列事项都已办结，不再发出。"
            elif what == "withdraw":
                signing.withdraw_notice(tx, notice, visit.by(reason))
                said = "已撤回。所列事项仍需办理，督办级别不变。"
            elif what == "serve":
                signing.serve_by_hand(tx, notice, visit.by(reason), to=visit.form.get("to", ""))
                said = "已登记人工送达。"
            else:
                raise CampaignError("请选择签发、撤回或登记送达。", code="no_choice")
    except CampaignError as refused:
        return _papers(visit, 1, refusal=refused.message.replace("：请加 --reason。", "。").replace(":--to 姓名。", "。"))
    return visit.go("/sign", said)


@router.get("/requests")
def unit_requests(visit: Visiting, show: str = "open", page: int = 1) -> Response:
    return _requests(visit, "decided" if show == "decided" else "open", min(max(page, 1), 10_000))


@router.post("/requests/{request_id}")
def answer_request(visit: Visiting, request_id: int) -> Response:
    what, by = visit.form.get("what", ""), visit.by(visit.form.get("reason", ""))
    try:
        with visit.place.store.begin() as tx:
            request = tx.get(DutyRequest, request_id)
            if request is None:
                raise NotFound("没有这项申请。", code="no_request")
            if what == "grant":
                work.grant_extension(tx, request, needed_day(visit.form.get("on", ""), "请选择延期到哪一天。"), by)
            elif what == "reassign":
                if not visit.form.get("unit"):
                    raise CampaignError("请填写改派给哪个单位。", code="no_unit")
                work.reassign(tx, request, need_unit(tx, visit.form["unit"]), by)
            elif what == "waive":
                work.waive_on_request(tx, request, by)
            elif what == "reject":
                work.reject(tx, request, by)
            else:
                raise CampaignError("请选择怎样答复。", code="no_choice")
    except CampaignError as refused:
        return _requests(visit, "open", 1, refusal=refused.message)
    return visit.go("/requests", "已答复，单位可以在事项页面看到。")


@router.post("/withdrawals/{withdrawal_id}")
def decide_withdrawal(visit: Visiting, withdrawal_id: int) -> Response:
    """The second of two persons: the bytes go everywhere, hash and tombstone stay."""
    try:
        with visit.place.store.begin() as tx:
            asked = tx.get(FileWithdrawal, withdrawal_id)
            if asked is None:
                raise NotFound("没有这项申请。", code="no_request")
            sha256, reason = asked.sha256, asked.reason
            agreed = visit.form.get("what") == "agree"
            withdrawal.decide(tx, asked, visit.by(visit.form.get("reason", "")), agree=agreed)
        if agreed:
            visit.place.remove_bytes(sha256, reason)
    except CampaignError as refused:
        return _requests(visit, "open", 1, refusal=refused.message)
    return visit.go("/requests", "文件已撤回，只保留校验值和撤回记录。" if agreed else "已记录不同意撤回。")


def _signed_on_paper(visit: Visit, what: str, kept: list[Kept]) -> dict[str, Any]:
    """Whose name stands on the slip, and its scan; nothing for who signs here."""
    if what != "paper":
        return {}
    signer = visit.form.get("signer", "").strip()
    if not signer:
        raise CampaignError("请填写在送签单上签字的人。", code="no_signer")
    return {"signed_by": signer, "scan": [KeptFile(one.name, one.sha256, one.size, one.media_type) for one in kept]}


def _papers(visit: Visit, page: int, *, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        drafts = boards.papers_to_sign(tx, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
        issued = boards.papers_to_sign(tx, state="issued", limit=A_PAGE)
        held = undelivered_by_draft(tx, [row.id for row in drafts])
    return visit.page(
        "sign.html",
        status=409 if refusal else 200,
        drafts=drafts[:A_PAGE],
        more=len(drafts) > A_PAGE,
        page_number=page,
        issued=issued,
        held=held,
        refusal=refusal,
        typed=visit.form,
    )


def _requests(visit: Visit, show: str, page: int, *, refusal: str = "") -> Response:
    with visit.place.store.read() as tx:
        rows = requests.request_lines(tx, state=show, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
        files = requests.withdrawal_lines(tx) if show == "open" else []
        names = office.unit_names(tx, visit.form.get("unit", "")) if show == "open" else []
    return visit.page(
        "requests.html",
        status=409 if refusal else 200,
        rows=rows[:A_PAGE],
        more=len(rows) > A_PAGE,
        page_number=page,
        show=show,
        refusal=refusal,
        typed=visit.form,
        names=names,
        files=files,
    )
