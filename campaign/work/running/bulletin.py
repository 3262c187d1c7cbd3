"""简报: a weekly bulletin of a campaign, compiled from the records and sent to the office; the head of the sealed log is printed in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from campaign.records import log
from campaign.records.duty.duties import duty_table
from campaign.records.log import write_event
from campaign.records.pages import views
from campaign.records.papers import bulletins
from campaign.records.papers.outbox import write_notice
from campaign.records.planning import registry
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign
from campaign.rules.calendar import CAMPAIGN_ZONE, Light, campaign_day, due_on
from campaign.work.by import By

HOUR = 16


def due_bulletins(tx: Session, now: datetime, campaign_id: int | None) -> list[tuple[int, str]]:
    return bulletins.due(tx, now, campaign_id)


def first_bulletin_at(tx: Session, campaign: Campaign, now: datetime) -> datetime:
    """The last working day of this week, at 16:00; of the next one when that is past."""
    calendar = load_calendar(tx, campaign.calendar)
    monday = campaign_day(now) - timedelta(days=campaign_day(now).weekday())
    for week in range(4):
        days = [monday + timedelta(days=7 * week + day) for day in range(7)]
        working = [day for day in days if calendar.is_working(day)]
        if working:
            at = datetime(working[-1].year, working[-1].month, working[-1].day, HOUR, tzinfo=CAMPAIGN_ZONE)
            if at > now:
                return at
    return now + timedelta(days=7)


def compile_bulletin(tx: Session, campaign: Campaign, by: By) -> str:
    """Write this week's bulletin as a notice to the office, and set when the next is due. Answers its text."""
    assert campaign.id is not None
    number = bulletins.count(tx, campaign.id) + 1
    mine = duty_table.c.campaign_id == campaign.id
    now, week_ago = by.now, by.now - timedelta(days=7)
    by_phase = views.lights_by(tx, duty_table.c.phase_id, mine, now, campaign.calendar)
    lights = {word.value: sum(counted[word.value] for counted in by_phase.values()) for word in Light}
    red = views.list_duties(tx, now, campaign=campaign, light=Light.RED, limit=20)
    lines = [
        f"# {campaign.title} 工作简报 第{number}期",
        "",
        "## 总体情况",
        f"红灯 {lights['red']} 项，黄灯 {lights['yellow']} 项，绿灯 {lights['green']} 项，灰灯 {lights['grey']} 项。",
        f"本周办结 {bulletins.finished_since(tx, campaign.id, week_ago)} 项，督办升级 {bulletins.escalated_since(tx, campaign.id, week_ago)} 项次。",
        "",
        "## 各阶段进展",
    ]
    for phase in registry.phases_of(tx, campaign):
        counted = by_phase.get(phase.id, dict.fromkeys(lights, 0))
        state = {"planned": "未开启", "open": "进行中", "closed": "已关闭"}[phase.state]
        lines.append(f"- {phase.name}（{state}）：红 {counted['red']}，黄 {counted['yellow']}，绿 {counted['green']}")
    if red:
        lines += ["", f"## 红灯事项（逾期）清单（前 {len(red)} 项）"] + [f"- {row.unit}：{row.title}（期限 {_day(row.due_at)}）" for row in red]
    lines += ["", "## 留痕", f"留痕校验码：{log.head(tx)[:16]}"]
    text = "\n".join(lines)
    write_notice(
        tx,
        campaign_id=campaign.id,
        unit_id=campaign.office_unit_id,
        kind="周报",
        title=f"{campaign.title} 第{number}期",
        body=text,
        now=now,
        audience="office,contact",
    )
    campaign.next_bulletin_at = first_bulletin_at(tx, campaign, now)
    tx.add(campaign)
    write_event(tx, at=now, actor=by.actor, verb="bulletin", reason=by.reason, campaign_id=campaign.id, detail={"number": number})
    tx.flush()
    return text


def _day(due_at: datetime | None) -> str:
    if due_at is None:
        return "待定"
    day = due_on(due_at)
    return f"{day.month}月{day.day}日"
