"""How pages say times, deadlines and states: short Chinese for people who read it on a phone. Pure functions, also used as template filters."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from campaign.rules.calendar import CAMPAIGN_ZONE, Light, WorkingCalendar, campaign_day, due_on

KINDS = {"sign": "签订", "perform": "办理", "material": "报送资料", "report": "定期报告", "rectify": "整改", "recheck": "整改复核", "review": "审核"}
STATES = {
    "open": "办理中", "submitted": "已报送待审核", "accepted": "已办结", "returned": "退回补正", "waived": "免报/不涉及", "cancelled": "已取消",
    "suspended": "暂缓(中止计时)", "waiting": "待触发",
}  # fmt: skip
PHASE_KINDS = {"mobilization": "动员", "rollout": "推进", "rectification": "自查整改", "readiness": "迎检", "consolidation": "总结巩固"}
PHASE_STATES = {"planned": "未开始", "open": "进行中", "closed": "已关闭"}
CAMPAIGN_STATES = {"launched": "进行中", "finished": "已结束", "discarded": "已撤销"}
NOTICE_STATES = {"open": "待发", "draft": "待签发", "issued": "已签发待送达", "delivered": "已送达", "withdrawn": "已撤回", "empty": "不再发出"}
PASS_NAMES = {"phase": "阶段推进", "supervision": "督办巡检", "delivery": "文书送达", "bulletin": "工作简报"}
PASS_STATES = {"running": "进行中", "done": "完成", "failed": "失败", "abandoned": "中断"}
DUE_SOURCES = {
    "own": "方案为本事项规定的期限", "phase": "所在阶段的截止日期", "campaign": "活动的截止日期", "proposed": "建议期限(倒排工期)", "event": "由事件推算",
    "extended": "经批准延期", "returned": "退回补正后的期限",
}  # fmt: skip
WEEKDAYS = "一二三四五六日"


def day(value: date | None) -> str:
    """2026-09-30 → 2026年9月30日."""
    return f"{value.year}年{value.month}月{value.day}日" if value else "未定"


def short_day(value: date | None) -> str:
    return f"{value.month}月{value.day}日" if value else "未定"


def moment(value: datetime | None) -> str:
    """An aware time as people of the campaign say it: 11月21日 14:30, with the year when it is another one."""
    if value is None:
        return "—"
    local = value.astimezone(CAMPAIGN_ZONE)
    year = f"{local.year}年" if local.year != datetime.now(CAMPAIGN_ZONE).year else ""
    return f"{year}{local.month}月{local.day}日 {local:%H:%M}"


def clock_time(value: datetime) -> str:
    return f"{value.astimezone(CAMPAIGN_ZONE):%H:%M:%S}"


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
    return f"还剩 {left} 个工作日" if left > 0 else f"{short_day(last)}到期(其间无工作日)"


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


FILTERS = {
    "day": day, "short_day": short_day, "moment": moment, "clock_time": clock_time, "size": size, "light_word": light_word, "light_shape": light_shape,
    "kind": lambda value: KINDS.get(value, value), "state": lambda value: STATES.get(value, value),
    "phase_kind": lambda value: PHASE_KINDS.get(value, value), "phase_state": lambda value: PHASE_STATES.get(value, value),
    "campaign_state": lambda value: CAMPAIGN_STATES.get(value, value), "notice_state": lambda value: NOTICE_STATES.get(value, value),
    "pass_name": lambda value: PASS_NAMES.get(value, value), "pass_state": lambda value: PASS_STATES.get(value, value),
    "due_source": lambda value: DUE_SOURCES.get(value, value), "due_on": due_on,
}  # fmt: skip
