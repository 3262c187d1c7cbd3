"""One request: who asks, at what moment, with which form, and whether the route's rule lets them. Every route goes through `visit`.

Refuses a write whose origin or token does not prove that one of our own pages sent it, and a route that has no rule.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from campaign.portal.access import BOARD, PUBLIC, rule_of
from campaign.portal.place import Place
from campaign.portal.wording import FILTERS

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape(default=True), undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip
TEMPLATES.filters.update(FILTERS)


class LoginNeeded(Exception):
    """The page is there, but only for people who logged in."""


@dataclass
class Visit:
    request: Request
    place: Place
    now: datetime
    form: dict[str, str] = field(default_factory=dict)

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        return show(self.request, template, status=status, visit=self, **values)


def place_of(request: Request) -> Place:
    place: Place = request.app.state.place
    return place


def show(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    values.setdefault("visit", getattr(request.state, "visit", None))
    return HTMLResponse(TEMPLATES.get_template(template).render(path=request.url.path, **values), status)


async def visit(request: Request) -> AsyncIterator[Visit]:
    """The app's own dependency, so that no route can forget it."""
    place = place_of(request)
    here = Visit(request, place, place.clock())
    request.state.visit = here
    rule = rule_of(request.method, request.scope["route"].path)
    if rule is None:
        raise HTTPException(403)
    if rule is not PUBLIC and not (rule is BOARD and place.open_board):
        raise LoginNeeded
    yield here


Visiting = Annotated[Visit, Depends(visit)]
