"""The materials of items made equal to a plan: each keeps its number, whatever its place and, with a key, whatever its name.

Owns when one is forgotten: at once while no duty was ever made of it, else it stays as no longer asked for, and its number with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session

from campaign.records.planning import registry
from campaign.records.tables import Requirement
from campaign.rules.matching import KnownMaterial, Matching, WantedMaterial, match_materials
from campaign.work.planning.blueprint import ItemPlan, MaterialPlan


def enter_materials(tx: Session, items: Iterable[tuple[int, ItemPlan, Sequence[Requirement]]], asked: list[str]) -> None:
    """(item's id, its plan, its rows); what a person should confirm is added to `asked`."""
    fresh: list[dict[str, Any]] = []
    for item_id, item, rows in items:
        found = known_again(rows, item)
        asked += [f"任务「{item.spec.title}」：{told}" for told in found.asked]
        by_number = {row.number: row for row in rows}
        for number, material in zip(found.numbers, item.materials, strict=True):
            columns = _columns(material)
            row = by_number.pop(number, None)
            if row is None:
                fresh.append({"item_id": item_id, "number": number, **columns})
                continue
            columns["key"] = material.key or row.key
            for name, value in columns.items():
                if getattr(row, name) != value:
                    setattr(row, name, value)
        for row in by_number.values():
            registry.drop_requirement(tx, row)
    registry.add_rows(tx, Requirement, fresh)


def known_again(rows: Iterable[Requirement], item: ItemPlan) -> Matching:
    """Which of an item's materials is which of its rows."""
    return match_materials(
        [KnownMaterial(row.number, row.name, row.key, row.removed, (row.copies, row.count, row.form, row.due_at, row.event_name)) for row in rows],
        [WantedMaterial(one.name, one.key, (one.copies, one.count, one.form, one.due_at, one.event)) for one in item.materials],
    )


def _columns(material: MaterialPlan) -> dict[str, Any]:
    return {
        "name": material.name[:200], "copies": material.copies, "count": material.count, "form": material.form, "due_at": material.due_at,
        "event_name": material.event, "key": material.key, "removed": False,
    }  # fmt: skip
