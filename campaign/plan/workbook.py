"""The review workbook (任务分解表): a plan as a sheet that people correct in Excel or WPS, and their corrections back.

Owns the columns and the promise that nothing is lost: a cell that nobody touched is not read again, so what a cell cannot carry stays as it
was in the plan. Rows are matched by the key in the last column; a row without one is new, and a row that is gone is only named.
Who is asked for an opinion gets another workbook, unit_sheets.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign.errors import BadPlan
from campaign.plan.cells import due_in, lead_text, material_text, materials_in, period_text, recurrence_in, units_in
from campaign.plan.check_view import day_of, is_blank
from campaign.plan.files.sheet import read_sheets
from campaign.plan.keys import with_keys
from campaign.plan.labels import MECHANISMS
from campaign.plan.source import Line
from campaign.plan.spec import WHEN, Item, Material, PlanSpec
from campaign.plan.tables import find_heading

KEY = "编号（勿改）"
ITEM_COLUMNS: tuple[tuple[str, str, float], ...] = (
    ("number", "序号", 6),
    ("title", "任务", 24),
    ("content", "工作内容", 38),
    ("lead", "牵头单位", 12),
    ("responsible", "责任单位", 15),
    ("supporting", "配合单位", 15),
    ("deadline", "完成时限", 13),
    ("recurrence", "周期", 11),
    ("materials", "资料", 18),
    ("recipient", "报送对象", 12),
    ("phase", "阶段", 14),
    ("source", "来源段落", 8),
    ("key", KEY, 11),
)
_NOTE = (
    "改好后保存，用 campaign plan workbook 本文件 --into 方案.yaml 读回。橙色为空缺；新增任务在末尾加行，编号留空；"
    "多个单位用顿号隔开；时限写 2026-09-30 或 9月底前。"
)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one item that a person changed; `fields` is what goes into the plan's file."""

    key: str
    title: str
    column: str
    old: str
    new: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Corrections:
    changes: tuple[Change, ...]
    added: tuple[Item, ...]
    missing: tuple[Item, ...]
    unknown_keys: tuple[str, ...]


def write_workbook(spec: PlanSpec, path: Path) -> None:
    from campaign.plan.sheet_style import Book

    plan = with_keys(spec)
    book = Book()
    sheet = book.sheet("任务分解表", f"{plan.title} 任务分解表", _NOTE, [(name, width) for _, name, width in ITEM_COLUMNS])
    for item, phase_name in placed(plan):
        shown = shown_cells(item, phase_name)
        missing = ["牵头单位"] if not shown["lead"] and not item.unit_class else []
        missing += ["责任单位"] if not shown["responsible"] and not shown["lead"] and not item.unit_class else []
        sheet.row([shown[field] for field, _, _ in ITEM_COLUMNS], missing=missing, quiet=("来源段落", KEY))
    sheet.filters()
    sheet.print_without(KEY)
    phases = book.sheet(
        "阶段", "阶段", "供对照。阶段的日期请在方案 YAML 里改。", [("阶段", 24), ("类型", 12), ("开始", 18), ("结束", 18), ("内容", 70), ("来源段落", 8)]
    )
    for phase in plan.phases:
        phases.row(
            [phase.name, phase.kind.label, phase.start or phase.start_text or "", phase.end or phase.end_text or "", phase.text[:500], _line(phase.line)]
        )
    mechanisms = book.sheet("督办机制", "督办机制", "供对照。", [("类别", 16), ("原文", 90), ("来源段落", 8)])
    for mechanism in plan.supervision:
        mechanisms.row([MECHANISMS.get(mechanism.kind, mechanism.kind), mechanism.text, _line(mechanism.line)])
    book.save(path)


def placed(plan: PlanSpec) -> Iterator[tuple[Item, str]]:
    """Each item with the name of its phase."""
    names = {phase.key: phase.name for phase in plan.phases}
    for item in plan.items:
        yield item, names.get(item.phase, item.phase or "")
    for phase in plan.phases:
        for task in phase.tasks:
            yield task, phase.name


def shown_cells(item: Item, phase: str) -> dict[str, str]:
    """The words of each column for an item."""
    return {
        "number": item.number or "",
        "title": item.title,
        "content": item.text if item.text.rstrip("。;") != item.title else "",
        "lead": "" if is_blank(lead_text(item)) else lead_text(item),
        "responsible": "、".join(name for name in item.responsible_units if not is_blank(name)),
        "supporting": "、".join(item.supporting_units),
        "deadline": item.deadline or item.deadline_text or "",
        "recurrence": period_text(item.recurrence),
        "materials": "\n".join(map(material_text, item.materials)),
        "recipient": item.recipient or "",
        "phase": phase,
        "source": _line(item.line),
        "key": item.key or "",
    }


def _line(line: int | None) -> str:
    return "" if line is None else f"第{line}行"


def read_corrections(path: Path, spec: PlanSpec) -> Corrections:
    """What the workbook says differently from the plan. BadPlan when it is no review workbook or a cell cannot be understood."""
    plan = with_keys(spec)
    columns, rows = _review_sheet(path)
    known = {item.key or "": (item, phase) for item, phase in placed(plan)}
    keys = {cells[columns["key"]] for _, cells in rows if columns["key"] < len(cells)}
    if known and not keys & known.keys():
        raise BadPlan(f"{path.name} 和这个方案对不上：一个编号也没有匹配。请确认是由这个方案写出的任务分解表", code="other_plan")
    reader = CellReader(plan)
    seen: set[str] = set()
    changes: list[Change] = []
    added: list[Item] = []
    unknown: list[str] = []
    for number, cells in rows:
        row = {field: cells[at].strip() if at < len(cells) else "" for field, at in columns.items()}
        key = row.get("key", "")
        if not any(text for field, text in row.items() if field not in ("number", "key")):
            continue
        if key in known and key not in seen:
            seen.add(key)
            changes += reader.changes(*known[key], row, number)
            continue
        if key and key not in known:
            unknown.append(key)
        added.append(reader.new_item(row, number))
    missing = tuple(item for key, (item, _) in known.items() if key not in seen)
    return Corrections(tuple(changes), tuple(added), missing, tuple(unknown))


