"""What the log's lines are about, by name: a number means nothing to whoever reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, select
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Duty, Notice, Phase, PortalAccount, Unit

_duty, _notice, _phase, _account, _unit = (table_of(model) for model in (Duty, Notice, Phase, PortalAccount, Unit))


def subject_names(tx: Session, rows: Iterable[Any]) -> dict[tuple[str, int], str]:
    """(subject, id) → its name, at most one query a kind of subject."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.subject in _NAMED and row.subject_id is not None:
            wanted.setdefault(row.subject, set()).add(row.subject_id)
    return names_of(tx, wanted)


def names_of(tx: Session, wanted: Mapping[str, Collection[int]]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for subject, ids in wanted.items():
        table, name, of_unit = _NAMED[subject]
        asked = select(table.c.id, name.label("name"), *([_unit.c.name.label("unit")] if of_unit else []))
        if of_unit:
            asked = asked.join(_unit, _unit.c.id == table.c.unit_id)
        for one in tx.execute(asked.where(table.c.id.in_(sorted(ids)))):
            found[subject, one.id] = f"{one.unit} · {one.name}" if of_unit else one.name
    return found


_NAMED: Mapping[str, tuple[Table, ColumnElement[Any], bool]] = {
    "duty": (_duty, _duty.c.title, True),
    "notice": (_notice, _notice.c.kind, True),
    "phase": (_phase, _phase.c.name, False),
    "account": (_account, _account.c.name, False),
    "unit": (_unit, _unit.c.name, False),
}
