"""What is due at all, asked in one statement: the clock's question, which most of the time is answered by six times nothing.

Every part is a look-up in an index, or a walk over campaigns and phases, of which there are hundreds. Rehearsals live in their own time: their
duties are never read, however long they are overdue by ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Boolean, bindparam, text
from sqlmodel import Session

from campaign.records.duty.duties import duty_table as duty
from campaign.records.statements import table_of
from campaign.records.tables import Series


@dataclass(frozen=True, slots=True)
class Due:
    phase: bool
    duty: bool
    series: bool
    digest: bool
    bulletin: bool
    delivery: bool


def kinds_due(tx: Session, now: datetime, today: date, horizon: date) -> Due:
    """Of each kind: is anything due? Series are to be grown up to `horizon`."""
    return Due(*tx.execute(_KINDS_DUE, {"now": now, "today": today, "horizon": horizon}).one())


_LIVE = "c.state = 'launched' AND NOT c.rehearsal"
_ASKED = f"""
    SELECT
    EXISTS (SELECT 1 FROM phase p JOIN campaign c ON c.id = p.campaign_id
        WHERE {_LIVE} AND ((p.state = 'planned' AND p.starts_on <= :today) OR (p.state = 'open' AND p.next_pass_at <= :now))) AS phase,
    EXISTS (SELECT 1 FROM campaign c WHERE NOT c.rehearsal
        AND (SELECT min(d.next_rung_at) FROM duty d WHERE d.campaign_id = c.id AND d.next_rung_at IS NOT NULL) <= :now) AS duty,
    EXISTS (SELECT 1 FROM series s JOIN campaign c ON c.id = s.campaign_id JOIN phase p ON p.id = s.phase_id
        WHERE s.state = 'active' AND s.next_on <= :horizon AND p.state = 'open' AND {_LIVE}) AS series,
    EXISTS (SELECT 1 FROM campaign c WHERE {_LIVE} AND c.next_digest_at <= :now) AS digest,
    EXISTS (SELECT 1 FROM campaign c WHERE {_LIVE} AND c.next_bulletin_at <= :now) AS bulletin,
    EXISTS (SELECT 1 FROM delivery v JOIN notice n ON n.id = v.notice_id JOIN campaign c ON c.id = n.campaign_id
        WHERE v.next_attempt_at <= :now AND NOT c.rehearsal) AS delivery"""  # noqa: S608 - constants
_KINDS_DUE = (
    text(_ASKED)
    .bindparams(
        bindparam("now", type_=duty.c.next_rung_at.type),
        bindparam("today", type_=table_of(Series).c.next_on.type),
        bindparam("horizon", type_=table_of(Series).c.next_on.type),
    )
    .columns(phase=Boolean(), duty=Boolean(), series=Boolean(), digest=Boolean(), bulletin=Boolean(), delivery=Boolean())
)
