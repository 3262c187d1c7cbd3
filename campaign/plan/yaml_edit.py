"""Changes to a plan's YAML file that leave everything else as the person wrote it.

Owns the edits: a lead unit for each blank, one phase for a plan without phases, and the changed fields of a review workbook. Comments,
order, quotes and indentation stay (ruamel's round trip with the indentation of the file itself). The file is replaced in one step,
and the new text is read back before: an edit that would break the plan is refused and the file stays as it was.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign.errors import BadPlan
from campaign.plan.check_view import is_blank
from campaign.plan.keys import with_keys
from campaign.plan.lines import Place
from campaign.plan.yaml_file import parse_plan
from campaign.plan.yaml_tree import read_text

Document = Any
"""ruamel's CommentedMap: a dict that remembers its comments. The library ships no useful type for it."""


@dataclass(frozen=True, slots=True)
class Assumed:
    title: str
    line: int


def assume_lead(path: Path, name: str) -> list[Assumed]:
    """Write `name` into each blank lead unit and mark it; the entries that were filled, with their lines in the new file."""
    filled: list[tuple[Place, str]] = []

    def edit(document: Document) -> None:
        for place, item in entries(document):
            if item.get("unit_class") or not _no_lead(item.get("lead_unit")):
                continue
            filled.append((place, str(item.get("title", ""))))
            if "lead_unit" in item:
                item["lead_unit"] = name
            else:
                _insert_after(item, "title", {"lead_unit": name})
            if "assumed" in item:
                item["assumed"] = True
            else:
                _insert_after(item, "lead_unit", {"assumed": True})

    if is_blank(name):
        raise BadPlan("--assume-lead 后面要写单位名", code="blank_name")
    lines = parse_plan(change(path, edit), path.name).lines
    return [Assumed(title, lines.line(*place) or 1) for place, title in filled]


def add_only_phase(path: Path, start: str, end: str) -> None:
    """Give a plan without phases one 推进 phase."""

    def edit(document: Document) -> None:
        if document.get("phases"):
            raise BadPlan(f"方案已有 {len(document['phases'])} 个阶段，--start 和 --end 只用于没有阶段的方案：请直接在文件里改日期", code="has_phases")
        phase = {"name": "推进", "kind": "rollout", "start": start, "end": end}
        if "phases" in document:
            document["phases"] = [phase]
        else:
            _insert_after(document, "kind" if "kind" in document else "title", {"phases": [phase]})

    change(path, edit)


def write_keys(path: Path) -> int:
    """Write a key into each phase and item that has none, so that later edits of its words do not lose it; how many were written."""
    spec = with_keys(parse_plan(read_text(path), path.name).spec)
    keys: dict[Place, str | None] = {("items", row): item.key for row, item in enumerate(spec.items)}
    keys |= {("phases", row): phase.key for row, phase in enumerate(spec.phases)}
    keys |= {("phases", row, "tasks", column): task.key for row, phase in enumerate(spec.phases) for column, task in enumerate(phase.tasks)}
    written = 0

    def edit(document: Document) -> None:
        nonlocal written
        phases = ((("phases", row), phase) for row, phase in enumerate(document.get("phases") or []))
        for place, entry in (*phases, *entries(document)):
            if not entry.get("key"):
                entry.insert(0, "key", keys[place])
                written += 1

    change(path, edit)
    return written


def change(path: Path, edit: Callable[[Document], None]) -> str:
    """Apply `edit` to the file and write it back if it changed anything; the new text."""
    old = read_text(path)
    new = edited(old, edit, path.name)
    if new != old:
        parse_plan(new, path.name)
        _replace(path, new)
    return new


def edited(text: str, edit: Callable[[Document], None], name: str = "方案") -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.util import load_yaml_guess_indent

    parse_plan(text, name)  # the file as it is must be readable; its errors are better told there
    _, sequence, offset = load_yaml_guess_indent(text)
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    if sequence:
        yaml.indent(mapping=2, sequence=sequence, offset=offset or 0)
    document = yaml.load(text)
    edit(document)
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def update(target: Document, fields: Mapping[str, Any]) -> None:
    """Set `fields` of one entry; a field that is not there yet comes after the title or name."""
    anchor = next((name for name in ("title", "name") if name in target), next(iter(target), ""))
    for field, value in fields.items():
        if field in target:
            target[field] = value
        elif value not in (None, [], ""):
            _insert_after(target, anchor, {field: value})


def entries(document: Document) -> Iterator[tuple[Place, Document]]:
    """Each item of a document that is known to be a plan, with its place."""
    for row, phase in enumerate(document.get("phases") or []):
        for column, task in enumerate(phase.get("tasks") or []):
            yield ("phases", row, "tasks", column), task
    for row, item in enumerate(document.get("items") or []):
        yield ("items", row), item


def _no_lead(value: Any) -> bool:
    names = [value] if isinstance(value, str) or value is None else list(value)
    return all(name is None or is_blank(str(name)) for name in names)


def _insert_after(target: Document, anchor: str, fields: Mapping[str, Any]) -> None:
    """Insert `fields` behind `anchor`, in front of the blank lines and comment lines that follow it."""
    names = list(target)
    place = names.index(anchor) + 1 if anchor in names else len(names)
    for offset, (name, value) in enumerate(fields.items()):
        target.insert(place + offset, name, value)
    _move_comment(target, anchor, list(fields)[-1])


def _move_comment(target: Document, before: str, after: str) -> None:
    """ruamel hangs what follows an entry on that entry; hand all but the comment on its own line to the new last one."""
    from ruamel.yaml.error import CommentMark
    from ruamel.yaml.tokens import CommentToken

    tokens = target.ca.items.get(before)
    if not tokens or len(tokens) < 3 or tokens[2] is None:
        return
    own, cut, rest = tokens[2].value.partition("\n")
    if not rest.strip("\n") and not own.strip() and not rest:
        return
    if own.strip():
        tokens[2].value = own + cut
    else:
        target.ca.items.pop(before)
    if rest or not own.strip():
        target.ca.items[after] = [None, None, CommentToken("\n" + rest, CommentMark(0), None), None]


def _replace(path: Path, text: str) -> None:
    mode = path.stat().st_mode & 0o777
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False, newline="") as fresh:
        fresh.write(text)
        fresh.flush()
        os.fsync(fresh.fileno())
    os.chmod(fresh.name, mode)
    os.replace(fresh.name, path)
