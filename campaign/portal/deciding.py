"""Which steps of a review a visitor may decide, and over which units: the roles of the rule, asked of the visitor's grants.

Owns one question for the queue and the page of a version alike. What lies outside is answered as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from campaign.portal.access import Role
from campaign.portal.visit import Visit
from campaign.records.pages import reviewing
from campaign.records.pages.reviewing import Reach
from campaign.rules.review_chain import Who, deciders

BY_UNIT = (Who.UNIT_HEAD, Who.LEAD_UNIT, Who.ABOVE)


def reach_of(visit: Visit) -> Reach:
    return Reach(
        office=_units(visit, deciders(Who.OFFICE)),
        report=_units(visit, deciders(Who.OFFICE, receipt=True)),
        by_unit=tuple((who.value, _units(visit, deciders(who))) for who in BY_UNIT),
    )


def may_decide(visit: Visit, step: Any | None, unit_id: int) -> bool:
    """Whether the open review `step` of something that this unit handed in is this visitor's to decide."""
    if step is None:
        return False
    if step.who is None or step.who == Who.OFFICE:
        return _holds(visit, deciders(Who.OFFICE, receipt=bool(step.receipt)), unit_id)
    return _holds(visit, deciders(Who(step.who)), step.unit_id)


def must_see(visit: Visit, tx: Session, submission_id: int, unit_id: int) -> None:
    """The office's reviewers see what their units handed in; others what was at a step of theirs."""
    if _holds(visit, deciders(Who.OFFICE), unit_id):
        return
    if any(_holds(visit, deciders(Who(who)), at) for at, who in reviewing.units_asked(tx, submission_id) if who != Who.OFFICE):
        return
    visit.must_reach_unit(unit_id, what="这份材料", roles=tuple(Role(role) for role in deciders(Who.OFFICE)))


def _units(visit: Visit, roles: Iterable[str]) -> frozenset[int] | None:
    return visit.units_as(*(Role(role) for role in roles))


def _holds(visit: Visit, roles: Iterable[str], unit_id: int) -> bool:
    units = _units(visit, roles)
    return units is None or unit_id in units
