"""What stands before every page: which host names are answered, how large a request may be, and the headers of every answer.

Plain ASGI, because it also has to hold for static files, error pages and answers that nobody thought of.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=(), payment=()",
}
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
WROTE, WROTE_SECONDS = "wrote", 60
"""The cookie that says when this browser wrote last: whichever portal answers next shows it no count from before."""
FORM_BYTES = 2_000_000
FILE_FORM_BYTES = 210_000_000
SECONDS = re.compile(r"\d{1,12}\.\d{3}")


class TooLarge(Exception):
    """More bytes came than a form may have."""


class Shield:
    """`hosts` without ports; an entry `.example.cn` also stands for its subdomains."""

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str], file_paths: tuple[str, ...] = ()) -> None:
        self.app, self.hosts, self.file_paths = app, tuple(host.lower() for host in hosts), file_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, begun = time.perf_counter(), False

        async def send_shielded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
                if scope["method"] in UNSAFE:
                    headers.append("set-cookie", f"{WROTE}={time.time():.3f}; Path=/; Max-Age={WROTE_SECONDS}; HttpOnly; SameSite=lax")
                headers["server-timing"] = f"app;dur={(time.perf_counter() - started) * 1000:.1f}"
            await send(message)

        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1")
        if not self.answers_to(host):
            refusal = "本系统不以这个域名提供服务。请使用管理员告知的网址；管理员可通过 CAMPAIGN_PORTAL_HOSTS 增加域名。"
            await _plain(400, "网址不对", refusal)(scope, receive, send_shielded)
            return
        large = scope["path"].endswith(self.file_paths) or scope["path"].startswith("/api/uploads/")
        limit = FILE_FORM_BYTES if large else FORM_BYTES
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > limit:
            await _plain(413, "内容太大", _too_large(limit))(scope, receive, send_shielded)
            return
        received = 0

        async def receive_limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise TooLarge
            return message

        try:
            await self.app(scope, receive_limited, send_shielded)
        except TooLarge:
            if not begun:
                await _plain(413, "内容太大", _too_large(limit))(scope, receive, send_shielded)

    def answers_to(self, host: str) -> bool:
        name = (host.rsplit(":", 1)[0] if host.rsplit(":", 1)[-1].isdigit() else host).lower()
        return any(name == one or (one.startswith(".") and name.endswith(one)) for one in self.hosts)


def wrote_at(request: Request) -> float:
    """When this browser wrote last, if that is not long ago. A cookie that is none of ours only has its sender's counts asked anew."""
    said = request.cookies.get(WROTE, "")
    return float(said) if SECONDS.fullmatch(said) else 0.0


def _too_large(limit: int) -> str:
    return f"一次提交的内容超过 {limit // 1_000_000} MB。请分次提交；较大的文件请用支持断点续传的上传框。"


def _plain(status: int, title: str, text: str) -> HTMLResponse:
    head = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>'
    page = f'{head}<body><h1>{title}</h1><p>{text}</p><p><a href="/">返回首页</a></p></body></html>'
    return HTMLResponse(page, status)
