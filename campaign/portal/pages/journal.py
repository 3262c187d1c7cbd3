"""日志 and search."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from campaign.portal.access import Role
from campaign.portal.visit import Visiting
from campaign.records import log
from campaign.records.pages import office
from campaign.records.pages.journal import subject_names
from campaign.work.verbs import VERBS

router = APIRouter()
A_PAGE = 50
SEARCH_ROLES = tuple(role for role in Role if role is not Role.AUDITOR)


@router.get("/log")
def journal(visit: Visiting, actor: str = "", verb: str = "", before: int = 0) -> Response:
    with visit.place.store.read() as tx:
        rows = office.log_lines(tx, actor=actor.strip()[:60], verb=verb[:40], before=before or None, limit=A_PAGE + 1)
        unsealed, head = log.unsealed(tx), log.head(tx)
        names = subject_names(tx, rows)
    return visit.page("log.html", names=names, rows=rows[:A_PAGE], more=len(rows) > A_PAGE, actor=actor, verb=verb, verbs=VERBS, unsealed=unsealed, head=head)


@router.get("/search")
def search(visit: Visiting, q: str = "") -> Response:
    words = q.strip()[:60]
    found: dict[str, list[object]] = {}
    if words:
        reach = visit.units_as(*SEARCH_ROLES)
        with visit.place.store.read() as tx:
            found = office.search_all(tx, words, sorted(reach) if reach is not None else None)
    return visit.page("search.html", q=words, found=found, total=sum(len(rows) for rows in found.values()))
