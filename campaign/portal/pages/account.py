"""Logging in and out, and one's own password."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from campaign.errors import CampaignError
from campaign.portal.visit import Visit, Visiting, session_cookie
from campaign.records.people import accounts as records
from campaign.records.tables import PortalAccount
from campaign.work.people import accounts
from campaign.work.people.first_accounts import DEMO_PASSWORD, DEMO_PREFIX

router = APIRouter()


@router.get("/login")
def login_form(visit: Visiting, next: str = "/", left: bool = False) -> Response:
    return login_page(visit, after=own_path(next), left=left)


@router.post("/login")
def log_in(visit: Visiting) -> Response:
    """A new session with a new token and a new form token; the one before, if any, ends."""
    after, login = own_path(visit.form.get("next", "/")), visit.form.get("login", "")
    try:
        if login.strip().lower().startswith(DEMO_PREFIX) and not visit.place.open_board:
            raise CampaignError("演示账号只能在本机使用。请用自己的账号登录。", code="demo_only_here")
        address = visit.request.client.host if visit.request.client else "unknown"
        entered = accounts.log_in(visit.place.store, login, visit.form.get("password", ""), address, visit.now)
    except CampaignError as refusal:
        return login_page(visit, after=after, login=login, refusal=refusal.message, status=429 if refusal.code == "locked" else 403)
    end_session(visit)
    return enter(visit, entered, after)


@router.post("/logout")
def log_out(visit: Visiting) -> Response:
    end_session(visit)
    answer = RedirectResponse("/login?left=1" if visit.place.sign_on else "/login", 303)
    answer.delete_cookie(session_cookie(visit.place), secure=visit.place.secure_cookies, httponly=True, samesite="lax")
    return answer


def enter(visit: Visit, entered: accounts.LoggedIn, after: str) -> Response:
    """The cookie of a new session; whoever came with a first password changes it before anything else."""
    answer = RedirectResponse("/password" if entered.must_change else after, 303)
    place = visit.place
    answer.set_cookie(
        session_cookie(place), entered.token, max_age=int(accounts.SESSION_FOR.total_seconds()), httponly=True, samesite="lax", secure=place.secure_cookies
    )
    answer.delete_cookie("pre")
    return answer


@router.get("/password")
def password_form(visit: Visiting) -> Response:
    return visit.page("password.html", refusal="", shortest=accounts.SHORTEST_PASSWORD)


@router.post("/password")
def change_password(visit: Visiting) -> Response:
    """Needs the old one; every other session of the account ends."""
    old, new, again = (visit.form.get(name, "") for name in ("old", "password", "again"))
    with visit.place.store.read() as tx:
        account = tx.get_one(PortalAccount, visit.me.account_id)
    try:
        if not accounts.matches(account.password_hash, old):
            raise CampaignError("原口令不对。", code="wrong_password")
        if new != again:
            raise CampaignError("两次输入的新口令不一致。", code="not_the_same")
        if new == old:
            raise CampaignError("新口令不能与原口令相同。", code="same_password")
        accounts.refuse_weak(new, account.login, account.name)
        kept = accounts.hasher().hash(new)
        with visit.place.store.begin() as tx:
            current = accounts.token_hash(visit.request.cookies.get(session_cookie(visit.place), ""))
            accounts.change_password(tx, tx.get_one(PortalAccount, account.id), kept, visit.by(), keep_session=current)
    except CampaignError as refusal:
        return visit.page("password.html", status=400, refusal=refusal.message, shortest=accounts.SHORTEST_PASSWORD)
    return visit.go("/", "口令已修改，其他设备上的登录已全部退出。")


def login_page(visit: Visit, *, after: str, login: str = "", refusal: str = "", status: int = 200, left: bool = False) -> Response:
    demo, untouched = [], False
    if visit.place.open_board:
        with visit.place.store.read() as tx:
            demo, untouched = records.any_demo(tx), records.only_the_first(tx)
    provider = visit.place.sign_on
    return visit.page(
        "login.html",
        status=status,
        after=after,
        login=login,
        refusal=refusal,
        demo=demo,
        demo_password=DEMO_PASSWORD,
        untouched=untouched,
        provider=provider.label if provider else "",
        farewell=provider.farewell(f"{visit.request.url.scheme}://{visit.request.headers.get('host', '')}/login") if provider and left else "",
    )


def end_session(visit: Visit) -> None:
    token = visit.request.cookies.get(session_cookie(visit.place), "")
    if token:
        with visit.place.store.begin() as tx:
            records.revoke_session(tx, accounts.token_hash(token), visit.now)


def own_path(wanted: str) -> str:
    """Only a path of ours: a login page must not send people elsewhere."""
    parts = urlsplit(wanted)
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme and "\\" not in wanted
    return wanted if safe and all(letter.isprintable() for letter in wanted) else "/"
