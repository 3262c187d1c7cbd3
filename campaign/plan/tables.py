"""Task tables (任务分解表) as items.

Owns the recognition of a table by its headings: what people call the task, the units, the deadline and the papers, in one header row or
two. A column is taken only for a heading that is known, and a table only when it has a task column and one that hands something out; all
else (members, scores, contact lists) is left alone. `explain` says which heading was taken for what, and what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from campaign.plan.cells import due_in, materials_in, recurrence_in, units_by_role, units_in
from campaign.plan.check_view import is_blank
from campaign.plan.materials import form_of, materials_of
from campaign.plan.normal import folded
from campaign.plan.recurrence import recurrence_of
from campaign.plan.source import Line, SourceText
from campaign.plan.spec import Item
from campaign.plan.targets import targets_of

MAX_HEADER_ROW = 12
MAX_TITLE = 40

NAMES = {
    "key": "编号",
    "number": "序号",
    "title": "任务",
    "content": "工作内容",
    "lead": "牵头单位",
    "responsible": "责任单位",
    "supporting": "配合单位",
    "deadline": "完成时限",
    "recurrence": "周期",
    "materials": "资料",
    "targets": "目标",
    "recipient": "报送对象",
    "phase": "阶段",
    "copies": "份数",
    "form": "形式",
    "source": "来源段落",
    "notes": "备注",
}
_U = "(?:单位|部门|科室|股室|处室|机构|方)"
_HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(pattern))
    for field, pattern in (
        ("key", r"编号\(勿改\)|编号"),
        ("number", r"序号|项次|序|no\.?|#"),
        ("lead", rf"(?:牵头|主办|主责|主要责任|第一责任)(?:责任)?{_U}?"),
        ("supporting", rf"(?:配合|协办|协助|协同|参与|参加|协作)(?:责任)?{_U}?"),
        ("responsible", rf"(?:责任|承办|落实|实施|执行|责任落实|承担|具体责任|完成){_U}|责任主体|分工|责任分工|任务分工"),
        (
            "deadline",
            r"(?:完成|办结|整改|工作|任务|落实|上报|报送|截止|起止|时间|实施|推进)?(?:时限|期限|时间节点|节点)(?:要求)?|(?:完成|截止|办结|起止|整改|实施|上报|报送|工作)(?:时间|日期)|时间(?:要求|安排|进度)?|进度(?:安排|要求)|完成进度",
        ),
        ("recurrence", r"(?:报送|工作|检查)?(?:频次|频率|周期)"),
        (
            "materials",
            r"(?:报送|申报|提交|佐证|支撑|印证|档案|所需|需提供|上报|相关|证明|应报|需报送的?)?(?:资料|材料|档案)(?:清单|名称|要求|目录)?|成果(?:形式|材料)?|工作成果|台账资料",
        ),
        ("recipient", r"(?:报送|接收|受理|上报)(?:单位|对象|部门|至)|报送给|收件单位"),
        ("copies", r"份数|数量\(份\)"),
        ("form", r"(?:报送|材料|资料)?形式|报送方式"),
        ("phase", r"(?:工作|实施|所属)?阶段"),
        ("targets", r"(?:工作|任务|创建|目标|年度|预期|量化|考核|达标|完成|验收|质量)?(?:目标|标准|指标值|目标值|目标要求)(?:要求)?|工作要求|完成标准"),
        (
            "content",
            r"(?:工作|任务|具体|主要|整治|活动|整改|创建|实施|重点|详细)(?:工作)?(?:内容|措施|举措|要点)|内容|措施|具体(?:任务|工作|要求)|任务分解|任务说明|整改措施",
        ),
        (
            "title",
            r"(?:重点|主要|工作|创建|整治|年度|迎检|目标|阶段)?(?:任务|工作|事项|项目)(?:名称|事项|项目)?|任务事项|测评内容|测评项目|问题|存在问题|活动名称|工作名称",
        ),
        ("source", r"来源段落|来源|原文位置|出处"),
        ("notes", r"备注|说明"),
    )
)
_NUMBERED = re.compile(r"^\s*([(\uff08]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)\uff09、.\uff0e]|[①-⑳])\s*(?=\S)")
_TOTAL = re.compile(r"(?:合|小|总)\s*计.*|填表.*|制表.*|联系人.*|(?:注|备注|说明)[:\uff1a].*")


@dataclass(frozen=True, slots=True)
class Heading:
    """Which column is taken for which field, and how many rows the heading has."""

    columns: dict[str, int]
    words: dict[str, str]
    row: int
    height: int

    @property
    def is_task_table(self) -> bool:
        named = self.columns.keys()
        return bool(named & {"title", "content"}) and bool(named & {"lead", "responsible", "deadline", "materials", "recurrence"})


@dataclass(frozen=True, slots=True)
class TaskTable:
    number: int
    heading: Heading
    rows: tuple[Line, ...]

    @property
    def unclear(self) -> tuple[str, ...]:
        """The headings that were taken for nothing."""
        top = self.rows[self.heading.row].cells or ()
        used = set(self.heading.columns.values())
        return tuple(dict.fromkeys(text.replace("\n", "") for column, text in enumerate(top) if column not in used and text))


def items_of_tables(source: SourceText, year: int) -> tuple[Item, ...]:
    """The items of all task tables of a document, in their order."""
    return tuple(item for table in task_tables(source) for item in _items(table, year))


def task_tables(source: SourceText) -> list[TaskTable]:
    return [table for table in _tables(source) if table.heading.is_task_table]


def explain(source: SourceText) -> str:
    """For a workbook without a task table: what each sheet's headings were taken for and what is missing."""
    told = []
    for table in _tables(source):
        taken = "、".join(f"「{table.heading.words[field]}」当作{NAMES[field]}" for field in table.heading.columns)
        missing = [name for name, fields in _NEEDED.items() if not table.heading.columns.keys() & fields]
        unclear = f"；没有认出的列：{'、'.join(table.unclear[:8])}" if taken and table.unclear else ""
        header = f"（第 {table.rows[table.heading.row].number} 行为表头）{taken}" if taken else "没有认出表头"
        told.append(f"第 {table.number} 张表{header}{unclear}；缺 {'、'.join(missing)}")
    return "。".join(told[:5]) or "文件里没有表格"


