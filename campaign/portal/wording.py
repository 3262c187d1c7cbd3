"""How pages say times, deadlines and states: short Chinese for people who read it on a phone. Pure functions, also used as template filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from campaign.portal import words
from campaign.rules.calendar import CAMPAIGN_ZONE, Light, WorkingCalendar, campaign_day, due_on

PLAN_DAY = re.compile(r"(launch|inspection|event:[^+-]+)([+-])(\d+)d")


def day(value: date | None) -> str:
    """2026-09-30 → 2026年9月30日."""
    return f"{value.year}年{value.month}月{value.day}日" if value else "未定"


def plan_day(value: object) -> str:
    """A time of a plan: 2026-09-30 → 2026年9月30日, inspection-7d → 迎检前 7 天."""
    try:
        return day(date.fromisoformat(str(value)))
    except ValueError:
        said = PLAN_DAY.fullmatch(str(value))
    if said is None:
        return str(value)
    anchor = {"launch": "启动", "inspection": "迎检"}.get(said[1], f"「{said[1].removeprefix('event:')}」")
    return f"{anchor}{'前' if said[2] == '-' else '后'} {said[3]} 天"


def short_day(value: date | None) -> str:
    return f"{value.month}月{value.day}日" if value else "未定"


def moment(value: datetime | None) -> str:
    """An aware time as people of the campaign say it: 11月21日 14:30, with the year when it is another one."""
    if value is None:
        return "—"
    local = value.astimezone(CAMPAIGN_ZONE)
    year = f"{local.year}年" if local.year != datetime.now(CAMPAIGN_ZONE).year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def to_the_second(value: datetime) -> str:
    """11月21日 14:30:05: until when a page knows what it says."""
    return f"{moment(value)}:{value:%S}"


def deadline(due_at: datetime | None, now: datetime, calendar: WorkingCalendar) -> str:
    """「还剩 3 个工作日」「今天到期」「已逾期 2 天」."""
    if due_at is None:
        return "期限待定"
    last, today = due_on(due_at), campaign_day(now)
    if due_at <= now:
        days = (today - last).days
        return f"已逾期 {days} 天" if days > 0 else "刚刚逾期"
    if last == today:
        return "今天到期"
    left = calendar.working_days_between(today, last)
    if last == today + timedelta(days=1):
        return "明天到期"
    return f"还剩 {left} 个工作日" if left > 0 else f"{short_day(last)}到期（其间无工作日）"


def without_options(message: str) -> str:
    """Use cases speak to the command line too; on a page its options and commands only confuse."""
    message = re.sub(r"：(?:请加|请用) (?:--|campaign )[^。]*。", "。", message)
    return re.sub(r"（(?:命令行用 )?--[^）]*）", "", message).replace("请加 --reason。", "请写明理由。")


def light_word(light: str) -> str:
    return {"red": "逾期", "yellow": "临近", "green": "正常", "grey": "不计"}[light]


def light_shape(light: str) -> str:
    return Light(light).shape


def size(value: int) -> str:
    """1536 → 1.5 KB."""
    number = float(value)
    for unit in ("B", "KB", "MB"):
        if number < 1024:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1024
    return f"{number:.1f} GB"


def actor(name: str) -> str:
    """Who acted: a person's name stays; the product's own hands are named in Chinese."""
    return {"clock": "督办时钟", "system": "系统", "prefect-ui": "Prefect 网页", "portal": "门户"}.get(name, name)


def _said(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda value: words.get(value, value)


FILTERS: dict[str, Callable[..., object]] = {
    "day": day,
    "plan_day": plan_day,
    "short_day": short_day,
    "moment": moment,
    "to_the_second": to_the_second,
    "size": size,
    "actor": actor,
    "light_word": light_word,
    "light_shape": light_shape,
    "due_on": due_on,
    **{name: _said(table) for name, table in words.TABLES.items()},
}
