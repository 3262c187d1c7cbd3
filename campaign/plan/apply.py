"""Corrections and accepted proposals into the plan's YAML, comments kept.

Owns the writing of changed fields: lists stay on one line, a cleared field is left blank, and the tasks of a phase change where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from campaign.plan.keys import with_keys
from campaign.plan.spec import Item
from campaign.plan.workbook import Change
from campaign.plan.yaml_edit import Document, change, entries, update
from campaign.plan.yaml_file import load_plan
from campaign.plan.yaml_text import to_yaml

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def apply_changes(path: Path, changes: Iterable[Change], *, added: Iterable[Item] = (), removed: Iterable[str] = ()) -> None:
    by_key: dict[str, dict[str, Any]] = {}
    for one in changes:
        by_key.setdefault(one.key, {}).update(one.fields)
    gone, fresh = set(removed), tuple(added)
    spec = with_keys(load_plan(path).spec)
    keys: dict[tuple[str | int, ...], str | None] = {("items", row): item.key for row, item in enumerate(spec.items)}
    keys |= {("phases", row, "tasks", column): task.key for row, phase in enumerate(spec.phases) for column, task in enumerate(phase.tasks)}

    def edit(document: Document) -> None:
        for place, entry in list(entries(document)):
            fields = by_key.get(keys[place] or "")
            if fields:
                update(entry, {name: _written(value) for name, value in fields.items()})
        _remove(document, keys, gone)
        if fresh:
            document.setdefault("items", [])
            if document["items"] is None:
                document["items"] = []
            document["items"].extend(_parsed(item) for item in fresh)

    change(path, edit)


def _remove(document: Document, keys: dict[tuple[str | int, ...], str | None], gone: set[str]) -> None:
    for place, key in sorted(keys.items(), key=lambda pair: str(pair[0][-1]).zfill(9), reverse=True):
        if key in gone:
            holder = document
            for step in place[:-1]:
                holder = holder[step]
            del holder[place[-1]]


def _written(value: Any) -> Any:
    """A list on one line and a day without quotes, as people write them."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if not isinstance(value, list):
        return value
    from ruamel.yaml.comments import CommentedSeq

    row = CommentedSeq(value)
    row.fa.set_flow_style()
    return row


def _parsed(item: Item) -> Any:
    """A new item as ruamel would have read it from our own text."""
    from ruamel.yaml import YAML

    from campaign.plan.spec import PlanSpec

    return YAML().load(to_yaml(with_keys(PlanSpec(title="-", items=(item,)))))["items"][0]
