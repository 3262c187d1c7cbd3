"""A plan's YAML file as a PlanSpec, with the line of each part.

Owns reading and the words of its errors: every wrong field at once, each with its line and what is allowed. Refuses nothing that a
person would call right: a number where text is meant (`number: 1`, `on: [10]`) is taken as it was written.
Writing is in yaml_text.py, changing a file in place in yaml_edit.py.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from campaign.errors import BadPlan
from campaign.plan.lines import LineMap, Place
from campaign.plan.spec import PlanSpec
from campaign.plan.yaml_tree import Tree, parse, read_text

MAX_LISTED = 50


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    spec: PlanSpec
    lines: LineMap
    path: Path | None = None


def load_plan(path: Path) -> LoadedPlan:
    """Raises BadPlan with all errors, one a line."""
    loaded = parse_plan(read_text(path), path.name)
    return LoadedPlan(loaded.spec, loaded.lines, path)


def parse_plan(text: str, name: str = "方案") -> LoadedPlan:
    tree = parse(text, name)
    try:
        return LoadedPlan(PlanSpec.model_validate(tree.value), tree.lines)
    except ValidationError as first:
        _take_as_written(tree, first)
    try:
        return LoadedPlan(PlanSpec.model_validate(tree.value), tree.lines)
    except ValidationError as wrong:
        raise BadPlan(_explain(tree, wrong, name), code="bad_plan") from wrong


def _take_as_written(tree: Tree, wrong: ValidationError) -> None:
    """Put the written text where a number stands but text is asked for, and take a field left blank as not written."""
    for error in wrong.errors():
        place = _written_place(tree, error["loc"])
        if place not in tree.written:
            continue
        holder: Any = tree.value
        for step in place[:-1]:
            holder = holder[step]
        if error["type"] == "string_type" and isinstance(error["input"], int | float):
            holder[place[-1]] = tree.written[place]
        elif error["input"] is None and isinstance(holder, dict):
            holder.pop(place[-1], None)


def _written_place(tree: Tree, loc: tuple[int | str, ...]) -> Place:
    """`loc` without the steps that pydantic adds for unions."""
    place: Place = ()
    value: Any = tree.value
    for step in loc:
        in_dict = isinstance(value, dict) and isinstance(step, str) and step in value
        in_list = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if not (in_dict or in_list):
            break
        value = value[step]
        place = (*place, step)
    return place


def _explain(tree: Tree, wrong: ValidationError, name: str) -> str:
    rows: dict[tuple[int, str], None] = {}
    for error in wrong.errors():
        place = _written_place(tree, error["loc"])
        missing = error["type"] == "missing"
        shown = (*place, error["loc"][-1]) if missing else place
        row = tree.lines.line(*shown) or 1
        rows.setdefault((row, f"第 {row} 行 {_spell(shown)}：{_allowed(error, tree)}"))
    sentences = [sentence for _, sentence in sorted(rows)]
    more = [f"…… 另有 {len(sentences) - MAX_LISTED} 处"] if len(sentences) > MAX_LISTED else []
    return "\n".join([f"{name} 有 {len(sentences)} 处填写不对，请改正后重试：", *sentences[:MAX_LISTED], *more])


def _spell(place: Place) -> str:
    """`items[3].lead_unit`, counted from 1 as people count."""
    text = ""
    for step in place:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "方案"


def _allowed(error: Any, tree: Tree) -> str:
    kind, given, limits = str(error["type"]), error["input"], error.get("ctx", {})
    match kind:
        case "missing":
            return "缺少必填的字段"
        case "extra_forbidden":
            return _unknown_field(str(error["loc"][-1]), error["loc"])
        case "enum" | "literal_error":
            return f"「{given}」不可用，可填 {_names(str(limits.get('expected', '')))}"
        case "string_type":
            return "应是一段文字"
        case "string_too_short":
            return "不能为空"
        case "tuple_type" | "list_type":
            return f"应写成列表，如 [{given if isinstance(given, str) else '甲, 乙'}]"
        case "model_type" | "model_attributes_type" | "dict_type":
            return "应写成下一级的“字段: 值”"
        case "bool_type" | "bool_parsing":
            return "应填 true 或 false"
        case "value_error":
            return f"「{given}」不对，" + str(error["msg"]).removeprefix("Value error, ")
        case "greater_than_equal":
            return f"应不小于 {limits.get('ge')}"
        case "less_than_equal":
            return f"应不大于 {limits.get('le')}"
        case _ if kind.startswith("int"):
            return f"「{given}」应是整数"
        case _ if kind.startswith("float"):
            return f"「{given}」应是数字"
    return f"「{given}」不可用"


def _names(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", "、").replace(", ", "、")


def _unknown_field(field: str, loc: tuple[int | str, ...]) -> str:
    known = sorted(_fields_at(loc[:-1]))
    near = difflib.get_close_matches(field, known, n=1, cutoff=0.6)
    return f"没有这个字段{f'，是不是 {near[0]}' if near else ''}。可用：{'、'.join(known)}"


def _fields_at(loc: tuple[int | str, ...]) -> set[str]:
    """The field names of the model that `loc` points into."""
    model: type[BaseModel] = PlanSpec
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            inner = _model_in(model.model_fields[step].annotation)
            if inner is not None:
                model = inner
    return set(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found is not None:
            return found
    return None