_NEEDED = {
    "任务（或工作内容）": {"title", "content"},
    "牵头单位、责任单位、完成时限、资料中的任一列": {"lead", "responsible", "deadline", "materials", "recurrence"},
}


def _tables(source: SourceText) -> Iterator[TaskTable]:
    rows: dict[int, list[Line]] = {}
    for line in source.lines:
        if line.table is not None and line.cells is not None:
            rows.setdefault(line.table, []).append(line)
    for number, lines in rows.items():
        yield TaskTable(number, find_heading(lines), tuple(lines))


def find_heading(rows: list[Line]) -> Heading:
    """The row among the first ones whose words name the most fields; two rows when the second divides a merged one."""
    best = Heading({}, {}, 0, 1)
    for at, row in enumerate(rows[:MAX_HEADER_ROW]):
        for height in (1, 2):
            if height == 2 and not (at + 1 < len(rows) and _divides(rows[at].cells or (), rows[at + 1].cells or ())):
                continue
            below = rows[at + 1].cells or () if height == 2 else ()
            columns, words = _columns(row.cells or (), below)
            if len(columns) > len(best.columns) and len(columns) >= 2:
                best = Heading(columns, words, at, height)
    return best


def _divides(top: tuple[str, ...], below: tuple[str, ...]) -> bool:
    """Whether `below` only says again what is above, or divides it into known headings; above it must stand a heading, not a title."""
    if len(_columns(top, ())[0]) < 2:
        return False
    known = 0
    for column, text in enumerate(below):
        if not text or (column < len(top) and text == top[column]):
            continue
        if _field(text) is None:
            return False
        known += 1
    return known > 0


def _columns(top: tuple[str, ...], below: tuple[str, ...]) -> tuple[dict[str, int], dict[str, str]]:
    columns: dict[str, int] = {}
    words: dict[str, str] = {}
    for column in range(max(len(top), len(below))):
        over, under = top[column] if column < len(top) else "", below[column] if column < len(below) else ""
        field = _field(under) or _field(over)
        if field is not None and field not in columns:
            columns[field] = column
            words[field] = (under or over).replace("\n", "")
    return columns, words


