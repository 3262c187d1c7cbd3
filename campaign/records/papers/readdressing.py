"""Papers that have not gone out when their unit's work goes to another one: they follow it. What has gone out keeps its unit and its name.

A paper whose lines go to several units becomes one paper each; a numbered one that is on its way is not cut in pieces, it goes to whoever
got the most of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlmodel import Session

from campaign.records.statements import insert_new, table_of
from campaign.records.tables import Delivery, Escalation, Notice, NoticeLine, Unit
from campaign.records.tables.duties import duty_table as duty

_notice, _line, _delivery, _escalation = (table_of(model) for model in (Notice, NoticeLine, Delivery, Escalation))


def readdress(tx: Session, unit: Unit, rest: Unit | None) -> tuple[int, list[int]]:
    """After its duties have moved: how many papers follow, and the new drafts that need a signature of their own.

    `rest` gets what has no lines (a bulletin); without it that stays.
    """
    followed, drafts = 0, []
    unsent = select(Notice).where(_notice.c.unit_id == unit.id, _notice.c.state.in_(("open", "draft", "issued")), _notice.c.sent_on.is_(None))
    for paper in tx.execute(unsent.order_by(_notice.c.id).with_for_update()).scalars().all():
        owners = _owners(tx, paper.id)
        if not owners:
            owners = {rest.id: []} if rest is not None else {unit.id: []}
        elif paper.state == "issued" and len(owners) > 1:
            owners = {Counter({owner: len(lines) for owner, lines in owners.items()}).most_common(1)[0][0]: []}
        first, *others = owners
        for owner in others:
            copy = _copy(tx, paper, owner, owners[owner])
            followed += 1
            if paper.state == "draft":
                drafts.append(copy)
        if first != unit.id:
            paper.batch = _free_batch(tx, paper, first)
            paper.unit_id = first
            tx.add(paper)
            tx.flush()
            followed += 1
    return followed, drafts


def _owners(tx: Session, notice_id: int) -> dict[int, list[int]]:
    """Unit → the lines that are about its duties now."""
    owners: dict[int, list[int]] = {}
    rows = select(_line.c.id, duty.c.unit_id).join(duty, duty.c.id == _line.c.duty_id).where(_line.c.notice_id == notice_id, _line.c.removed_at.is_(None))
    for row in tx.execute(rows.order_by(_line.c.id)):
        owners.setdefault(row.unit_id, []).append(row.id)
    return owners


def _free_batch(tx: Session, paper: Notice, unit_id: int) -> int:
    same = (_notice.c.campaign_id == paper.campaign_id) & (_notice.c.unit_id == unit_id) & (_notice.c.kind == paper.kind) & (_notice.c.rung == paper.rung)
    return int(tx.execute(select(func.coalesce(func.max(_notice.c.batch), -1)).where(same, _notice.c.day == paper.day)).scalar_one()) + 1


def _copy(tx: Session, paper: Notice, unit_id: int, line_ids: Sequence[int]) -> int:
    kept = ("campaign_id", "kind", "rung", "ladder_id", "day", "state", "title", "body", "created_at", "pass_id")
    copy = Notice(**{name: getattr(paper, name) for name in kept}, unit_id=unit_id, batch=_free_batch(tx, paper, unit_id))
    tx.add(copy)
    tx.flush()
    tx.execute(update(_line).where(_line.c.id.in_(line_ids)).values(notice_id=copy.id))
    steps = select(_line.c.escalation_id).where(_line.c.notice_id == copy.id, _line.c.escalation_id.is_not(None))
    tx.execute(update(_escalation).where(_escalation.c.id.in_(steps)).values(notice_id=copy.id))
    waiting = tx.execute(select(_delivery).where(_delivery.c.notice_id == paper.id, _delivery.c.state == "pending")).all()
    insert_new(tx, Delivery, [
        {"notice_id": copy.id, "number": row.number, "channel": row.channel, "audience": row.audience, "state": "pending", "attempts": 0,
         "idempotency_key": f"n{copy.id}-{row.number}", "next_attempt_at": row.next_attempt_at, "recipients": []}
        for row in waiting
    ])  # fmt: skip
    return copy.id
