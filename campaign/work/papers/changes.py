"""Telling units what the office decided about single duties: one 事项变动告知单 a unit and day, each line in the words of its decision.

Only what a unit has heard of is told to it: what was never asked of anybody need not be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from campaign.records.papers.heard import heard_of
from campaign.records.papers.outbox import collect_lines
from campaign.rules.calendar import due_on
from campaign.rules.papers import CHANGES
from campaign.work.by import By

LONGEST = 300


def tell_changes(tx: Session, campaign_id: int, notes: Mapping[int, str], by: By) -> int:
    """`notes` say by duty what has changed; answers how many papers were touched."""
    heard = heard_of(tx, notes)
    said = {duty_id: notes[duty_id][:LONGEST] for _, duty_id in heard}
    return collect_lines(tx, campaign_id=campaign_id, kind=CHANGES, duties=heard, now=by.now, notes=said)


def because(what: str, reason: str) -> str:
    """免报：重复报送."""
    return f"{what}：{reason.strip()}" if reason.strip() else what


def until_now(due_at: datetime | None) -> str:
    """What a 调整通知 says of the deadline that no longer holds."""
    return f"原定 {in_words(due_at)}"


def in_words(due_at: datetime | None) -> str:
    """The last day on which it can be handed in, as papers write days."""
    if due_at is None:
        return "未定"
    day = due_on(due_at)
    return f"{day.year}年{day.month}月{day.day}日"
