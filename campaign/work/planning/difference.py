"""Applying a changed plan only when somebody has seen what it changes: the launch is done, compared with what was, and undone unless it was agreed to.

Owns the difference in words, by kind of change. It is read from the records before and after the launch itself, in one transaction with other
launches kept waiting, so what was agreed to is what is done: if anything else has changed meanwhile, the agreement does not fit and the new
difference is shown.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from campaign.errors import Conflict
from campaign.plan.spec import PlanSpec
from campaign.records import leases
from campaign.records.planning.standing import Standing, Task, standing_of
from campaign.rules.calendar import due_on
from campaign.work.by import By
from campaign.work.planning.launch import Launched, launch

ROLES = {"lead": "牵头单位", "responsible": "责任单位", "supporting": "配合单位"}
_NUMBER = re.compile(r"（#(\d+)）")


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """`digest` stands for exactly this difference between exactly these plans."""

    campaign: str
    groups: tuple[Group, ...]
    digest: str


class Unseen(Conflict):
    """Nothing was applied: this difference has not been agreed to."""

    code = "unseen_changes"

    def __init__(self, difference: Difference) -> None:
        super().__init__(f"方案有改动，尚未应用到「{difference.campaign}」：请核对差别后确认。")
        self.difference = difference


def launch_as_agreed(tx: Session, spec: PlanSpec, by: By, *, ladders: Path, slug: str, agreed: str) -> tuple[Launched, bool]:
    """What was done, and whether the campaign is new. Raises `Unseen`, for the caller to roll back, unless `agreed` is the difference's digest."""
    leases.take_in(tx, "launch", "launch", 0)  # before the first look: a launch that ends in between would count as ours
    before = standing_of(tx, slug)
    done = launch(tx, spec, by, ladders=ladders, slug=slug)
    after = standing_of(tx, slug)
    if before is None or after is None or before.plan == after.plan:
        return done, before is None
    would = compare(before, after, done)
    if would.digest != agreed:
        raise Unseen(would)
    return done, False


def compare(before: Standing, after: Standing, done: Launched) -> Difference:
    gone = [number for number in before.owed if number not in after.owed]
    back = [number for number in after.owed if number not in before.owed and number <= before.newest]
    moved = [number for number in after.owed if number in before.owed and before.owed[number].due_at != after.owed[number].due_at]
    told = {*gone, *back, *moved}
    groups = (
        ("阶段、迎检和周期", [line for line in done.changed if not told.intersection(int(found) for found in _NUMBER.findall(line))]),
        ("任务", list(_tasks(before.tasks, after.tasks))),
        ("改派", list(_owners(before.tasks, after.tasks))),
        ("新增应办事项", [_owed(after, number) for number in after.owed if number > before.newest]),
        ("恢复应办事项", [f"{_owed(after, number)}（#{number}）" for number in back]),
        ("取消应办事项", [f"{_owed(before, number)}（#{number}）" for number in gone]),
        ("调整期限", [f"{_name(after, number)}（#{number}）：{_day(before.owed[number].due_at)} → {_day(after.owed[number].due_at)}" for number in moved]),
        ("新建单位", list(done.units_created)),
        ("请核对", [warning for warning in done.warnings if "改写而来" in warning]),
    )
    kept = tuple(Group(title, tuple(lines)) for title, lines in groups if lines)
    said = json.dumps([before.plan, after.plan, [(one.title, one.lines) for one in kept]], ensure_ascii=False)
    return Difference(before.title, kept, hashlib.sha256(said.encode()).hexdigest())


def _tasks(before: dict[str, Task], after: dict[str, Task]) -> Iterator[str]:
    for key, task in after.items():
        old = before.get(key)
        if old is None:
            yield f"新增「{task.title}」"
            continue
        if old.title != task.title:
            yield f"「{old.title}」改为「{task.title}」"
        if old.phase != task.phase:
            yield f"「{task.title}」从{old.phase}移到{task.phase}"
        if old.words != task.words:
            yield f"「{task.title}」的文字说明有修改"
        if parts := _moves(old.materials, task.materials):
            yield f"「{task.title}」的资料：{parts}"
    yield from (f"取消「{task.title}」" for key, task in before.items() if key not in after)


def _owners(before: dict[str, Task], after: dict[str, Task]) -> Iterator[str]:
    for key, task in after.items():
        for role, label in ROLES.items():
            if key not in before:
                continue
            old, new = before[key].parts.get(role, []), task.parts.get(role, [])
            if old == new:
                continue
            yield f"「{task.title}」的{label}：" + (f"{'、'.join(old) or '空'} → {'、'.join(new) or '空'}" if role == "lead" else _moves(old, new))


def _moves(old: list[str], new: list[str]) -> str:
    more, less = [one for one in new if one not in old], [one for one in old if one not in new]
    return "；".join(f"{word}{'、'.join(names)}" for word, names in (("增加", more), ("去掉", less)) if names)


def _owed(at: Standing, number: int) -> str:
    return f"{_name(at, number)}，{_by(at.owed[number].due_at)}"


def _name(at: Standing, number: int) -> str:
    return f"{at.owed[number].unit}：{at.owed[number].title}"


def _day(due_at: datetime | None) -> str:
    return due_on(due_at).isoformat() if due_at else "期限待定"


def _by(due_at: datetime | None) -> str:
    return f"{_day(due_at)} 前" if due_at else _day(None)
