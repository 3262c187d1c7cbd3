"""Logging in by the organisation's own sign-on: off to the provider and back. Password and provider lead to the same kind of session."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from campaign.errors import CampaignError, NotFound
from campaign.portal.oidc import Attempt, SignOn
from campaign.portal.pages.account import end_session, enter, login_page, own_path
from campaign.portal.visit import Visit, Visiting
from campaign.work.people.sign_on import sign_on

router = APIRouter()
KEPT_SECONDS = 600


@router.get("/login/oidc")
def off_to_the_provider(visit: Visiting, next: str = "/") -> Response:
    provider = _provider(visit)
    try:
        address, attempt = provider.start(_back(visit), own_path(next))
    except CampaignError as refused:
        return login_page(visit, after=own_path(next), refusal=refused.message, status=503)
    answer = RedirectResponse(address, 303)
    answer.set_cookie(_cookie(visit), quote(attempt.packed()), max_age=KEPT_SECONDS, httponly=True, samesite="lax", secure=visit.place.secure_cookies)
    return answer


@router.get("/login/oidc/back")
def back_from_the_provider(visit: Visiting) -> Response:
    from urllib.parse import unquote

    provider = _provider(visit)
    attempt = Attempt.unpacked(unquote(visit.request.cookies.get(_cookie(visit), "")))
    if attempt is None:
        return login_page(visit, after="/", refusal="登录等待太久，或浏览器没有保存登录信息。请重新登录。", status=400)
    try:
        who = provider.finish(visit.request.query_params, attempt, _back(visit), visit.now)
        entered = sign_on(visit.place.store, who, visit.now, make_accounts=provider.make_accounts)
    except CampaignError as refused:
        answer = login_page(visit, after=own_path(attempt.after), refusal=refused.message, status=503 if refused.code == "provider_away" else 403)
        answer.delete_cookie(_cookie(visit), secure=visit.place.secure_cookies, httponly=True, samesite="lax")
        return answer
    end_session(visit)
    answer = enter(visit, entered, own_path(attempt.after))
    answer.delete_cookie(_cookie(visit), secure=visit.place.secure_cookies, httponly=True, samesite="lax")
    return answer


def _provider(visit: Visit) -> SignOn:
    if visit.place.sign_on is None:
        raise NotFound("本系统没有启用统一身份认证：请用登录名和口令登录。", code="no_provider")
    return visit.place.sign_on


def _back(visit: Visit) -> str:
    """The address that the provider sends people back to; the host was checked before any page."""
    scheme = "https" if visit.place.secure_cookies else "http"
    return f"{scheme}://{visit.request.headers.get('host', '')}/login/oidc/back"


def _cookie(visit: Visit) -> str:
    return "__Host-oidc" if visit.place.secure_cookies else "oidc"
