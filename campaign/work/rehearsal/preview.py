"""What will fire in the next days, to whom and why, on the real records without touching them.

A copy is played with nobody acting: so it is not a second account of the ladder that might differ from the first, but the first one itself.
What people do meanwhile takes lines away from it; nothing ever comes earlier than it says.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from campaign.records.campaigns import find_campaign
from campaign.records.planning.calendars import load_calendar
from campaign.records.planning.ladders import ladder_of
from campaign.records.running import played
from campaign.records.scratch import scratch_of
from campaign.records.store import Store
from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar, due_on
from campaign.rules.ladder import due_rung
from campaign.work.rehearsal.play import Play
from campaign.work.rehearsal.rehearsal_words import Coming
from campaign.work.rehearsal.rehearse import addressed_to

WHY = {
    "任务分解通知": "新交办", "退回补正通知": "审核退回", "周报": "每周编发", "日报": "每个工作日编发", "整改通知单": "发现问题", "调整通知": "期限有调整",
    "督办抄告单": "所牵头的事项有单位被督办，抄告牵头单位", "督办汇总单": "一天里消息已满三条，其余汇总告知",
}  # fmt: skip


def preview_campaign(store: Store, slug: str, *, now: datetime, until: datetime) -> list[Coming]:
    """In the order in which they will go out."""
    with store.read() as tx:
        campaign = find_campaign(tx, slug)
        campaign_id, calendar_name = campaign.id, campaign.calendar
    assert campaign_id is not None
    with scratch_of(store, campaign_id) as scratch:
        with scratch.read() as tx:
            before = played.line_ids(tx, campaign_id)
        Play(scratch, campaign_id).run(now, until)
        with scratch.read() as tx:
            calendar = load_calendar(tx, calendar_name)
            lines = [line for line in played.told(tx, campaign_id, now, until) if (line.notice_id, line.duty_id) not in before or line.state != "draft"]
            return [_coming(tx, line, calendar) for line in lines]


def _coming(tx: Session, line: played.Told, calendar: WorkingCalendar) -> Coming:
    return Coming(
        line.at.astimezone(CAMPAIGN_ZONE).isoformat(timespec="minutes"), line.rung_name or line.kind, line.unit, addressed_to(line), line.duty, line.duty_id,
        line.kind, line.state == "draft", _why(tx, line, calendar),
    )  # fmt: skip


def _why(tx: Session, line: played.Told, calendar: WorkingCalendar) -> str:
    """The rule's own reason for a rung; of other papers, what they are for."""
    if line.ladder_id is None or line.due_at is None or not line.rung:
        return WHY.get(line.kind, line.kind)
    taken_at = line.taken_at or line.at
    decision = due_rung(ladder_of(tx, line.ladder_id), rung=line.rung - 1, due_at=line.due_at, now=taken_at, calendar=calendar, floor_rung=line.floor_rung or 0)
    return decision.reasons[-1] if decision.take is not None else f"{due_on(line.due_at)} 到期"
