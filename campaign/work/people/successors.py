"""Somebody new holds a post: what the unit was last told is told again to the successor, once, and what never arrived is tried again.

Duties stay with the unit, so nothing else moves. The key of such a sending names paper and person; whoever is entered twice gets it once, and
who held another post of the unit before has it already.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from campaign.records.log import write_event
from campaign.records.papers import afresh
from campaign.rules.calendar import campaign_day
from campaign.rules.papers import RECEIPTED
from campaign.work.by import By
from campaign.work.papers.addressing import ONE_PERSON


def send_afresh(tx: Session, joined: Sequence[tuple[int, int]], by: By) -> int:
    """`joined` are (unit, person) who begin today; answers how many papers go out again."""
    count = 0
    for unit_id, person_id in dict.fromkeys(joined):
        if afresh.was_there(tx, unit_id, person_id, campaign_day(by.now)):
            continue
        for paper in afresh.last_papers(tx, unit_id, RECEIPTED):
            if not afresh.add_copy(tx, paper, audience=f"{ONE_PERSON}{person_id}", key=f"n{paper.id}-p{person_id}", now=by.now):
                continue
            count += 1
            write_event(tx, at=by.now, actor=by.actor, verb="send_afresh", reason=by.reason, campaign_id=paper.campaign_id, subject="notice",
                        subject_id=paper.id, detail={"person": person_id})  # fmt: skip
    return count
