"""简报: a weekly bulletin of a campaign, compiled from the records and sent to the office; the head of the sealed log is printed in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from campaign.records import log
from campaign.records.log import write_event
from campaign.records.pages import views
from campaign.records.papers import bulletins
from campaign.records.papers.outbox import write_notice
from campaign.records.papers.receipts import ORIGIN as RECEIPT_ORIGIN
from campaign.records.planning import registry
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Campaign
from campaign.records.tables.duties import duty_table
from campaign.rules.calendar import CAMPAIGN_ZONE, Light, campaign_day, due_on
from campaign.work.by import By

HOUR = 16
UNITS, TITLES, MOST_READ = 20, 5, 2000
"""How many units the list of what is overdue names, how much of each (a leader reads one page), and of how many duties it is made."""


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
    phases = registry.phases_of(tx, campaign)
    mine = duty_table.c.phase_id.in_([phase.id for phase in phases])
    now, week_ago = by.now, by.now - timedelta(days=7)
    by_phase = views.lights_by(tx, duty_table.c.phase_id, mine, now, campaign.calendar)
    lights = {word.value: sum(counted[word.value] for counted in by_phase.values()) for word in Light}
    rungs = "、".join(f"{name} {count} 项次" for name, count in bulletins.rungs_taken_since(tx, campaign.id, week_ago))
    lines = [
        f"# {campaign.title} 工作简报 第{number}期",
        "",
        "## 总体情况",
        f"红灯 {lights['red']} 项，黄灯 {lights['yellow']} 项，绿灯 {lights['green']} 项，灰灯 {lights['grey']} 项。",
        f"本周办结 {bulletins.finished_since(tx, campaign.id, week_ago)} 项{f'；发出{rungs}' if rungs else ''}。",
        "",
        "## 各阶段进展",
    ]
    for phase in phases:
        counted = by_phase.get(phase.id, dict.fromkeys(lights, 0))
        state = {"planned": "未开启", "open": "进行中", "closed": "已关闭"}[phase.state]
        owed = f"：红 {counted['red']}，黄 {counted['yellow']}，绿 {counted['green']}" if any(counted[one] for one in ("red", "yellow", "green")) else ""
        lines.append(f"- {phase.name}（{state}）{owed}")
    lines += _overdue(bulletins.overdue(tx, campaign.id, now, MOST_READ))
    seal = log.head(tx)
    if seal != log.GENESIS:
        lines += ["", "## 留痕", f"留痕校验码：{seal[:16]}"]
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


def _overdue(red: Sequence[Any]) -> list[str]:
    """One line a unit, whoever has most to do first. Papers that wait to be signed for are counted, not listed: they are no work of their own."""
    owed: dict[str, list[str]] = {}
    unsigned = 0
    for row in red:
        if row.origin.startswith(RECEIPT_ORIGIN):
            unsigned += 1
        else:
            owed.setdefault(row.unit, []).append(f"{row.title}（{_day(row.due_at)}）")
    told = [
        f"- {unit}（{len(titles)} 项）：{'；'.join(titles[:TITLES])}{f'；等 {len(titles)} 项' if len(titles) > TITLES else ''}。"
        for unit, titles in sorted(owed.items(), key=lambda one: (-len(one[1]), one[0]))
    ]
    if len(told) > UNITS:
        told = [*told[:UNITS], f"- 其余 {len(told) - UNITS} 个单位见工作台。"]
    if unsigned:
        told.append(f"- 另有 {unsigned} 件文书逾期未签收。")
    total = sum(len(titles) for titles in owed.values())
    counted = f"共 {total} 项" if len(red) < MOST_READ else f"期限最早的 {MOST_READ} 项"
    return ["", f"## 红灯事项（逾期）清单（{counted}）", *told] if told else []


def _day(due_at: datetime | None) -> str:
    if due_at is None:
        return "待定"
    day = due_on(due_at)
    return f"{day.month}月{day.day}日"
