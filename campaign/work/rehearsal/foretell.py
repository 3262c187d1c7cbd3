"""In words and dates what will happen to one duty if nobody works on it, from where it stands now."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from campaign.records.planning.ladders import ladder_of
from campaign.records.tables import Duty, DutyState
from campaign.records.tables.duties import CLIMBING
from campaign.rules.calendar import CAMPAIGN_ZONE, WorkingCalendar, campaign_day, due_on
from campaign.rules.ladder import foresee


def foretell(tx: Session, duty: Duty, now: datetime, calendar: WorkingCalendar) -> tuple[str, ...]:
    told = [_deadline(duty, now, calendar)]
    ladder = ladder_of(tx, duty.ladder_id)
    if duty.floor_rung:
        told.append(f"此前已到“{ladder.rung(min(duty.floor_rung, len(ladder.rungs))).name}”，延期或退回不降级")
    if duty.state not in CLIMBING:
        return (*told, f"现在是「{DutyState(duty.state).label}」，不催办")
    if duty.rung:
        told.append(f"已到“{ladder.rung(duty.rung).name}”")
    if duty.next_rung_at is None:
        last = duty.rung >= len(ladder.rungs)
        return (*told, "已到最高一级，不再升级" if last else "上一级文书尚未送达或签发：送达后才计下一级的时间")
    told += foresee(ladder, rung=duty.rung, due_at=duty.due_at or now, next_at=max(duty.next_rung_at, now), calendar=calendar, floor_rung=duty.floor_rung)
    years = {campaign_day(now).year, due_on(duty.due_at).year if duty.due_at else campaign_day(now).year}
    told += [f"{year}年放假安排未公布，暂按法定节假日推算" for year in sorted(years) if calendar.coverage(year) == "estimated"]
    return tuple(told)


def _deadline(duty: Duty, now: datetime, calendar: WorkingCalendar) -> str:
    if duty.due_at is None:
        return "期限未定：等待的事件还没有发生"
    day = due_on(duty.due_at)
    words = f"到期：{day.year}年{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）"
    if duty.first_due_at is not None and duty.first_due_at != duty.due_at:
        first = due_on(duty.first_due_at)
        words += f"，原定 {first.month}月{first.day}日"
    if calendar.first <= day <= calendar.last and not calendar.is_working(day):
        words += "，当天休息"
    if duty.due_at <= now:
        words += f"，已逾期（现在 {now.astimezone(CAMPAIGN_ZONE):%m-%d %H:%M}）"
    return words
