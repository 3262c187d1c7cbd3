"""`campaign burden` and `campaign duty add`: what is asked of units beside the plan, by week, and what waits for a person's word."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING

import click

from campaign.cli.desk import DAY, NUMBER, answer, by_of, named_campaign, opened
from campaign.cli.options import Writing, may_write, named, writes
from campaign.cli.output import emit_json, say, show_table

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.records.tables import Campaign


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.option("--weeks", type=click.IntRange(1, 26), default=8, show_default=True, help="看最近几周。")
@click.option("--cap", type=click.IntRange(1, 1000), metavar="件", help="设定上限：一个单位一周最多交办几件，超过的临时交办先压下。")
@click.option("--no-cap", is_flag=True, help="取消上限。")
@click.option("--confirm", "confirmed", type=NUMBER, metavar="编号", help="确认交办压下的一项，须写明理由。")
@click.option("--drop", "dropped", type=NUMBER, metavar="编号", help="取消压下的一项，须写明理由。")
@may_write
def burden(campaign: str, weeks: int, cap: int | None, no_cap: bool, confirmed: int | None, dropped: int | None, act: Writing) -> None:
    """负担：各单位每周被交办多少件，其中方案之外的多少件，哪些因超过上限被压下。

    方案和法定的期限只统计，不会被压下。

    例：campaign burden weisheng --cap 10 --as 创建办
    """
    from campaign.errors import NotFound
    from campaign.records.tables import ExtraRequest
    from campaign.work.duty import burden as work

    if cap is not None or no_cap:
        with opened(named(act)) as store, store.begin() as tx:
            work.set_cap(tx, named_campaign(tx, act, campaign), None if no_cap else cap, by_of(act))
        answer(act, {"campaign": campaign, "cap": None if no_cap else cap}, "已取消上限。" if no_cap else f"上限：一个单位一周 {cap} 件。")
        return
    if confirmed is not None or dropped is not None:
        with opened(named(act)) as store, store.begin() as tx:
            found = named_campaign(tx, act, campaign)
            request = tx.get(ExtraRequest, confirmed or dropped or 0)
            if request is None or request.campaign_id != found.id:
                raise NotFound(f"没有编号为 {confirmed or dropped} 的交办。", code="no_request")
            if confirmed is not None:
                work.confirm(tx, request, by_of(act))
            else:
                work.drop(tx, request, by_of(act))
            value = {"id": request.id, "state": request.state, "duty": request.duty_id}
        answer(act, value, f"已确认交办，应办事项 #{value['duty']}。" if confirmed is not None else "已取消。")
        return
    with opened(act) as store, store.read() as tx:
        _show(tx, named_campaign(tx, act, campaign), weeks, act)


def _show(tx: Session, campaign: Campaign, count: int, act: Writing) -> None:
    from campaign.records.duty.burden import extra_requests, loads
    from campaign.rules.burden import last_weeks
    from campaign.rules.calendar import campaign_day
    from campaign.work.duty.burden import cap_of

    weeks, cap = last_weeks(campaign_day(act.now), count), cap_of(campaign)
    found, held = loads(tx, campaign, weeks), extra_requests(tx, campaign.id, held=True)
    if act.json:
        emit_json({
            "cap": cap, "weeks": weeks, "units": [{"unit": one.unit, "asked": one.asked, "extra": one.extra} for one in found],
            "held": [{"id": one.id, "unit": one.unit, "title": one.title, "asked_by": one.asked_by} for one in held],
        })  # fmt: skip
        return
    heads = ["单位", *(f"{week.month}-{week.day}" for week in weeks), "方案之外"]
    rows = [(one.unit, *(f"{number}{'!' if cap and number > cap else ''}" for number in one.asked), sum(one.extra)) for one in found]
    show_table(heads, rows, title="每周交办（按周一）", empty="这几周没有交办")
    say(f"上限：一个单位一周 {cap} 件，「!」为超过。" if cap else "没有设上限；设定：--cap 件数。")
    if held:
        show_table(["编号", "单位", "事项", "提出人"], [(one.id, one.unit, one.title, one.asked_by) for one in held], title="压下待确认", empty="")


@click.command(name="add")
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("unit", metavar="UNIT")
@click.argument("title", metavar="TITLE")
@click.option("--due", type=DAY, required=True, help="期限，如 2026-09-30。")
@click.option("--kind", type=click.Choice(["perform", "material"]), default="perform", show_default=True, help="临时交办 perform，补报资料 material。")
@click.option("--phase", metavar="PHASE", help="记在哪个阶段；不给则为最近开启的阶段。")
@writes
def add(campaign: str, unit: str, title: str, due: date, kind: str, phase: str | None, act: Writing) -> None:
    """临时交办：方案之外要一个单位做一件事；本周超过负担上限的先压下，待有人确认。

    例：campaign duty add weisheng 城关街道 补报三月巡查照片 --due 2026-04-10 --kind material --as 创建办
    """
    from campaign.cli.finding import open_phase
    from campaign.records.campaigns import find_phase, need_unit
    from campaign.work.duty.burden import ask_extra

    with opened(act) as store, store.begin() as tx:
        found = named_campaign(tx, act, campaign)
        where = find_phase(tx, found, phase) if phase else open_phase(tx, found)
        request = ask_extra(tx, found, where, need_unit(tx, unit), by_of(act), key=secrets.token_urlsafe(18), kind=kind, title=title, due_on=due)
        value = {"id": request.id, "state": request.state, "duty": request.duty_id}
    answer(act, value, held_words(value["id"]) if value["state"] == "held" else f"已交办，应办事项 #{value['duty']}。")


def held_words(request_id: object) -> str:
    return f"该单位本周已到负担上限，先压下，没有通知单位（编号 {request_id}）。确认交办：campaign burden 活动 --confirm {request_id} --reason 理由。"
