"""What lies below a unit in the tree of units."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Unit

_unit = table_of(Unit)


def units_below(tx: Session, roots: Sequence[int]) -> frozenset[int]:
    """These units and everything below them."""
    tree = select(_unit.c.id).where(_unit.c.id.in_(list(roots))).cte("tree", recursive=True)
    tree = tree.union(select(_unit.c.id).where(_unit.c.parent_id == tree.c.id))
    return frozenset(tx.execute(select(tree.c.id)).scalars())
