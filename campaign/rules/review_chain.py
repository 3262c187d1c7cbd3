"""Which step of its review a version is at, which comes next, at whose, and who may decide there. Decisions on values only.

Owns the meaning of a chain: its steps in order, and which of them fall away for a duty (the lead unit does not review its own material, nor
a unit head what has none above it). Refuses a chain without the office: it would let a unit accept its own work.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from campaign.errors import CampaignError


class BadChain(CampaignError):
    code = "bad_chain"


class Who(StrEnum):
    """Where a step is decided; the roles that may are in DECIDERS."""

    UNIT_HEAD = "unit_head"
    LEAD_UNIT = "lead_unit"
    OFFICE = "office"
    ABOVE = "above"

    @property
    def label(self) -> str:
        return {"unit_head": "单位负责人", "lead_unit": "牵头单位", "office": "创建办", "above": "分解任务的单位"}[self.value]


DECIDERS: Mapping[Who, tuple[str, ...]] = MappingProxyType(
    {
        Who.UNIT_HEAD: ("unit_head",),
        Who.LEAD_UNIT: ("lead_unit", "unit_head"),
        Who.OFFICE: ("admin", "reviewer", "third_party", "expert"),
        Who.ABOVE: ("unit_head", "lead_unit"),
    }
)
REPORTERS = ("admin", "reviewer")
"""A step that reports outside is the office's own doing, not an assessor's."""


def deciders(who: Who, *, receipt: bool = False) -> tuple[str, ...]:
    """The roles that may decide a step; where they must hold, the records say."""
    return REPORTERS if receipt and who is Who.OFFICE else DECIDERS[who]


CHAIN_FIELDS, STEP_FIELDS = ("title", "steps"), ("key", "name", "who", "days", "ladder", "receipt")
MOST_DAYS, MOST_STEPS = 30, 8


@dataclass(frozen=True, slots=True)
class Step:
    """`days` are working days; `receipt` asks for a number or a scan from the recipient outside."""

    key: str
    name: str
    who: Who
    days: int = 2
    ladder: str = ""
    receipt: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    name: str
    title: str
    steps: tuple[Step, ...]

    def digest(self, ladders: Mapping[str, str]) -> str:
        """Over the steps and the ladders they mean: a chain whose ladder changed is another chain."""
        meant = [asdict(step) | {"ladder": ladders.get(step.ladder, "")} for step in self.steps]
        return sha256(json.dumps([self.name, self.title, meant], ensure_ascii=False, sort_keys=True).encode()).hexdigest()


SPLIT = Chain("split", "分解任务的单位审核", (Step("above", "上级单位审核", Who.ABOVE),))
"""What a unit hands in for a part of another's duty is that other unit's to judge; the office judges the whole."""


@dataclass(frozen=True, slots=True)
class Places:
    """The units that a version's review may go to."""

    own: int
    office: int
    lead: int | None = None
    above: int | None = None


def unit_of(step: Step, places: Places) -> int | None:
    """Where a step is decided; None where it falls away for this duty."""
    if step.who is Who.OFFICE:
        return places.office
    if step.who is Who.ABOVE:
        return places.above
    if places.own == places.office:
        return None  # the office's own material is reviewed by the office, by somebody else
    if step.who is Who.UNIT_HEAD:
        return places.own
    return places.lead if places.lead not in (places.own, places.office) else None


def step_after(steps: tuple[Step, ...], done: int, places: Places) -> tuple[int, Step, int] | None:
    """The next step behind the `done`-th that does not fall away: its number, the step, and its unit; None when the review is over."""
    for number, step in enumerate(steps, 1):
        unit = unit_of(step, places) if number > done else None
        if unit is not None:
            return number, step, unit
    return None


def may_decide(step: Step, actor: str, submitted_by: str, *, accept: bool) -> bool:
    """Nobody reviews what he handed in; only the head of a unit may sign for his own, and to take it back he hands in a new version."""
    return actor != submitted_by or (step.who is Who.UNIT_HEAD and accept)


def parse_chains(root: Any, source: str) -> tuple[dict[str, Chain], list[dict[str, str]]]:
    """The chains of a file by name, and where it says they are used."""
    if not isinstance(root, Mapping) or not set(root) <= {"chains", "choices"} or not isinstance(root.get("chains"), Mapping):
        raise BadChain(f"{source} 应有 chains（各审核流程），可有 choices（用在哪里）。", source=source)
    chains = {str(name): _chain(str(name), node, source) for name, node in root["chains"].items()}
    rows = root.get("choices") or []
    if not isinstance(rows, list):
        raise BadChain(f"{source} 的 choices 应逐行写 chain，并写 duty 或 item。", source=source)
    return chains, [_choice(row, number, chains, source) for number, row in enumerate(rows, 1)]


def _chain(name: str, node: Any, source: str) -> Chain:
    where = f"{source} 的审核流程「{name}」"
    if not isinstance(node, Mapping) or not set(node) <= set(CHAIN_FIELDS) or not isinstance(node.get("steps"), list):
        raise BadChain(f"{where}应写 title 和 steps，逐步写 {'、'.join(STEP_FIELDS)}。", source=source)
    if not name or len(name) > 24 or name == SPLIT.name:
        raise BadChain(f"{where}的名称不可用：不超过 24 个字符，且不能叫 {SPLIT.name}。", source=source)
    steps = tuple(_step(one, number, where, source) for number, one in enumerate(node["steps"], 1))
    if not steps or len(steps) > MOST_STEPS or len({step.key for step in steps}) < len(steps):
        raise BadChain(f"{where}应有 1 至 {MOST_STEPS} 步，各步的 key 不能重复。", source=source)
    if not any(step.who is Who.OFFICE and not step.receipt for step in steps):
        raise BadChain(f"{where}没有创建办审核这一步：至少写一步 who: office。", source=source)
    return Chain(name, str(node.get("title") or name)[:60], steps)


def _step(node: Any, number: int, where: str, source: str) -> Step:
    said = f"{where}第 {number} 步"
    if not isinstance(node, Mapping) or not set(node) <= set(STEP_FIELDS) or not all(node.get(field) for field in ("key", "name", "who")):
        raise BadChain(f"{said}应写 key、name、who，可写 days、ladder、receipt。", source=source)
    allowed = [who.value for who in Who if who is not Who.ABOVE]
    if node["who"] not in allowed:
        raise BadChain(f"{said}的 who「{node['who']}」不可用：可用的有 {'、'.join(allowed)}。", source=source)
    days, receipt = node.get("days", 2), node.get("receipt", False)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise BadChain(f"{said}的 days 应为 1 至 {MOST_DAYS} 个工作日。", source=source)
    if not isinstance(receipt, bool) or (receipt and node["who"] != Who.OFFICE):
        raise BadChain(f"{said}的 receipt 应为 true 或 false；上报由创建办（who: office）办理。", source=source)
    key, name = str(node["key"]), str(node["name"])
    if len(key) > 24 or len(name) > 24:
        raise BadChain(f"{said}的 key 和 name 不能超过 24 个字符。", source=source)
    return Step(key, name, Who(node["who"]), days, str(node.get("ladder") or ""), receipt)


def _choice(row: Any, number: int, chains: Mapping[str, Chain], source: str) -> dict[str, str]:
    if not isinstance(row, Mapping) or not set(row) <= {"chain", "duty", "item"} or row.get("chain") not in chains:
        raise BadChain(f"{source} 的 choices 第 {number} 条应写 chain（可用的有 {'、'.join(chains)}），可写 duty、item。", source=source)
    return {str(key): str(value) for key, value in row.items() if value}
