"""Changes to one duty: `ack`, `waive`, `cancel`, `extend`, `suspend`, `resume`; and `event`, which gives waiting duties their deadline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import DAY, answer, by_of, local, named_campaign, opened, refuse_future_of_duty
from campaign.cli.options import Writing, writes
from campaign.rules.years import YEARS

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.records.tables import Duty
    from campaign.work.by import By

_duty = click.argument("duty", metavar="DUTY")


def change(act: Writing, wanted: str, words: str, use_case: Callable[[Session, Duty, By], object]) -> None:
    """Find the duty, do it, answer with what it is now."""
    from campaign.records.campaigns import find_duty
    from campaign.records.tables import DutyState

    with opened(act) as store, store.begin() as tx:
        found = find_duty(tx, wanted)
        refuse_future_of_duty(tx, act, found.campaign_id)
        use_case(tx, found, by_of(act))
        tx.flush()
        value: dict[str, Any] = {"id": found.id, "title": found.title, "state": str(found.state), "due_at": local(found.due_at, act), "rung": found.rung}
        label = DutyState(found.state).label
    answer(act, value, f"#{value['id']}「{value['title']}」{words}（现在：{label}）。")


@click.command()
@click.argument("duty", metavar="[DUTY]", required=False)
@click.option("--notice", metavar="N", help="签收这份文书（编号或文号）。")
@click.option("--paper", metavar="姓名", default="", help="纸质签收单上签字的人；--as 是登记的人。只用于 --notice。")
@writes
def ack(duty: str | None, notice: str | None, paper: str, act: Writing) -> None:
    """签收：单位确认已经收到一项任务，或一份文书。签收其中一项，即视为收到列有它的文书。

    例：campaign ack 128 --as 教育局联络员；纸质签收：campaign ack --notice 12 --paper 张三 --as 创建办
    """
    from campaign.work.duty.change_duty import acknowledge

    if (duty is None) == (notice is None) or (paper and notice is None):
        raise click.UsageError("请给出应办事项的编号，或用 --notice 给出文书，两者之一；--paper 只用于文书", click.get_current_context())
    if duty is not None:
        change(act, duty, "已签收", acknowledge)
        return
    _sign_for(act, str(notice), paper)


def _sign_for(act: Writing, wanted: str, paper: str) -> None:
    from campaign.records.papers.notices import find_notice
    from campaign.work.papers.receipts import refuse_unfit, sign_for

    with opened(act) as store, store.begin() as tx:
        found = find_notice(tx, wanted)
        refuse_future_of_duty(tx, act, found.campaign_id)
        refuse_unfit(tx, found)
        sign_for(tx, found, by_of(act), on_paper=paper)
        value: dict[str, Any] = {"notice": found.id, "kind": found.kind, "number": found.number, "by": paper.strip() or act.actor}
    answer(act, value, f"文书 {value['notice']}（{value['kind']}）已由 {value['by']} 签收{'，登记为纸质签收' if paper.strip() else ''}。")


@click.command()
@_duty
@writes
def waive(duty: str, act: Writing) -> None:
    """免报/不涉及，须写明理由。

    例：campaign waive 128 --reason 辖区内无此类场所 --as 创建办
    """
    from campaign.work.duty import change_duty

    change(act, duty, "已免报", change_duty.waive)


@click.command()
@_duty
@writes
def cancel(duty: str, act: Writing) -> None:
    """取消一项应办事项，须写明理由。

    例：campaign cancel 128 --reason 重复交办 --as 创建办
    """
    from campaign.work.duty import change_duty

    change(act, duty, "已取消", change_duty.cancel)


@click.command()
@_duty
@click.option("--to", "until", metavar="日期", required=True, help="新期限，如 2026-09-30（当天可报）或 2026-09-30T17:00。")
@writes
def extend(duty: str, until: str, act: Writing) -> None:
    """延期到新的期限，须写明理由；已到的督办级别不因延期清零。

    例：campaign extend 128 --to 2026-10-15 --reason 等待上级批复 --as 创建办
    """
    from campaign.work.duty import change_duty

    due_at = deadline_of(until, act)
    change(act, duty, f"已延期至 {until}", lambda tx, found, by: change_duty.extend(tx, found, due_at, by))


def deadline_of(text: str, act: Writing) -> datetime:
    """A day is due through its end; an hour is that hour, campaign time where no offset is given."""
    from campaign.rules.calendar import due_at_of_day

    try:
        whole_day = len(text.strip()) <= len("2026-09-30")
        moment = datetime.fromisoformat(text.strip())
    except ValueError as wrong:
        raise click.UsageError(f"--to 的写法不对（现在是「{text}」）：应为 2026-09-30 或 2026-09-30T17:00", click.get_current_context(silent=True)) from wrong
    if moment.year not in YEARS:
        raise click.UsageError(f"--to 的年份应在 {YEARS[0]} 至 {YEARS[-1]} 之间（现在是「{text}」）", click.get_current_context(silent=True))
    if whole_day:
        return due_at_of_day(moment.date())
    return (moment if moment.tzinfo else moment.replace(tzinfo=act.settings.zone)).astimezone(UTC)


@click.command()
@_duty
@writes
def suspend(duty: str, act: Writing) -> None:
    """暂缓：中止计时，须写明理由。

    例：campaign suspend 128 --reason 场地施工停工 --as 创建办
    """
    from campaign.work.duty import change_duty

    change(act, duty, "已暂缓", change_duty.suspend)


@click.command()
@_duty
@writes
def resume(duty: str, act: Writing) -> None:
    """恢复计时：暂缓时还剩几个工作日，恢复后仍剩几个工作日。

    例：campaign resume 128 --as 创建办
    """
    from campaign.work.duty import change_duty

    change(act, duty, "已恢复计时", change_duty.resume)


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("name", metavar="NAME")
@click.option("--on", "happened", type=DAY, help="事件发生的日期；不给则为今天。")
@writes
def event(campaign: str, name: str, happened: date | None, act: Writing) -> None:
    """登记方案里等待的事件已经发生，由它推算期限的事项随即开始计时。

    例：campaign event weisheng 专家评估反馈 --on 2026-10-20 --as 创建办
    """
    from campaign.records.duty.duties import awaited_events
    from campaign.work.duty.change_duty import report_event

    with opened(act) as store, store.begin() as tx:
        found = named_campaign(tx, act, campaign)
        awaited = awaited_events(tx, found)
        _must_be_awaited(name, awaited, found.title)
        at = act.now if happened is None else datetime.combine(happened, time(), act.settings.zone).astimezone(UTC)
        count = report_event(tx, found, name, at, by_of(act))
        slug = found.slug
    answer(act, {"campaign": slug, "event": name, "duties": count}, f"已登记事件「{name}」，{count} 项应办事项有了期限。")


def _must_be_awaited(name: str, awaited: list[str], title: str) -> None:
    from campaign.errors import NotFound

    if name not in awaited:
        offer = f"正在等待的事件：{'、'.join(awaited)}" if awaited else "目前没有事项在等待事件"
        raise NotFound(f"「{title}」没有事项在等待事件「{name}」：{offer}。", code="no_event", asked=name)
