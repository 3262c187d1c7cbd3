"""What a visitor sees when something is not there, not allowed, refused, or our fault. Pages for people, JSON below /api/.

Refuses to lose what was typed: a form that was refused is shown again with its texts, so that they can be copied.
"""

from __future__ import annotations

import logging
import secrets
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from campaign.errors import CampaignError, Conflict, NotAllowed, NotFound, RetryLater
from campaign.portal.shield import TooLarge
from campaign.portal.visit import FILE_COUNT, LoginNeeded, PasswordChangeNeeded, Visit, had_session, show
from campaign.records.log import write_event

log = logging.getLogger("campaign.portal")
STATUS: tuple[tuple[type[CampaignError], int], ...] = ((NotFound, 404), (NotAllowed, 403), (Conflict, 409), (RetryLater, 503), (CampaignError, 400))
TITLES = {
    400: "没有办成", 401: "需要登录", 403: "没有权限", 404: "没有这个页面", 405: "不能这样访问", 409: "情况已有变化", 413: "内容太大", 429: "操作太频繁",
    500: "系统出了意外", 503: "请稍后再试",
}  # fmt: skip
WORDS = {
    404: "网址可能写错了，或者内容不在您的权限范围内。",
    405: "这个网址不能直接打开，请从页面上的按钮进入。",
    403: "您的角色没有这项权限。如确需办理，请联系创建办管理员。",
}
PLAIN_FORM = "application/x-www-form-urlencoded"
HIDDEN_FIELDS = frozenset({"csrf", "password", "again", "old"})


def install(app: FastAPI) -> None:
    app.add_exception_handler(LoginNeeded, _login)
    app.add_exception_handler(PasswordChangeNeeded, _change_password)
    app.add_exception_handler(CampaignError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(OverflowError, _too_big)


async def _login(request: Request, _: Exception) -> Response:
    if _wants_json(request):
        return _json(401, "login_needed", "请先登录。")
    if request.method != "GET":
        kind = request.headers.get("content-type", "")
        if kind.startswith(PLAIN_FORM) or (kind.startswith("multipart/form-data") and await run_in_threadpool(had_session, request)):
            form = await request.form(max_files=FILE_COUNT, max_fields=2000, max_part_size=1_000_000)
            await form.close()  # its words stay
        after = _own(request.headers.get("referer", ""), request) or "/"
        told = "登录已过期，这次没有保存。请重新登录后再提交；您填写的文字显示在下面，可以复制，文件请重新选择。"
        return await _page(request, 401, told, code="login_needed", back=_login_to(after))
    return RedirectResponse(_login_to(request.url.path + (f"?{request.url.query}" if request.url.query else "")), 303)


async def _change_password(request: Request, _: Exception) -> Response:
    if _wants_json(request):
        return _json(403, "password_change_needed", "请先修改首次登录口令。")
    return RedirectResponse("/password", 303)


def _login_to(after: str) -> str:
    return f"/login?next={quote(after)}"


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, CampaignError)
    if error.code == "out_of_reach":
        await run_in_threadpool(_note_attempt, request)
    status = next(code for cls, code in STATUS if isinstance(error, cls))
    return await _page(request, status, error.message, code=error.code)


def _note_attempt(request: Request) -> None:
    """Somebody asked for what is another unit's: that stands in the log, where the office sees it."""
    here: Visit | None = getattr(request.state, "visit", None)
    if here is None or here.signed is None:
        return
    try:
        with here.place.store.begin() as tx:
            write_event(tx, at=here.now, actor=here.signed.name, verb="denied", reason=f"{request.method} {request.url.path}"[:300])
    except CampaignError as busy:
        log.warning("越权访问未能记入日志: %s", busy.message)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = WORDS.get(error.status_code, str(error.detail))
    return await _page(request, error.status_code, words, code=f"http_{error.status_code}")


async def _unreadable(request: Request, error: Exception) -> Response:
    status = 404 if request.method == "GET" else 400
    return await _page(request, status, WORDS[404] if status == 404 else "表单内容不完整，请返回检查后重新提交。", code="unreadable")


async def _too_big(request: Request, error: Exception) -> Response:
    """A form with a number that no table can hold: nobody who used our pages sent it."""
    log.warning("表单中的数字过大: %s", request.url.path)
    return await _page(request, 400, "表单内容有误，请返回页面重新提交。", code="too_big")


class DefectPage:
    """Our own defects, behind the shield: logged with a number that the visitor can name."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watching(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watching)
        except TooLarge:
            raise
        except Exception as error:
            number = secrets.token_hex(4).upper()
            log.error("故障编号 %s: %s", number, scope.get("path"), exc_info=error)
            if scope["type"] != "http" or begun:
                raise
            request = Request(scope, receive)
            message = f"这次操作没有完成，已有数据不受影响。请稍后重试；如仍不行，请把故障编号 {number} 告诉管理员。"
            await (await _page(request, 500, message, code="defect"))(scope, receive, send)


async def _page(request: Request, status: int, message: str, *, code: str, back: str = "") -> Response:
    if _wants_json(request):
        return _json(status, code, message)
    typed: list[tuple[str, str]] = []
    if request.method == "POST" and getattr(request, "_form", None) is not None:
        form = await request.form()
        typed = [(name, text) for name, text in form.multi_items() if isinstance(text, str) and text.strip() and name not in HIDDEN_FIELDS and len(text) > 3]
    back = back or _own(request.headers.get("referer", ""), request)
    title = TITLES.get(status, "没有办成")
    return show(request, "fault.html", status=status, number=status, title=title, message=message, typed=typed, back=back)


def _own(referer: str, request: Request) -> str:
    """Only a way back into the portal itself."""
    parts = urlsplit(referer)
    return parts.path + (f"?{parts.query}" if parts.query else "") if parts.netloc == request.headers.get("host") and parts.path != request.url.path else ""


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _json(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status)
