"""The first duties by deadline over several states: what a page shows of a list that may have a million rows.

The indexes are on (phase | campaign | unit, state, due, id). Each state is walked along its index and stops at the limit; an order over several
states at once would read and sort all of them to show fifty.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Subquery, select, union_all

from campaign.records.tables.duties import duty_table as duty


def first_due(asked: Mapping[str, ColumnElement[bool]], *, limit: int | None, offset: int = 0) -> Subquery:
    """Ids of the duties from `offset` on, at most `limit`, of each state that is a key, where its condition holds."""
    most = None if limit is None else limit + offset
    by_state = [
        select(duty.c.id, duty.c.due_at).where(condition, duty.c.state == state).order_by(duty.c.due_at, duty.c.id).limit(most).subquery()
        for state, condition in asked.items()
    ]
    together = union_all(*(select(one.c.id, one.c.due_at) for one in by_state)).subquery()
    return select(together.c.id).order_by(together.c.due_at.is_(None), together.c.due_at, together.c.id).limit(limit).offset(offset or None).subquery()
