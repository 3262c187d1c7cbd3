"""Ladders as they were launched: stored by hash, so that a running duty keeps the version it began with."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlmodel import Session

from campaign.records.statements import insert_new, table_of
from campaign.records.tables import LadderVersion, RungRow
from campaign.rules.ladder import Ladder, parse_ladder

_ladder, _rung = table_of(LadderVersion), table_of(RungRow)
_parsed: dict[tuple[str, str], Ladder] = {}


def store_ladder(tx: Session, name: str, source: str) -> int:
    """Keep this ladder, once by its meaning (a comment makes no new version); answers its id."""
    ladder = parse_ladder(source, name)
    digest, source = ladder.sha256, ladder.canonical
    known = tx.execute(select(_ladder.c.id).where(_ladder.c.name == name, _ladder.c.sha256 == digest)).scalar_one_or_none()
    if known is not None:
        return int(known)
    created = insert_new(tx, LadderVersion, [{"name": name, "sha256": digest, "source": source}])
    if not created:
        return int(tx.execute(select(_ladder.c.id).where(_ladder.c.name == name, _ladder.c.sha256 == digest)).scalar_one())
    tx.execute(
        insert(_rung),
        [
            {
                "ladder_id": created[0], "number": rung.number, "name": rung.name, "signed": rung.signed, "numbered": rung.numbered,
                "before_deadline": rung.before_deadline, "document": rung.document, "channel": rung.channels[0],
                "fallbacks": ",".join(rung.channels[1:]), "audience": ",".join(rung.audience),
            }
            for rung in ladder.rungs
        ],
    )  # fmt: skip
    return int(created[0])


def ladder_of(tx: Session, ladder_id: int) -> Ladder:
    """Asked for once a transaction; a stored ladder never changes."""
    held = tx.info.setdefault("ladders", {})
    if ladder_id not in held:
        held[ladder_id] = _stored_ladder(tx, ladder_id)
    ladder: Ladder = held[ladder_id]
    return ladder


def _stored_ladder(tx: Session, ladder_id: int) -> Ladder:
    row = tx.execute(select(_ladder.c.name, _ladder.c.sha256, _ladder.c.source).where(_ladder.c.id == ladder_id)).one()
    key = (row.name, row.sha256)
    if key not in _parsed:
        _parsed[key] = parse_ladder(row.source, row.name)
    return _parsed[key]
