"""征求意见: one sheet a unit with its rows, and the answered sheets back as proposals.

Owns what a unit is asked (is this yours, by when, with what papers) and how its answer is read. Refuses to decide: an answer is a proposal with
its reason, and where two units propose different things both are shown. Only what nobody contradicts may be applied, and only when asked to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campaign.errors import BadPlan
from campaign.plan.check_view import is_blank, leads_of
from campaign.plan.files.sheet import read_sheets
from campaign.plan.keys import with_keys
from campaign.plan.spec import Item, PlanSpec
from campaign.plan.workbook import KEY, CellReader, Change, placed, shown_cells

TITLE = "征求意见表："
OPINIONS = ("同意", "建议修改", "不属本单位职责")
_NOTE = "请在黄色各列填写：意见选「同意」「建议修改」或「不属本单位职责」；建议修改的，在后面相应的列写上修改后的内容，并写明理由。其余各列请勿改动。"
_SHOWN = (("number", "序号", 5.0), ("title", "任务", 20.0), ("content", "工作内容", 30.0))
_PLAN = (
    ("lead", "牵头单位", 10.0),
    ("responsible", "责任单位", 12.0),
    ("supporting", "配合单位", 12.0),
    ("deadline", "完成时限", 11.0),
    ("materials", "资料", 14.0),
)
_ASKED = (
    ("lead", "建议牵头单位", 11.0),
    ("responsible", "建议责任单位", 11.0),
    ("supporting", "建议配合单位", 11.0),
    ("deadline", "建议时限", 11.0),
    ("materials", "建议资料", 10.0),
)
COLUMNS = (
    *((name, width) for _, name, width in _SHOWN),
    ("本单位", 6.0),
    *((name, width) for _, name, width in _PLAN),
    ("意见", 9.0),
    *((name, width) for _, name, width in _ASKED),
    ("理由", 18.0),
    (KEY, 11.0),
)
ASKED_NAMES = ("意见", *(name for _, name, _ in _ASKED), "理由")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one unit proposes for one column of one item; `change` is None for an objection without a proposal."""

    unit: str
    key: str
    title: str
    opinion: str
    column: str
    old: str
    new: str
    reason: str
    change: Change | None = None
    rivals: tuple[str, ...] = ()


@dataclass(slots=True)
class Answers:
    proposals: list[Proposal] = field(default_factory=list)
    agreed: dict[str, int] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    unknown_keys: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> list[Change]:
        """The proposals that nobody contradicts."""
        return [proposal.change for proposal in self.proposals if proposal.change is not None and not proposal.rivals]


def write_unit_sheets(spec: PlanSpec, path: Path) -> list[tuple[str, int]]:
    """The units that were written, with their number of rows."""
    from campaign.plan.sheet_style import Book

    plan = with_keys(spec)
    rows: dict[str, list[tuple[Item, str, str]]] = defaultdict(list)
    for item, phase in placed(plan):
        for unit, role in _charged(item):
            rows[unit].append((item, phase, role))
    if not rows:
        raise BadPlan("方案里没有写任何单位，没有可征求意见的对象：请先填写牵头单位或责任单位", code="no_units")
    book = Book()
    for unit, own in rows.items():
        sheet = book.sheet(unit, f"{TITLE}{unit}", f"{plan.title}。{_NOTE}", COLUMNS)
        for item, phase, role in own:
            shown = shown_cells(item, phase)
            told = [shown[name] for name, _, _ in _SHOWN] + [role] + [shown[name] for name, _, _ in _PLAN]
            missing = [name for column, name, _ in _PLAN if column == "lead" and not shown["lead"]]
            sheet.row([*told, "", *("" for _ in _ASKED), "", item.key or ""], missing=missing, asked=ASKED_NAMES, quiet=(KEY,))
        sheet.choices("意见", OPINIONS)
        sheet.print_without(KEY)
    book.save(path)
    return [(unit, len(own)) for unit, own in rows.items()]