def _review_sheet(path: Path) -> tuple[dict[str, int], list[tuple[int, tuple[str, ...]]]]:
    for rows in read_sheets(path).values():
        heading = find_heading([Line(at, "", None, 1, row) for at, row in enumerate(rows, 1)])
        top = rows[heading.row] if rows else ()
        if KEY in top and "title" in heading.columns and "意见" not in top:
            columns = {field: top.index(name) for field, name, _ in ITEM_COLUMNS if name in top}
            start = heading.row + heading.height
            return columns, [(start + at + 1, row) for at, row in enumerate(rows[start:])]
    raise BadPlan(f"{path.name} 不是由本系统写出的任务分解表（没有「{KEY}」列）：别处来的表请用 campaign plan read 读成方案", code="no_review_sheet")


class CellReader:
    """From changed cells to fields; years come from the plan's own dates, never from today."""

    def __init__(self, plan: PlanSpec) -> None:
        days = [day for phase in plan.phases for day in (day_of(phase.start), day_of(phase.end)) if day]
        days += [day for day in (day_of(plan.start), day_of(plan.end)) if day]
        self.year = min(days).year if days else None
        self.phases = {phase.name: phase.key for phase in plan.phases}
        self.readers: dict[str, Callable[[str, Item, int], dict[str, Any]]] = {
            "number": lambda text, item, row: {"number": text or None},
            "title": self._title,
            "content": lambda text, item, row: {"text": text},
            "lead": lambda text, item, row: {"lead_unit": _one_or_many(units_in(text)), **({"assumed": False} if item.assumed else {})},
            "responsible": lambda text, item, row: {"responsible_units": list(units_in(text))},
            "supporting": lambda text, item, row: {"supporting_units": list(units_in(text))},
            "deadline": self._deadline,
            "recurrence": lambda text, item, row: {"recurrence": _plain(recurrence_in(text))},
            "materials": self._materials,
            "recipient": lambda text, item, row: {"recipient": text or None},
            "phase": self._phase,
        }

    def changes(self, item: Item, phase: str, row: dict[str, str], number: int) -> Iterator[Change]:
        shown = shown_cells(item, phase)
        for column, name, _ in ITEM_COLUMNS:
            if column in self.readers and column in row and _same(row[column], shown[column]) is False:
                yield Change(item.key or "", item.title, name, shown[column], row[column], self.fields(column, row[column], item, number))

    def fields(self, column: str, text: str, item: Item, row: int) -> dict[str, Any]:
        return self.readers[column](text.strip(), item, row)

    def new_item(self, row: dict[str, str], number: int) -> Item:
        blank = Item(title=row.get("title") or row.get("content") or "?")
        fields: dict[str, Any] = {"title": blank.title}
        for column in self.readers:
            if row.get(column) and column != "title":
                fields |= self.fields(column, row[column], blank, number)
        if not row.get("title") and not row.get("content"):
            raise BadPlan(f"任务分解表第 {number} 行没有写任务：请补上任务，或删去这一行", code="blank_title")
        return Item.model_validate({name: value for name, value in fields.items() if value is not None})

    def _title(self, text: str, item: Item, row: int) -> dict[str, Any]:
        if not text:
            raise BadPlan(f"任务分解表第 {row} 行的任务是空的：请补上，或删去整行", code="blank_title")
        return {"title": text}

    def _deadline(self, text: str, item: Item, row: int) -> dict[str, Any]:
        if not text:
            return {"deadline": None, "deadline_text": None}
        if self.year is None and not WHEN.fullmatch(text):
            return {"deadline": None, "deadline_text": text}
        due = due_in(text, self.year or 2000)
        fields: dict[str, Any] = {"deadline": due.deadline, "deadline_text": due.text if not due.deadline else None}
        if due.recurrence is not None:
            fields["recurrence"] = _plain(due.recurrence)
        return fields

    def _materials(self, text: str, item: Item, row: int) -> dict[str, Any]:
        """Lines that stand as they were keep their material as it was, with whatever a cell cannot show."""
        had = {material_text(material): material for material in item.materials}
        found: list[Material] = []
        for line in text.split("\n"):
            found += [had[line.strip()]] if line.strip() in had else materials_in(line, self.year or 2000)
        return {"materials": [_plain(material) for material in found]}

    def _phase(self, text: str, item: Item, row: int) -> dict[str, Any]:
        if text and text not in self.phases:
            raise BadPlan(f"任务分解表第 {row} 行的阶段「{text}」不存在，可填 {'、'.join(self.phases) or '（方案没有阶段）'}", code="unknown_phase")
        return {"phase": self.phases[text] if text else None}


def _same(one: str, other: str) -> bool:
    """Excel and WPS change line ends and trailing spaces; that is no correction."""
    return "\n".join(line.rstrip() for line in one.strip().splitlines()) == "\n".join(line.rstrip() for line in other.strip().splitlines())


def _one_or_many(names: tuple[str, ...]) -> str | list[str] | None:
    return None if not names else names[0] if len(names) == 1 else list(names)


def _plain(part: Any) -> Any:
    return None if part is None else part.model_dump(mode="json", exclude_defaults=True) | ({"every": part.every} if hasattr(part, "every") else {})
