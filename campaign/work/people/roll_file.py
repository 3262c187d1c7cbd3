"""A file of units and people as rows: one line a person, the unit's columns repeated or left blank below the first.

Owns the headings and words that offices use, and the complaints: every wrong cell at once, with its line. Refuses to guess a post: a word
that is no known relation is named with those that are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from campaign.errors import CampaignError
from campaign.rules.ladder_terms import AUDIENCES

HEADINGS: dict[str, tuple[str, ...]] = {
    "unit": ("单位名称", "单位", "名称", "单位全称"),
    "code": ("编号", "单位编号", "代码"),
    "kind": ("类别", "单位类别", "类型"),
    "parent": ("上级单位", "上级", "所属", "主管单位"),
    "aliases": ("别名", "简称", "曾用名"),
    "external": ("外部单位", "外部"),
    "post": ("岗位", "角色", "身份", "职责"),
    "title": ("职务", "岗位名称"),
    "person": ("姓名", "人员", "联系人"),
    "phone": ("手机", "电话", "联系电话", "手机号", "手机号码"),
    "email": ("邮箱", "电子邮箱", "邮件"),
    "account": ("账号", "帐号", "企业微信账号", "企业微信"),
}
RELATIONS: dict[str, str] = {label: key for key, label in AUDIENCES.items()} | {
    "联络员": "contact", "联系人": "contact", "主要负责人": "unit_head", "负责人": "unit_head", "主任": "unit_head", "局长": "unit_head", "书记": "unit_head",
    "分管负责人": "supervisor_leader", "分管": "supervisor_leader", "挂点领导": "assigned_leader", "联系领导": "assigned_leader", "办公室主任": "office",
    "办公室工作人员": "office", "领导小组组长": "group_head", "具体经办人": "handler",
}  # fmt: skip
PHONE = re.compile(r"\+?\d[\d -]{4,18}\d")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LISTED = 30
_BETWEEN = re.compile(r"[、，,；;\s]+")


@dataclass(frozen=True, slots=True)
class RollRow:
    line: int
    unit: str
    code: str | None
    kind: str | None
    parent: str | None
    aliases: tuple[str, ...]
    external: bool
    relation: str | None
    post: str | None
    person: str | None
    phone: str | None
    email: str | None
    account: str | None


def post_words(relation: str, name: str) -> tuple[str, str]:
    """岗位 and 职务 for a post as a file says them: 区长 of the leading group is 组长, 区长; a post called by its relation needs no second word."""
    return (name, "") if RELATIONS.get(name) == relation else (AUDIENCES.get(relation, name), name)


def said_aliases(names: Iterable[str]) -> str:
    """In one cell, without those that would be read as several: an import adds names and takes none away."""
    return "、".join(name for name in names if not _BETWEEN.search(name))


def read_roll(path: Path) -> list[RollRow]:
    """Raises with every complaint when a single cell is wrong."""
    cells = list(cells_of(path))
    found = next(((at, places) for at, (_, row) in enumerate(cells[:10]) if (places := _places(row)) and "unit" in places), None)
    if found is None:
        raise CampaignError(
            f"{path.name} 里没有「单位名称」这一列：第一行请写列名，可用 {'、'.join(words[0] for words in HEADINGS.values())}。", code="no_heading"
        )
    at, places = found
    rows: list[RollRow] = []
    wrong: list[str] = []
    unit = ""
    for line, row in cells[at + 1 :]:
        if not any(row):
            continue
        values = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        unit = values["unit"] = values["unit"] or unit
        wrong += [f"第 {line} 行 {told}" for told in _complaints(values)]
        rows.append(_row(line, values))
    if not rows and not wrong:
        raise CampaignError(f"{path.name} 里没有一行单位。", code="empty_file")
    refuse(path, wrong)
    return rows


def refuse(path: Path, wrong: list[str], nothing: str = "没有导入任何内容") -> None:
    if wrong:
        more = [f"…… 另有 {len(wrong) - LISTED} 处"] if len(wrong) > LISTED else []
        raise CampaignError("\n".join([f"{path.name} 有 {len(wrong)} 处不对，{nothing}，请改正后重试：", *wrong[:LISTED], *more]), code="bad_roll")


def cells_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    if path.suffix.lower() in (".xlsx", ".xls", ".et", ".xlsm"):
        from campaign.plan.files.sheet import read_sheets

        if not path.is_file():
            raise FileNotFoundError(2, "missing", str(path))
        sheets = read_sheets(path)
        yield from enumerate((list(row) for row in next(iter(sheets.values()), [])), 1)
        return
    from campaign.plan.files.text import decoded

    text = decoded(path)
    separator = "\t" if "\t" in text.split("\n", 1)[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for row in reader:
        yield reader.line_num, row


def _places(row: list[str]) -> dict[str, int]:
    named = {word: name for name, words in HEADINGS.items() for word in words}
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        name = named.get(re.sub(r"[\s*(（].*|\s", "", cell))
        if name is not None:
            places.setdefault(name, place)
    return places


def _complaints(values: dict[str, str]) -> Iterator[str]:
    if not values["unit"]:
        yield "没有单位名称"
    post, person = values.get("post", ""), values.get("person", "")
    if post and post not in RELATIONS:
        yield f"岗位「{post}」不认识，可填 {'、'.join(AUDIENCES.values())}"
    if not person and any(values.get(name) for name in ("phone", "email", "account")):
        yield "有联系方式但没有姓名"
    if values.get("phone") and not PHONE.fullmatch(values["phone"]):
        yield f"手机「{values['phone']}」不像电话号码"
    if values.get("email") and not EMAIL.fullmatch(values["email"]):
        yield f"邮箱「{values['email']}」写法不对"


def _row(line: int, values: dict[str, str]) -> RollRow:
    post = values.get("post", "")
    person = values.get("person") or None
    relation = RELATIONS.get(post) if post else "contact" if person else None
    aliases = tuple(word for word in _BETWEEN.split(values.get("aliases", "")) if word)
    return RollRow(
        line, values["unit"], values.get("code") or None, values.get("kind") or None, values.get("parent") or None, aliases,
        values.get("external", "") in ("是", "外部", "1", "Y", "y"), relation, values.get("title") or post or (AUDIENCES[relation] if relation else None), person,
        re.sub(r"[ -]", "", values.get("phone", "")) or None, values.get("email") or None, values.get("account") or None,
    )  # fmt: skip