def _charged(item: Item) -> Iterator[tuple[str, str]]:
    """Each unit of an item once, with the heaviest role it has."""
    seen: set[str] = set()
    classes = (f"各{item.unit_class}",) if item.unit_class else ()
    for role, names in (("牵头", leads_of(item)), ("责任", (*item.responsible_units, *classes)), ("配合", item.supporting_units)):
        for name in names:
            if name not in seen and not is_blank(name):
                seen.add(name)
                yield name, role


def is_answered(path: Path) -> bool:
    return any(_unit_of(rows) is not None for rows in read_sheets(path).values())


def read_answers(paths: Iterable[Path], spec: PlanSpec) -> Answers:
    """The answers of all sheets of all files; each unit may send its own file."""
    plan = with_keys(spec)
    known = {item.key or "": (item, phase) for item, phase in placed(plan)}
    reader, answers = CellReader(plan), Answers()
    for path in paths:
        found = False
        for rows in read_sheets(path).values():
            unit = _unit_of(rows)
            if unit is not None:
                found = True
                _read_sheet(unit, rows, known, reader, answers)
        if not found:
            raise BadPlan(f"{path.name} 不是征求意见表：请用 campaign plan workbook 方案.yaml --by-unit 写出后填写", code="no_unit_sheet")
    answers.proposals = _with_rivals(answers.proposals)
    return answers


def _unit_of(rows: list[tuple[str, ...]]) -> str | None:
    for row in rows[:3]:
        for text in row[:1]:
            if text.startswith(TITLE):
                return text.removeprefix(TITLE).strip()
    return None


def _read_sheet(unit: str, rows: list[tuple[str, ...]], known: dict[str, tuple[Item, str]], reader: CellReader, answers: Answers) -> None:
    at = next((row for row, cells in enumerate(rows[:10]) if KEY in cells and "意见" in cells), None)
    if at is None:
        raise BadPlan(f"「{unit}」的征求意见表缺表头（意见、{KEY}）：请用写出的原表填写", code="no_unit_sheet")
    columns = {name: column for column, name in enumerate(rows[at]) if name}
    spoke = False
    for number, cells in enumerate(rows[at + 1 :], at + 2):
        row = {name: cells[column].strip() for name, column in columns.items()}
        said = {name: row.get(name, "") for name in ASKED_NAMES}
        if not any(said.values()):
            continue
        spoke = True
        if row[KEY] not in known:
            answers.unknown_keys.append(row[KEY] or f"{unit}第 {number} 行")
            continue
        found = list(_proposals(unit, row, *known[row[KEY]], reader, number))
        if not found:
            answers.agreed[unit] = answers.agreed.get(unit, 0) + 1
        answers.proposals += found
    if not spoke:
        answers.silent.append(unit)


def _proposals(unit: str, row: dict[str, str], item: Item, phase: str, reader: CellReader, number: int) -> Iterator[Proposal]:
    shown = shown_cells(item, phase)
    opinion, reason = row["意见"], row.get("理由", "")
    proposed = False
    for column, name, _ in _ASKED:
        text = row.get(name, "")
        if not text or text == shown[column]:
            continue
        proposed = True
        fields: dict[str, Any] = reader.fields(column, text, item, number)
        change = Change(item.key or "", item.title, name.removeprefix("建议"), shown[column], text, fields)
        yield Proposal(unit, item.key or "", item.title, opinion or OPINIONS[1], change.column, shown[column], text, reason, change)
    if not proposed and (opinion not in ("", OPINIONS[0]) or (reason and opinion != OPINIONS[0])):
        yield Proposal(unit, item.key or "", item.title, opinion or OPINIONS[1], "", "", "", reason)


def _with_rivals(proposals: list[Proposal]) -> list[Proposal]:
    """Name, beside each proposal, the units that propose something else for the same cell, or say that the item is not theirs."""
    from dataclasses import replace

    at: dict[tuple[str, str], list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        at[proposal.key, proposal.column].append(proposal)
    return [
        replace(proposal, rivals=tuple(other.unit for other in at[proposal.key, proposal.column] if proposal.column and other.new != proposal.new))
        for proposal in proposals
    ]
