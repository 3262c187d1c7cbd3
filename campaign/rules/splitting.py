"""Splitting a duty to units below (分解到下级): whether it may be, by when the parts are due, and how far their ladder climbs.

Refuses a second level: who got a part does it, and does not hand it on. A part's own ladder ends at 催办; above that it is the unit which
split that climbs, with its own deadline, for it answers for the whole.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from campaign.rules.ladder_terms import Ladder

SPLIT_KINDS = ("perform", "material", "report")
DONE = ("accepted", "waived", "cancelled")


def why_not_split(kind: str, state: str, *, is_part: bool, is_paper: bool) -> str | None:
    """None, or why a duty cannot be split, in words."""
    if is_part:
        return "本身就是上级分解下来的，只分解一层"
    if kind not in SPLIT_KINDS or is_paper:
        return "这类事项不能分解：只有办理、报送资料和定期报告可以"
    if state not in ("open", "returned"):
        return "目前不在办理中"
    return None


def why_not_undo(states: Collection[str], *, handed_in: bool) -> str | None:
    """Undone only before work started: nobody handed anything in, nothing is decided."""
    if not states:
        return "没有分解过"
    if handed_in or any(state not in ("open", "suspended") for state in states):
        return "下级单位已经开始办理"
    return None


def due_of_part(wanted: datetime | None, parent_due_at: datetime, now: datetime) -> datetime | None:
    """No later than the whole, and not in the past; None where that cannot be."""
    due_at = wanted or parent_due_at
    if due_at > parent_due_at or (wanted is not None and due_at <= now):
        return None
    return due_at


def up_to_first_overdue(ladder: Ladder) -> Ladder:
    """The same ladder as far as its first rung behind the deadline (催办)."""
    last = ladder.first_overdue
    if last is None:
        return ladder
    return Ladder(name=f"{ladder.name[:17]}-part", title=f"{ladder.title[:55]}（至催办）", rungs=tuple(rung for rung in ladder.rungs if rung.number <= last))
