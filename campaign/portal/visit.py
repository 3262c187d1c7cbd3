"""One request: who asks, at what moment, with which form, and whether the route's rule lets them. Every route goes through `visit`.

Refuses a write whose origin or token does not prove that one of our own pages sent it, and a route that has no rule. What lies outside a
visitor's units is answered as if it did not exist, and the attempt is logged.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from campaign.errors import CampaignError, NotFound
from campaign.portal.access import BOARD, PUBLIC, SIGNED_IN, Role, Rule, rule_of
from campaign.portal.menu import Menu, menu
from campaign.portal.place import Place
from campaign.portal.shield import UNSAFE, wrote_at
from campaign.portal.wording import FILTERS
from campaign.records.people.accounts import Signed, session_was, signed_in
from campaign.records.people.below import units_below
from campaign.records.planning.calendars import last_read
from campaign.rules.calendar import campaign_day, due_on
from campaign.work.by import By
from campaign.work.people.accounts import token_hash

log = logging.getLogger("campaign.portal")
T = TypeVar("T")
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters.update(FILTERS)
TEMPLATES.filters["role"] = lambda role: Role(role).label
FILE_COUNT = 30
LONGEST_NUMBER = 18
FIRST_PASSWORD_PAGES = frozenset({"/password", "/logout"})


class LoginNeeded(Exception):
    """The page is there, but only for people who logged in."""


class PasswordChangeNeeded(Exception):
    """Logged in with a first password, which somebody else has seen."""


@dataclass
class Visit:
    request: Request
    place: Place
    now: datetime
    signed: Signed | None
    csrf: str
    form: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    files: list[UploadFile] = field(default_factory=list)
    _reach: dict[frozenset[int], frozenset[int]] = field(default_factory=dict)
    _oldest: float = 0.0

    @property
    def me(self) -> Signed:
        if self.signed is None:
            raise LoginNeeded
        return self.signed

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(role) for role, _ in self.signed.grants) if self.signed else frozenset()

    def by(self, reason: str = "") -> By:
        return By(self.me.name, self.now, reason)

    @cached_property
    def _calendar(self) -> Any:
        known = last_read(str(self.place.store.url))
        if known is not None:
            return known
        with self.place.store.read() as tx:
            return calendar_of(tx)

    def by_estimate(self, due_at: datetime | None) -> bool:
        """Was this deadline counted in a year whose notice is not published yet?"""
        return due_at is not None and bool(self._calendar.is_estimated(due_on(due_at)))

    def may(self, method_and_path: str) -> bool:
        """Whether a link or button leads anywhere for this visitor; pages ask it before showing one."""
        method, _, path = method_and_path.partition(" ")
        return allows(rule_of(method, path), self)

    def menu(self, path: str) -> Menu:
        return menu(self.may, path)

    @property
    def prefect_is_down(self) -> bool:
        """Said on every page to those whose work shows runs; nobody else knows Prefect by name."""
        return self.may("GET /campaigns") and self.place.prefect.look().up is False

    def counted(self, tx: Session, key: Hashable, ask: Callable[[Session], T]) -> T:
        """What is dear to count, remembered for all visitors; never from before this visitor's own last write."""

        def again() -> T:
            with self.place.store.read() as fresh:
                return ask(fresh)

        answer: T = self.place.counts.get(key, lambda: ask(tx), since=wrote_at(self.request), again=again)
        self._oldest = max(self._oldest, self.place.counts.age(key))
        return answer

    @property
    def counted_at(self) -> datetime:
        """As of when everything on this page is counted."""
        return self.now - timedelta(seconds=self._oldest)

    @cached_property
    def units(self) -> frozenset[int] | None:
        """The units whose duties are this visitor's own; None for the whole house."""
        return self._units_of({role.value for role in Role})

    def units_as(self, *roles: Role) -> frozenset[int] | None:
        return self._units_of({role.value for role in roles})

    def _units_of(self, roles: set[str]) -> frozenset[int] | None:
        roots = [unit for role, unit in self.me.grants if role in roles]
        if None in roots:
            return None
        below = frozenset(root for root in roots if root is not None)
        if below and below not in self._reach:
            with self.place.store.read() as tx:
                self._reach[below] = units_below(tx, sorted(below))
        return self._reach.get(below, frozenset())

    def must_reach_unit(self, unit_id: int, *also: int | None, what: str = "这个页面", roles: Iterable[Role] | None = None) -> None:
        """404 for somebody else's: that it exists is not said. `also` are units whose people may look too (the lead unit)."""
        reach = self.units if roles is None else self.units_as(*roles)
        if reach is None or unit_id in reach or any(one in reach for one in also if one is not None):
            return
        log.warning("越权访问: %s 访问 %s", self.me.name, self.request.url.path)
        raise NotFound(f"没有{what}，或者不在您的权限范围内。", code="out_of_reach")

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        return show(self.request, template, status=status, visit=self, **values)

    def go(self, path: str, said: str = "", *, run: str = "") -> Response:
        """Back to a page after a write; what was done is told there once, with a link to the run that Prefect makes of it."""
        answer = RedirectResponse(path, 303)
        if said:
            from urllib.parse import quote

            answer.set_cookie("said", quote(f"{said[:400]}\n{run}"), max_age=60, httponly=True, samesite="lax", secure=self.place.secure_cookies)
        return answer


