"""A file becomes a PlanSpec: opened, split, read, and noted with its hash.

Owns what stands between the file and the reader: which part of a file with several plans is meant, what the whole text mentions that no item
carries (attachments that are missing, blanks that are left), and attached sources, which fill blanks of the main one and contradict it openly.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from campaign.errors import BadPlan
from campaign.plan.check_items import miscounts, parse_number
from campaign.plan.check_view import PLACEHOLDER
from campaign.plan.documents import open_document
from campaign.plan.keys import with_keys
from campaign.plan.normal import squeezed
from campaign.plan.outline import outline
from campaign.plan.parts import PlanPart, parts_of
from campaign.plan.phases import phase_kind
from campaign.plan.reader import read_plan
from campaign.plan.source import SourceText
from campaign.plan.spec import Phase, PlanSpec, PlanWarning, Source
from campaign.plan.tables import explain, task_tables

Role = Literal["main", "superior", "breakdown", "standard", "supplement"]
ROLES: dict[str, Role] = {"上级方案": "superior", "任务分解表": "breakdown", "测评体系": "standard", "补充通知": "supplement"}
ROLE_NAMES: dict[str, str] = {"main": "正文", **{role: name for name, role in ROLES.items()}}

_POINTER = re.compile(r"[见如按]\s*(?:下|附|后附)?\s*(?:任务分解)?表|如下[。:\uff1a]?$")
_ATTACHMENT = re.compile(r"(?:见|按|按照|填写|详见|附)\s*附[件表]|^附件\s*\d{0,2}\s*[:\uff1a]|[(\uff08]\s*(?:见)?附[件表]\s*\d{0,2}\s*[)\uff09]")


@dataclass(frozen=True, slots=True)
class Attachment:
    path: Path
    role: Role
    effective: date | None = None


def list_parts(path: Path) -> tuple[PlanPart, ...]:
    return parts_of(open_document(path))


def read_file(path: Path, *, year: int, part: int | None = None, role: Role = "main", effective: date | None = None) -> PlanSpec:
    """One plan from one file. BadPlan when the file holds several and none is named, or a workbook has no task table."""
    source = open_document(path)
    chosen = _choose(path, parts_of(source), part)
    _refuse_strange_workbook(path, chosen)
    spec = _with_phases_of_tables(_without_pointers(read_plan(chosen, year=year), chosen))
    notes = tuple(note for note in source_notes(chosen) if note.line not in {item.line for item in spec.items}) + tuple(count_notes(chosen, spec))
    noted = Source(name=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), role=role, effective=effective.isoformat() if effective else None)
    return with_keys(spec.model_copy(update={"sources": (noted,), "warnings": (*spec.warnings, *notes)}))


def _choose(path: Path, parts: Sequence[PlanPart], part: int | None) -> SourceText:
    if part is None and len(parts) > 1:
        raise BadPlan(
            f"{path.name} 里有 {len(parts)} 篇方案：用 --list 查看，再用 --part 1 到 --part {len(parts)} 选一篇", code="several_parts", parts=len(parts)
        )
    if part is not None and not 1 <= part <= len(parts):
        raise BadPlan(f"{path.name} 里有 {len(parts)} 篇方案，没有第 {part} 篇：用 --list 查看", code="no_such_part", parts=len(parts))
    return parts[(part or 1) - 1].source


def _refuse_strange_workbook(path: Path, source: SourceText) -> None:
    rows = sum(line.cells is not None for line in source.lines)
    words = sum(len(line.text) for line in source.lines if line.cells is None)
    if rows and words < 200 and not task_tables(source):
        raise BadPlan(
            f"{path.name} 里没有认出任务分解表：{explain(source)}。请在表头写上 任务、牵头单位、责任单位、完成时限、资料 后重试", code="no_task_table"
        )


def _without_pointers(spec: PlanSpec, source: SourceText) -> PlanSpec:
    """Where the tasks stand in a table, the sentence that points to it (任务分解见下表) is none of them."""
    if not task_tables(source):
        return spec
    kept = tuple(item for item in spec.items if item.lead_unit or item.responsible_units or item.deadline or not _POINTER.search(item.text))
    return spec.model_copy(update={"items": kept})


def _with_phases_of_tables(spec: PlanSpec) -> PlanSpec:
    """A table names phases in its own short way (集中整治 for 集中整治阶段); those that the text does not have are added, undated."""
    known = {name for phase in spec.phases for name in (phase.key, phase.name)}
    named = tuple(dict.fromkeys(item.phase for item in spec.items if item.phase and item.phase not in known))
    if not named:
        return spec
    meant = {name: next((phase.key for phase in spec.phases if squeezed(name) in squeezed(phase.name)), None) for name in named}
    fresh = [name for name in named if meant[name] is None]
    count = len(spec.phases) + len(fresh)
    added = tuple(Phase(name=name, kind=phase_kind(name, "", at, count)) for at, name in enumerate(fresh, len(spec.phases)))
    items = tuple(item.model_copy(update={"phase": meant.get(item.phase or "") or item.phase}) for item in spec.items)
    return spec.model_copy(update={"phases": (*spec.phases, *added), "items": items})


def source_notes(source: SourceText) -> list[PlanWarning]:
    """Attachments that are mentioned and blanks that are left, by line."""
    notes = []
    for line in source.lines:
        text = line.text.strip()
        if _ATTACHMENT.search(text):
            notes.append(PlanWarning(line=line.number, code="attachment_missing", message=f"提到附件：「{text[:40]}」"))
        if PLACEHOLDER.search(text):
            notes.append(PlanWarning(line=line.number, code="placeholder", message=f"没有填：「{_near(text)}」"))
    return notes


def count_notes(source: SourceText, spec: PlanSpec) -> Iterator[PlanWarning]:
    """Numbers that skip or repeat, counted over all entries of the document and not only over those that became items."""
    for node in outline(source).walk():
        lists: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for child in node.children:
            if child.kind != "label":
                lists[child.kind].append((child.value, child.line, f"{child.label}{child.heading}"))
        for rows in lists.values():
            yield from _miscounted(rows)
    in_tables = {line.number for line in source.lines if line.cells is not None}
    numbered = [
        (parsed[1], item.line, f"{item.number} {item.title}") for item in spec.items if item.line in in_tables and (parsed := parse_number(item.number))
    ]
    yield from _miscounted(numbered)


def _miscounted(rows: Sequence[tuple[int, int | None, str]]) -> Iterator[PlanWarning]:
    for at, code, words in miscounts([value for value, _, _ in rows]):
        _, line, name = rows[at]
        if line != rows[at - 1][1]:  # entries cut out of one line were counted by their author
            yield PlanWarning(line=line, code=code, message=f"「{name[:30]}」{words}")


def _near(text: str) -> str:
    found = PLACEHOLDER.search(text)
    start = max(0, found.start() - 12) if found else 0
    return text[start : start + 40]
