"""One duty: what exactly is asked by when, what was handed in with its verdicts, the papers about it, and its history."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.responses import Response

from campaign.errors import NotFound
from campaign.portal.access import Role
from campaign.portal.flags import counted_words
from campaign.portal.visit import Visit, Visiting
from campaign.portal.wording import deadline
from campaign.records.duty import requests, review_chains, splits
from campaign.records.pages import todo
from campaign.records.papers.receipts import ORIGIN
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Duty
from campaign.rules.calendar import campaign_day, due_on, yellow_through
from campaign.rules.counting import count_events
from campaign.rules.sensitive import is_sensitive_ledger
from campaign.rules.splitting import DONE, SPLIT_KINDS, why_not_split
from campaign.work.duty.hand_in import MAY_HAND_IN

router = APIRouter()
HAND_IN_ROLES = (Role.ADMIN, Role.CONTACT, Role.UNIT_HEAD)
READ_ROLES = tuple(role for role in Role if role is not Role.AUDITOR)


@dataclass
class DutyPage:
    """Everything the page shows; read in one snapshot."""

    facts: Any
    versions: list[Any]
    files: dict[int, list[Any]]
    papers: list[Any]
    history: list[Any]
    steps: list[Any]
    requests: list[Any]
    tray: list[Any]
    reusable: list[Any]
    deadline: str
    may_hand_in: bool
    may_ask: bool
    may_sign_for: bool
    waiting: Any = None
    chain: dict[int, list[Any]] = field(default_factory=dict)
    parts: list[Any] = field(default_factory=list)
    whole: Any = None
    may_split: bool = False
    office_may: dict[str, str] = field(default_factory=dict)

    @property
    def parts_left(self) -> bool:
        return any(one.state not in DONE for one in self.parts)


@router.get("/duties/{duty_id}")
def duty_page(visit: Visiting, duty_id: int) -> Response:
    return show_duty(visit, duty_id)


def show_duty(visit: Visit, duty_id: int, *, refusal: str = "", status: int = 200) -> Response:
    """The page, also after a refusal: then with what was typed."""
    with visit.place.store.read() as tx:
        page = read_page(visit, tx, duty_id)
    return visit.page(
        "duty.html",
        status=status,
        duty=page.facts,
        page=page,
        refusal=refusal,
        typed=visit.form,
        today=campaign_day(visit.now),
        naming=name_pattern(page.facts, visit),
        counted=_counted(page),
        ledger=is_sensitive_ledger(page.facts.title),
    )


def read_page(visit: Visit, tx: Session, duty_id: int) -> DutyPage:
    calendar = load_calendar(tx)
    facts = todo.duty_facts(tx, duty_id, visit.now, yellow_through(visit.now, calendar))
    if facts is None:
        raise NotFound("没有这项应办事项，或者不在您的权限范围内。", code="no_duty")
    visit.must_reach_unit(facts.unit_id, facts.lead_unit_id, what="这项应办事项", roles=READ_ROLES)
    versions = todo.versions_of(tx, duty_id)
    own = visit.units_as(*HAND_IN_ROLES)
    mine = own is None or facts.unit_id in own
    open_to_me = mine and facts.kind in todo.OWN_KINDS and facts.notice_id is None
    may_hand_in = open_to_me and facts.state in MAY_HAND_IN
    chained = [row.id for row in versions if row.chain_id is not None]
    has_parts, has_below = splits.parts_and_below(tx, duty_id, facts.unit_id) if facts.kind in SPLIT_KINDS and facts.parent_id is None else (False, False)
    refusal = why_not_split(facts.kind, facts.state, is_part=facts.parent_id is not None, is_paper=facts.notice_id is not None)
    return DutyPage(
        facts=facts,
        versions=versions,
        files=todo.files_of_versions(tx, [row.id for row in versions]) if versions else {},
        papers=todo.papers_of_duty(tx, duty_id),
        history=todo.history_of(tx, duty_id),
        steps=todo.steps_of(tx, duty_id),
        requests=todo.requests_of(tx, duty_id) if open_to_me or Role.ADMIN in visit.roles else [],
        tray=requests.tray(tx, visit.me.account_id, duty_id) if may_hand_in else [],
        reusable=requests.reusable_files(tx, [facts.unit_id], duty_id) if may_hand_in else [],
        deadline=partial(deadline, now=visit.now, calendar=calendar)(facts.due_at),
        may_hand_in=may_hand_in,
        may_ask=open_to_me and facts.state in ("open", "returned"),
        may_sign_for=mine and facts.origin.startswith(ORIGIN) and facts.state in ("open", "returned"),
        waiting=review_chains.waiting_at(tx, [duty_id]).get(duty_id) if chained and facts.state == "submitted" else None,
        chain=review_chains.step_lines(tx, chained),
        parts=splits.part_lines(tx, duty_id, visit.now, yellow_through(visit.now, calendar)) if has_parts else [],
        whole=splits.whole_of(tx, facts),
        may_split=open_to_me and has_below and refusal is None,
        office_may=_office_may(facts) if Role.ADMIN in visit.roles else {},
    )


def _office_may(facts: Any) -> dict[str, str]:
    """What the office can do to it now; what exists for the sake of another duty, a finding or a paper ends with that."""
    if facts.state == "suspended":
        return {"resume": "恢复计时"}
    its_own = facts.kind in todo.OWN_KINDS and facts.kind != "rectify" and facts.notice_id is None
    found = {"waive": "免报（不涉及）", "cancel": "取消"} if its_own and facts.state in ("open", "returned", "submitted", "waiting") else {}
    if facts.state in ("open", "returned") and facts.notice_id is None:
        found |= {"extend": "延期", "suspend": "暂缓"}
    return found


def own_duty(visit: Visit, tx: Session, duty_id: int) -> Duty:
    """The duty to be changed by its own unit's people, or by the office for them."""
    duty = tx.get(Duty, duty_id)
    if duty is None:
        raise NotFound("没有这项应办事项，或者不在您的权限范围内。", code="no_duty")
    visit.must_reach_unit(duty.unit_id, what="这项应办事项", roles=HAND_IN_ROLES)
    return duty


def _counted(page: DutyPage) -> str:
    """How often a quantified requirement is met: by the version that stands, and by what waits in the tray beside it."""
    wanted = page.facts._mapping["count"]
    if not wanted or wanted < 2:
        return ""
    standing = [one for one in page.files.get(page.versions[0].id, []) if not one.withdrawn_at] if page.versions else []
    return counted_words(count_events([*standing, *page.tray], wanted))


def name_pattern(facts: Any, visit: Visit) -> str:
    """How a file is best called: unit, material, day; where events are counted, the day of the event."""
    if (facts._mapping["count"] or 0) > 1:
        return f"{facts.unit}-{(facts.asked or facts.title)[:30]}-活动日期-序号，如 5月12日-1.jpg。同一天的几张算一次"
    day = due_on(facts.due_at) if facts.due_at else campaign_day(visit.now)
    return f"{facts.unit}-{(facts.asked or facts.title)[:30]}-{day:%Y%m%d}.pdf"