def place_of(request: Request) -> Place:
    place: Place = request.app.state.place
    return place


def show(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    from urllib.parse import unquote

    here: Visit | None = values.setdefault("visit", getattr(request.state, "visit", None))
    said, _, run = (unquote(request.cookies.get("said", "")) if status == 200 and request.method == "GET" else "").partition("\n")
    run = run if run and run.startswith(f"{place_of(request).prefect.look().ui_url}/runs/") else ""
    answer = HTMLResponse(TEMPLATES.get_template(template).render(path=request.url.path, said=said, said_run=run, **values), status)
    if said:
        answer.delete_cookie("said")
    if here is not None and here.signed is None and request.cookies.get("pre") != here.csrf:
        answer.set_cookie("pre", here.csrf, max_age=3600, httponly=True, samesite="lax", secure=here.place.secure_cookies)
    return answer


def session_cookie(place: Place) -> str:
    return "__Host-campaign" if place.secure_cookies else "campaign_session"


def had_session(request: Request) -> bool:
    """Whether this browser was logged in once: only then is a large form of somebody unknown read at all, to give its words back."""
    place = place_of(request)
    token = request.cookies.get(session_cookie(place), "")
    if not token:
        return False
    with place.store.read() as tx:
        return session_was(tx, token_hash(token))


async def visit(request: Request) -> AsyncIterator[Visit]:
    """The app's own dependency, so that no route can forget it."""
    place = place_of(request)
    now = place.clock()
    _refuse_rubbish(request)
    token = request.cookies.get(session_cookie(place), "")
    signed = await run_in_threadpool(_signed, place, token, now) if token else None
    csrf = signed.csrf if signed else request.cookies.get("pre", "")[:64] or secrets.token_urlsafe(24)
    here = Visit(request, place, now, signed, csrf)
    request.state.visit = here
    path = request.scope["route"].path
    _admit(here, rule_of(request.method, path))
    if signed is not None and signed.must_change and path not in FIRST_PASSWORD_PAGES and rule_of(request.method, path) is not PUBLIC:
        raise PasswordChangeNeeded
    form = await _form(request, here) if request.method in UNSAFE else None
    try:
        yield here
    finally:
        if form is not None:
            await form.close()


def _refuse_rubbish(request: Request) -> None:
    """An address with a number that no table has, or with characters that no database takes, leads nowhere."""
    for value in (*request.path_params.values(), *request.query_params.values()):
        text = str(value)
        if not all(letter.isprintable() for letter in text) or (len(text) > LONGEST_NUMBER and text.lstrip("-").isdecimal()):
            raise HTTPException(404)


def allows(rule: Rule | None, here: Visit) -> bool:
    if rule is None:
        return False
    if rule is PUBLIC or (rule is BOARD and here.place.open_board):
        return True
    if here.signed is None:
        return False
    return rule in (SIGNED_IN, BOARD) or (isinstance(rule, frozenset) and bool(rule & here.roles))


def _admit(here: Visit, rule: Rule | None) -> None:
    if allows(rule, here):
        return
    if here.signed is None and rule is not None:
        raise LoginNeeded
    log.warning("拒绝访问: %s %s %s", here.signed.name if here.signed else "未登录", here.request.method, here.request.url.path)
    raise HTTPException(403)


def _signed(place: Place, token: str, now: datetime) -> Signed | None:
    with place.store.read() as tx:
        return signed_in(tx, token_hash(token), now, campaign_day(now))


async def _form(request: Request, here: Visit) -> FormData | None:
    """The form of a write, after its origin and token were checked. Bodies that are no form carry the token in a header."""
    if not _own_origin(request):
        raise CampaignError("这次提交不是从本系统的页面发出的，已拒绝。请从本系统的页面重新操作。", code="foreign_origin")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    form: FormData | None = None
    given = request.headers.get("x-csrf-token", "")
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data") and not request.url.path.startswith("/api/"):
        form = await request.form(max_files=FILE_COUNT, max_fields=2000, max_part_size=1_000_000)
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:
                    here.files.append(value)
            else:
                text = _clean(value)
                here.form[name] = text
                here.lists.setdefault(name, []).append(text)
        given = here.form.get("csrf", given)
    if not given or not hmac.compare_digest(given.encode(), here.csrf.encode()):
        raise CampaignError("页面停留太久或已重新登录，表单已失效。请返回刷新页面后重新提交；您填写的内容显示在下面。", code="stale_form")
    return form


def _own_origin(request: Request) -> bool:
    origin = request.headers.get("origin") or request.headers.get("referer") or ""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    return not origin or urlsplit(origin).netloc == request.headers.get("host", "")


def _clean(text: str) -> str:
    """Without control characters (a database or a document may refuse them); line ends as one."""
    return "".join(letter for letter in text.replace("\r\n", "\n") if letter in "\n\t" or letter.isprintable() or letter == "\u3000").strip()


def calendar_of(tx: Session) -> Any:
    from campaign.records.planning.calendars import load_calendar

    return load_calendar(tx)


Visiting = Annotated[Visit, Depends(visit)]
