"""The append-only log: writing events, sealing them into chained blocks, and checking the chain.

Writers insert unsealed events and pay nothing for the chain; the clock seals once a minute, and every export seals first.
A block's hash covers the block before it and the rows in order, so neither a row nor a block can be changed or dropped unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session

from campaign.records import leases
from campaign.records.statements import chunks, table_of
from campaign.records.store import Store
from campaign.records.tables import Event, EventBlock

GENESIS = "0" * 64
BLOCK_ROWS = 10_000
_event, _block = table_of(Event), table_of(EventBlock)
_WRITE = insert(_event)


def write_event(
    tx: Session,
    *,
    at: datetime,
    actor: str,
    verb: str,
    reason: str = "",
    campaign_id: int | None = None,
    subject: str | None = None,
    subject_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    write_events(
        tx,
        [
            {
                "at": at,
                "actor": actor,
                "verb": verb,
                "reason": reason,
                "campaign_id": campaign_id,
                "subject": subject,
                "subject_id": subject_id,
                "detail": detail or {},
            }
        ],
    )


def write_events(tx: Session, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.execute(_WRITE, rows)


def seal_events(store: Store, now: datetime) -> int:
    """Seal everything unsealed into blocks of at most 10,000 rows; answers how many rows. One sealer at a time."""
    sealed = 0
    while True:
        with store.begin() as tx:
            if leases.take_in(tx, "seal", "sealer", 30) is None:
                return sealed
            rows = tx.execute(select(_event).where(_event.c.block_id.is_(None)).order_by(_event.c.id).limit(BLOCK_ROWS)).all()
            if not rows:
                return sealed
            last = tx.execute(select(_block.c.sha256).order_by(_block.c.id.desc()).limit(1)).scalar_one_or_none() or GENESIS
            digest = block_hash(last, rows)
            block_id = tx.execute(insert(_block).values(previous=last, sha256=digest, events=len(rows), sealed_at=now).returning(_block.c.id)).scalar_one()
            # A writer that commits late has a lower id than one already read: seal exactly the rows that were hashed.
            for part in chunks([row.id for row in rows], 900):
                tx.execute(update(_event).where(_event.c.id.in_(part)).values(block_id=block_id))
            sealed += len(rows)


def block_hash(previous: str, rows: Iterable[Any]) -> str:
    digest = hashlib.sha256(previous.encode())
    for row in rows:
        digest.update(canonical(row))
    return digest.hexdigest()


def canonical(row: Any) -> bytes:
    """The bytes of an event that its block covers: the same on every database."""
    fields = [
        row.id,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor,
        row.verb,
        row.reason,
        row.campaign_id,
        row.subject,
        row.subject_id,
        row.detail,
    ]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def broken_blocks(tx: Session) -> list[str]:
    """Each place where the chain does not hold, in words."""
    found: list[str] = []
    previous = GENESIS
    for block in tx.execute(select(_block).order_by(_block.c.id)).all():
        if block.previous != previous:
            found.append(f"第{block.id}块不接前一块")
        rows = tx.execute(select(_event).where(_event.c.block_id == block.id).order_by(_event.c.id)).all()
        if len(rows) != block.events:
            found.append(f"第{block.id}块应有{block.events}条记录，实有{len(rows)}条")
        elif block_hash(block.previous, rows) != block.sha256:
            found.append(f"第{block.id}块内有记录被改动")
        previous = block.sha256
    return found


def head(tx: Session) -> str:
    """The newest seal, for bulletins and packages."""
    return tx.execute(select(_block.c.sha256).order_by(_block.c.id.desc()).limit(1)).scalar_one_or_none() or GENESIS


def unsealed(tx: Session) -> int:
    return int(tx.execute(select(func.count()).select_from(_event).where(_event.c.block_id.is_(None))).scalar_one())
