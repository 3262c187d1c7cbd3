"""YAML text as plain values with the line of each.

Owns the syntax: encoding, size, duplicate keys, anchors, depth. Values stay as they were written where YAML would read more into them:
`2026-09-01` stays text, because the plan's grammar decides what a date is. Refuses anchors and aliases: nobody needs them in a plan, and
nine lines of them unfold into gigabytes. The tree is composed by libyaml and walked here, which is six times as fast as the round-trip loader.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign.errors import BadPlan
from campaign.plan.lines import LineMap, Place

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

MAX_BYTES = 20_000_000
MAX_DEPTH = 30
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Tree:
    """The values, the line of each place, and the text of each scalar as written."""

    value: Any
    lines: LineMap
    written: dict[Place, str]


def read_text(path: Path) -> str:
    if not path.exists():
        raise BadPlan(f"找不到文件 {path}：请检查路径", code="missing_file", path=str(path))
    if path.is_dir():
        raise BadPlan(f"{path} 是文件夹：请给出方案的 YAML 文件", code="not_a_file", path=str(path))
    if path.stat().st_size > MAX_BYTES:
        raise BadPlan(f"{path.name} 超过 {MAX_BYTES // 1_000_000} MB，不像方案的 YAML：请检查是否选错文件", code="too_large", path=str(path))
    raw = path.read_bytes()
    if raw[:4] == b"PK\x03\x04" or raw[:4] == b"\xd0\xcf\x11\xe0" or raw[:5] == b"%PDF-":
        raise BadPlan(
            f"{path.name} 是 Word、Excel 或 PDF 文件：请先用 campaign plan read {path.name} --yaml -o 方案.yaml 读成 YAML", code="not_yaml", path=str(path)
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        row = raw[: wrong.start].count(b"\n") + 1
        raise BadPlan(f"{path.name} 第 {row} 行不是 UTF-8 编码：请在编辑器里另存为 UTF-8 后重试", code="bad_encoding", path=str(path)) from wrong
    if not text.strip():
        raise BadPlan(f"{path.name} 是空文件：请填写方案，或用 campaign plan read 从原文生成", code="empty_file", path=str(path))
    return text


def parse(text: str, name: str) -> Tree:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        root = YAML(typ="safe").compose(text)
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        where = f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else "某处"
        raise BadPlan(f"{name} {where}不是正确的 YAML：{_cause(text, wrong.problem, mark.line if mark else None)}", code="bad_yaml") from wrong
    except YAMLError as wrong:
        raise BadPlan(f"{name} 不是正确的 YAML：含有不能显示的字符，请删去后重试", code="bad_yaml") from wrong
    except RecursionError as wrong:
        raise BadPlan(f"{name} 的层次太深，不像方案：请检查是否选错文件", code="bad_yaml") from wrong
    if root is None:
        raise BadPlan(f"{name} 里只有注释：请填写方案，或用 campaign plan read 从原文生成", code="empty_file")
    walk = _Walk(name)
    value = walk.read(root, ())
    if not isinstance(value, dict):
        raise BadPlan(f"{name} 的最外层应是“字段: 值”，如 title: 创建方案；现在是{'列表' if isinstance(value, list) else '一段文字'}", code="bad_yaml")
    return Tree(value, LineMap(walk.lines), walk.written)


def _cause(text: str, problem: str | None, row: int | None) -> str:
    """The usual slip behind the parser's English complaint."""
    rows = text.split("\n")
    near = rows[max(0, (row or 0) - 1) : (row or 0) + 1]
    problem = problem or ""
    if "\\t" in problem or any("\t" in line[: len(line) - len(line.lstrip())] for line in near):
        return "缩进里有制表符（Tab），请改成空格"
    if "mapping values" in problem:
        return "一行里有两个“: ”（含冒号的文字请加引号），或上一行的冒号后缺空格"
    if "indicator" in problem or "block mapping" in problem or "block collection" in problem or "block entry" in problem:
        return "这一行与上一行的缩进对不齐，或列表项前缺“- ”"
    if "could not find expected ':'" in problem:
        return "字段名后面缺冒号和空格"
    if "flow" in problem or "',' or" in problem:
        return "方括号、花括号或逗号不成对"
    if "quoted" in problem or "end of stream" in problem:
        return "引号不成对"
    if "character" in problem or "token" in problem:
        return "有不能作开头的字符（如 @ ` % *），这样的文字请加引号"
    return "请检查缩进、冒号后的空格和引号"


class _Walk:
    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Place, int] = {}
        self.written: dict[Place, str] = {}
        self.seen: set[int] = set()

    def read(self, node: Node, place: Place) -> Any:
        from ruamel.yaml.nodes import MappingNode, SequenceNode

        row: int = node.start_mark.line + 1
        self.lines.setdefault(place, row)
        if id(node) in self.seen or node.anchor:
            raise BadPlan(f"{self.name} 第 {row} 行用了 YAML 的锚点（& 或 *）：请把内容直接写出来，以 & 或 * 开头的文字请加引号", code="bad_yaml")
        self.seen.add(id(node))
        if len(place) > MAX_DEPTH:
            raise BadPlan(f"{self.name} 第 {row} 行的层次太深，不像方案：请检查缩进", code="bad_yaml")
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        if isinstance(node, SequenceNode):
            return [self.read(child, (*place, index)) for index, child in enumerate(node.value)]
        self.written[place] = node.value
        return _scalar(node)

    def _mapping(self, node: Node, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, child in node.value:
            name = str(key.value)
            row = key.start_mark.line + 1
            if name in found:
                first = self.lines[(*place, name)]
                raise BadPlan(f"{self.name} 第 {row} 行的字段 {name} 写了两次（第 {first} 行已有）：请删去一个", code="bad_yaml")
            self.lines[(*place, name)] = row
            found[name] = self.read(child, (*place, name))
        return found


def _scalar(node: Node) -> Any:
    kind, text = str(node.tag).removeprefix(_TAG), node.value
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    if kind == "int":
        return int(text, 0) if not text.lstrip("+-").startswith("0") else text
    if kind == "float":
        try:
            return float(text)
        except ValueError:
            return text
    return text
