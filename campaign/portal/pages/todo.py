"""我的待办: what the visitor's units owe, the most urgent first. Made for a phone: one column, one tap to the duty."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from campaign.portal.access import Role
from campaign.portal.visit import Visiting
from campaign.portal.wording import deadline
from campaign.records.duty import review_chains
from campaign.records.pages import todo as records
from campaign.records.planning.calendars import load_calendar
from campaign.rules.calendar import yellow_through

router = APIRouter()
A_PAGE = 20
OWN_ROLES = (Role.CONTACT, Role.UNIT_HEAD, Role.LEAD_UNIT)
TABS = (("todo", "待办"), ("red", "逾期"), ("returned", "退回补正"), ("submitted", "待审核"), ("done", "已办结"))
EMPTY = {
    "todo": "目前没有要办的事项。有新任务时会出现在这里，并另发通知。",
    "red": "没有逾期事项。",
    "returned": "没有被退回的材料。",
    "submitted": "没有等待审核的材料。",
    "done": "还没有办结的事项。",
}


@router.get("/todo")
def my_duties(visit: Visiting, show: str = "todo", page: int = 1) -> Response:
    show, page = show if show in records.FILTERS else "todo", min(max(page, 1), 10_000)
    units = visit.units_as(*OWN_ROLES)
    with visit.place.store.read() as tx:
        calendar = load_calendar(tx)
        yellow = yellow_through(visit.now, calendar)
        counts = visit.counted(tx, ("todo", units), lambda tx: records.todo_counts(tx, units, visit.now))
        lines = records.todo_lines(tx, units, show, visit.now, yellow, limit=A_PAGE + 1, offset=(page - 1) * A_PAGE)
        unread = sum(row.read_at is None for row in records.notice_lines_of_units(tx, units, visit.me.name, limit=20))
        waiting = review_chains.waiting_at(tx, [one.id for one in lines]) if show == "submitted" else {}
    spoken = partial(deadline, now=visit.now, calendar=calendar)
    return visit.page(
        "todo.html",
        lines=lines[:A_PAGE],
        more=len(lines) > A_PAGE,
        page_number=page,
        show=show,
        tabs=TABS,
        counts=counts,
        empty=EMPTY[show],
        deadline=spoken,
        several=units is None or len(units) > 1,
        unread=unread,
        waiting=waiting,
    )
