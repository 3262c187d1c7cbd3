"""Which duties their units know of: signed for, asked about, or listed on a paper that went out."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import exists, or_, select
from sqlmodel import Session

from campaign.records.statements import among, one_of_words, table_of
from campaign.records.tables import DutyRequest, Notice, NoticeLine
from campaign.records.tables.duties import duty_table as duty

_line, _notice, _request = table_of(NoticeLine), table_of(Notice), table_of(DutyRequest)
_ON_PAPER = exists().where(
    _line.c.duty_id == duty.c.id, _line.c.removed_at.is_(None), _notice.c.id == _line.c.notice_id, one_of_words(_notice.c.state, ("issued", "delivered"))
)
_HEARD = (
    select(duty.c.unit_id, duty.c.id)
    .where(among(duty.c.id), or_(duty.c.acked_at.is_not(None), exists().where(_request.c.duty_id == duty.c.id), _ON_PAPER))
    .order_by(duty.c.id)
)


def heard_of(tx: Session, duty_ids: Collection[int]) -> list[tuple[int, int]]:
    """(unit, duty) of those of these duties that their unit has heard of."""
    return [(row.unit_id, row.id) for row in tx.execute(_HEARD, {"b_ids": sorted(duty_ids)})] if duty_ids else []
