"""账号: who may log in with which roles; opening, resetting and closing accounts. A one-time password is shown on the answer and nowhere else."""

from __future__ import annotations

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from campaign.errors import CampaignError, NotFound
from campaign.portal.access import Role
from campaign.portal.visit import Visit, Visiting
from campaign.records.campaigns import need_unit
from campaign.records.pages import office
from campaign.records.people import accounts as records
from campaign.records.tables import PortalAccount, Unit
from campaign.work.people import accounts

router = APIRouter()
A_PAGE = 50


@router.get("/users")
def users(visit: Visiting, q: str = "", page: int = 1) -> Response:
    return _page(visit, q=q[:60], page=min(max(page, 1), 10_000))


@router.post("/users")
def add_user(visit: Visiting) -> Response:
    password = accounts.one_time_password()
    kept = accounts.hasher().hash(password)
    try:
        with visit.place.store.begin() as tx:
            account = accounts.add_account(tx, visit.form.get("login", ""), visit.form.get("name", ""), kept, visit.by())
            accounts.grant(tx, account, visit.form.get("role", ""), _unit(visit, tx), visit.by())
            login = account.login
    except CampaignError as refused:
        return _page(visit, refusal=refused.message)
    return _page(visit, password=(login, password))


@router.post("/users/{account_id}")
def change_user(visit: Visiting, account_id: int) -> Response:
    what, by = visit.form.get("what", ""), visit.by(visit.form.get("reason", ""))
    password = accounts.one_time_password()
    kept = accounts.hasher().hash(password) if what == "reset" else ""
    try:
        with visit.place.store.begin() as tx:
            account = tx.get(PortalAccount, account_id)
            if account is None:
                raise NotFound("没有这个账号。", code="no_account")
            if what == "reset":
                accounts.reset_password(tx, account, kept, by)
            elif what == "disable":
                accounts.disable(tx, account, by)
            elif what == "grant":
                accounts.grant(tx, account, visit.form.get("role", ""), _unit(visit, tx), by)
            elif what == "revoke" and visit.form.get("grant", "").isdecimal():
                accounts.revoke_grant(tx, account, int(visit.form["grant"]), by)
            else:
                raise CampaignError("请选择要做什么。", code="no_choice")
            login, name = account.login, account.name
    except CampaignError as refused:
        return _page(visit, refusal=refused.message)
    if what == "reset":
        return _page(visit, password=(login, password))
    return visit.go("/users", f"已更新「{name}」的账号。")


def _page(visit: Visit, *, q: str = "", page: int = 1, refusal: str = "", password: tuple[str, str] | None = None) -> Response:
    with visit.place.store.read() as tx:
        rows = records.list_accounts(tx, wanted=q, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
        grants = records.grants_of(tx, [row.id for row in rows[:A_PAGE]])
        names = office.unit_names(tx, visit.form.get("unit", ""))
    return visit.page(
        "users.html",
        status=400 if refusal else 200,
        rows=rows[:A_PAGE],
        more=len(rows) > A_PAGE,
        page_number=page,
        q=q,
        grants=grants,
        names=names,
        roles=tuple(Role),
        refusal=refusal,
        password=password,
        typed=visit.form if refusal else {},
    )


def _unit(visit: Visit, tx: Session) -> Unit | None:
    wanted = visit.form.get("unit", "")
    return need_unit(tx, wanted) if wanted else None
