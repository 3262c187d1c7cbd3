"""`campaign duties` and `campaign duty show`: the list of what is owed, and everything about one of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import chosen_campaign, local, opened, refuse_future_of_duty, shown
from campaign.cli.options import Reading, reads
from campaign.cli.output import emit_json, light_cell, say, show_table

if TYPE_CHECKING:
    from campaign.records.duty.duty_history import History
    from campaign.records.pages.views import DutyView

SHOWN = 40
LIGHTS = ("red", "yellow", "green", "grey")
STATES = {
    "open": "办理中", "submitted": "已报送待审核", "accepted": "已办结", "returned": "退回补正", "waived": "免报/不涉及", "cancelled": "已取消",
    "suspended": "暂缓", "waiting": "待触发",
}  # fmt: skip
KINDS = {"sign": "签订", "perform": "办理", "material": "报送资料", "report": "定期报告", "rectify": "整改", "recheck": "整改复核", "review": "审核"}


def glossed(words: dict[str, str]) -> str:
    return "，".join(f"{word}={label}" for word, label in words.items())


@click.command()
@click.option("--campaign", metavar="CAMPAIGN", help="只列这一个创建活动的。")
@click.option("--light", metavar="灯", type=click.Choice(LIGHTS), help="只列这种灯：red 红（逾期），yellow 黄，green 绿，grey 不计。")
@click.option("--unit", metavar="单位", help="只列这个单位的，用名称或编号。")
@click.option("--phase", metavar="PHASE", help="只列这个阶段的，须同时指明 --campaign。")
@click.option(
    "--state",
    "states",
    metavar="状态",
    type=click.Choice(list(STATES)),
    multiple=True,
    help=f"只列这种状态的，可重复；不给则列除已取消以外的全部。可选：{glossed(STATES)}。",
)
@click.option("--kind", metavar="类别", type=click.Choice(list(KINDS)), help=f"只列这一类的。可选：{glossed(KINDS)}。")
@click.option("--all", "everything", is_flag=True, help=f"表格里全部列出（默认只列前 {SHOWN} 项）。")
@reads
def duties(
    campaign: str | None, light: str | None, unit: str | None, phase: str | None, states: tuple[str, ...], kind: str | None, everything: bool, ask: Reading
) -> None:
    """应办事项清单：谁、什么事、何时到期、亮什么灯。

    例：campaign duties --campaign weisheng --light red
    """
    from campaign.records.campaigns import find_phase, need_unit
    from campaign.records.pages import boards, views

    with opened(ask) as store, store.read() as tx:
        found = chosen_campaign(tx, ask, campaign)
        if phase is not None and found is None:
            raise click.UsageError("--phase 要和 --campaign 一起用", click.get_current_context())
        rows = views.list_duties(
            tx, ask.now, campaign=found, light=light, states=states or tuple(state for state in STATES if state != "cancelled"), kind=kind,
            unit_id=need_unit(tx, unit).id if unit else None, phase_id=find_phase(tx, found, phase).id if phase and found else None,
        )  # fmt: skip
        told = rows if everything else rows[:SHOWN]
        rungs = boards.rung_names(tx, [row.id for row in told if row.rung])
    if ask.json:
        emit_json([_value(row, ask) for row in rows])
        return
    _show_list(told, rungs, "红灯事项（逾期）清单" if light == "red" else "应办事项")
    if len(rows) > SHOWN and not everything:
        say(f"共 {len(rows)} 项，以上是前 {SHOWN} 项；加 --all 全部列出。")


def _value(row: DutyView, ask: Reading) -> dict[str, Any]:
    return {
        "id": row.id, "origin": row.origin, "unit": row.unit, "kind": row.kind, "title": row.title, "due_at": local(row.due_at, ask), "due_on": row.due_on,
        "light": row.light, "rung": row.rung, "state": row.state, "estimated": row.estimated,
    }  # fmt: skip


def _show_list(rows: list[DutyView], rungs: dict[int, str], title: str) -> None:
    from campaign.records.tables import DutyKind, DutyState

    told = [
        (row.id, light_cell(row.light), row.unit, DutyKind(row.kind).label, row.title, _day(row), rungs.get(row.id, ""), DutyState(row.state).label)
        for row in rows
    ]
    show_table(["编号", "灯", "单位", "类别", "事项", "期限", "督办级别", "状态"], told, title=title, empty="没有符合条件的事项")


def _day(row: DutyView) -> str:
    return f"{row.due_on or '未定'}{'（按推算日历）' if row.estimated else ''}"


@click.command(name="show")
@click.argument("duty", metavar="DUTY")
@reads
def show(duty: str, ask: Reading) -> None:
    """一项应办事项的全部经过：报送的各版本和意见、督办、变更记录，以及接下来会怎样。

    例：campaign duty show 128
    """
    from campaign.records.campaigns import find_duty
    from campaign.records.duty.duty_history import history_of
    from campaign.records.duty.duty_runs import runs_of_duty
    from campaign.records.pages import boards, views

    with opened(ask) as store, store.read() as tx:
        found = find_duty(tx, duty)
        refuse_future_of_duty(tx, ask, found.campaign_id)
        row = views.one_duty(tx, found, ask.now)
        rungs = boards.rung_names(tx, [row.id])
        history = history_of(tx, found, ask.now)
        runs = runs_of_duty(tx, found)
    ui = _prefect_ui(ask)
    if ask.json:
        told = [{"did": run.did, "pass": run.pass_id, "at": local(run.at, ask), "state": run.state, "url": run.url(ui)} for run in runs]
        emit_json(_value(row, ask) | history.as_dict(lambda at: local(at, ask)) | {"runs": told})
        return
    _show_one(row, rungs, history, ask)
    for run in runs:
        say(f"{run.did}：{shown(run.at, ask)} 第 {run.pass_id} 轮巡检 {run.message} {run.url(ui) or '（未经 Prefect 直接办理）'}")


def _prefect_ui(ask: Reading) -> str:
    """Where Prefect's pages are, or would be: nobody is asked, so the command works while it is down."""
    from campaign.engine.client import noted_address

    return (noted_address(ask.data_dir, "prefect") or ask.settings.prefect_url).removesuffix("/api")


def _show_one(row: DutyView, rungs: dict[int, str], history: History, ask: Reading) -> None:
    from campaign.records.tables import DutyKind, DutyState
    from campaign.records.tables.notices import NoticeState
    from campaign.work.verbs import VERBS

    _show_list([row], rungs, f"{history.campaign} · {history.phase}")
    say(f"来源 {row.origin}；期限依据：{history.due_source}；{DutyKind(row.kind).label}，{DutyState(row.state).label}")
    if history.acked_by:
        say(f"签收：{history.acked_by} {shown(history.acked_at, ask)}")
    for version in history.submissions:
        verdict = f"，{version.outcome}：{version.given_by} {version.reason}".rstrip() if version.outcome else "，待审核"
        say(f"第{version.version}版 {shown(version.submitted_at, ask)} {version.submitted_by} 报送 {len(version.files)} 个文件{verdict}")
        for name in version.files:
            say(f"    {name}")
    for step in history.escalations:
        state = NoticeState(step.notice_state).label if step.notice_state else "未生成"
        say(f"第{step.rung}级「{step.name}」{shown(step.taken_at, ask)} {'已过时，未发出' if step.skipped else f'文书 {step.notice_id}（{state}）'}")
    for event in history.events:
        say(f"{shown(event.at, ask)} {event.actor} {VERBS.get(event.verb, event.verb)}{f'：{event.reason}' if event.reason else ''}")
    for line in history.ahead:
        say(f"接下来 {line}")