def _field(text: str) -> str | None:
    words = re.sub(r"\s+", "", folded(text)).strip(":*").lower()
    if not words or len(words) > 14:
        return None
    bare = re.sub(r"\((?!勿改).*?\)$", "", words)
    parts = [part for part in re.split(r"[及和与/、]", bare) if part]
    for candidate in (bare, *parts):
        for field, pattern in _HEADINGS:
            if pattern.fullmatch(candidate):
                return field
    return None


def _items(table: TaskTable, year: int) -> Iterator[Item]:
    heading = table.heading
    body = table.rows[heading.row + heading.height :]
    header = table.rows[heading.row].cells
    shared = _shared_titles(body, heading)
    for line in body:
        cells = line.cells or ()
        if cells == header or _is_between(cells):
            continue
        item = _item(line, cells, heading, year, shared)
        if item is not None:
            yield item


def _shared_titles(body: tuple[Line, ...], heading: Heading) -> set[str]:
    """Titles that stand over several rows (a merged cell): there the content names the task."""
    if "title" not in heading.columns or "content" not in heading.columns:
        return set()
    titles = [_cell(line.cells or (), heading, "title") for line in body]
    return {one for one, other in pairwise(titles) if one == other and one}


def _is_between(cells: tuple[str, ...]) -> bool:
    """A row that is a heading, a sum or empty: at most one thing is said in it."""
    said = {text for text in cells if text}
    return len(said) <= 1 or any(_TOTAL.fullmatch(text.replace("\n", " ")) for text in cells[:2])


def _cell(cells: tuple[str, ...], heading: Heading, field: str) -> str:
    column = heading.columns.get(field)
    return cells[column].strip() if column is not None and column < len(cells) else ""


def _item(line: Line, cells: tuple[str, ...], heading: Heading, year: int, shared: set[str]) -> Item | None:
    def cell(field: str) -> str:
        return _cell(cells, heading, field)

    name, content = cell("title"), cell("content")
    words = content if (name in shared and content) or is_blank(name) else name
    if is_blank(words):
        return None
    number, title = _titled(words)
    due = due_in(cell("deadline"), year)
    told = folded(f"{words}。{content}" if content != words else words)
    materials = materials_in(cell("materials"), year) if "materials" in heading.columns else materials_of(told)
    copies, form = re.sub(r"\D", "", cell("copies")), form_of(folded(cell("form")))
    if copies or form:
        materials = tuple(m.model_copy(update={"copies": m.copies or (int(copies) if copies else None), "form": m.form or form}) for m in materials)
    text = "\n".join(dict.fromkeys(part for part in (words, content, cell("targets")) if part))
    return Item(
        line=line.number,
        number=cell("number") or number,
        title=title,
        text=text,
        deadline=due.deadline,
        deadline_text=due.text,
        recurrence=recurrence_in(cell("recurrence")) or due.recurrence or recurrence_of(told),
        materials=materials,
        targets=targets_of(folded(cell("targets")) or told),
        recipient=cell("recipient") or None,
        phase=cell("phase") or None,
        **_units(cell("lead"), cell("responsible"), cell("supporting"), divided=bool(heading.columns.keys() & {"lead", "supporting"})),
    )


def _units(lead: str, responsible: str, supporting: str, *, divided: bool) -> dict[str, object]:
    """Units of a row. Where a table divides 责任单位 from 配合单位 and has no lead of its own, the one responsible unit leads."""
    roles = units_by_role(responsible)
    leads = units_in(lead) or roles.get("lead", ())
    owing = roles.get("responsible", ()) if roles else units_in(responsible)
    helping = units_in(supporting) or roles.get("supporting", ())
    if not leads and divided and not lead and len(owing) == 1 and helping:
        leads, owing = owing, ()
    owing = tuple(name for name in owing if name not in leads)
    return {
        "lead_unit": None if not leads else leads[0] if len(leads) == 1 else leads,
        "responsible_units": owing,
        "supporting_units": tuple(name for name in helping if name not in leads and name not in owing),
    }


def _titled(words: str) -> tuple[str | None, str]:
    """The number that stands in front, and the first sentence."""
    found = _NUMBERED.match(words)
    rest = words[found.end() :] if found else words
    first = re.split(r"[。;\uff1b\n]", rest.strip(), maxsplit=1)[0].strip()
    if len(first) > MAX_TITLE:
        first = re.split(r"[,\uff0c:\uff1a]", first, maxsplit=1)[0][:MAX_TITLE]
    return (found[1] if found else None), first or words[:MAX_TITLE]
