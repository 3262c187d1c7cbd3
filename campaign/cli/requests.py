"""What units ask and the office decides: `campaign request`, `suspension` and `inspection`. The portal's pages call the same use cases."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from campaign.cli.desk import DAY, NUMBER, answer, by_of, local, named_campaign, opened, refuse_future_of_duty, shown
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, show_table
from campaign.errors import NotFound

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.records.tables import DutyRequest

KINDS = {"extend": "延期", "refuse": "退单"}


@click.command()
@click.argument("duty")
@click.argument("until", type=DAY)
@writes
def extend(duty: str, until: date, act: Writing) -> None:
    """申请延期到某一天，须在到期前提出并写明理由；由办公室决定。

    例：campaign request extend 128 2026-10-15 --reason 设备未到货 --as 教育局联络员
    """
    from campaign.records.campaigns import find_duty
    from campaign.work.duty.requests import ask_extension

    with opened(act) as store, store.begin() as tx:
        found = find_duty(tx, duty)
        refuse_future_of_duty(tx, act, found.campaign_id)
        asked = ask_extension(tx, found, until, by_of(act))
        value = {"request": asked.id, "duty": found.id, "kind": "extend"}
    answer(act, value, f"已申请延期至 {until}（申请 {value['request']}），等待办公室答复；答复之前原期限不变。")


@click.command()
@click.argument("duty")
@click.option("--suggest", default="", metavar="单位", help="建议由哪个单位承办。")
@writes
def refuse(duty: str, suggest: str, act: Writing) -> None:
    """申请退单，须写明理由；答复之前中止计时。

    例：campaign request refuse 128 --reason 不属本单位职责 --suggest 城管局 --as 教育局联络员
    """
    from campaign.records.campaigns import find_duty
    from campaign.work.duty.requests import ask_refusal

    with opened(act) as store, store.begin() as tx:
        found = find_duty(tx, duty)
        refuse_future_of_duty(tx, act, found.campaign_id)
        asked = ask_refusal(tx, found, by_of(act), suggested_unit=suggest)
        value = {"request": asked.id, "duty": found.id, "kind": "refuse"}
    answer(act, value, f"已申请退单（申请 {value['request']}），计时中止，等待办公室改派或驳回。")


@click.command(name="list")
@click.option("--decided", is_flag=True, help="看已答复的。")
@reads
def list_(decided: bool, ask: Reading) -> None:
    """列出待答复（或已答复）的申请。

    例：campaign request list
    """
    from campaign.records.duty.requests import request_lines

    with opened(ask) as store, store.read() as tx:
        rows = request_lines(tx, state="decided" if decided else "open", limit=200)
    if ask.json:
        emit_json([
            {"request": row.id, "kind": row.kind, "duty": row.duty_id, "title": row.title, "unit": row.unit, "reason": row.reason, "wanted_on": row.wanted_on,
             "asked_by": row.asked_by, "asked_at": local(row.asked_at, ask), "state": row.state, "decided_by": row.decided_by} for row in rows
        ])  # fmt: skip
        return
    show_table(
        ("申请", "类别", "单位", "事项", "理由", "希望期限", "申请人", "时间", "答复"),
        [(row.id, KINDS[row.kind], row.unit, row.title, row.reason, row.wanted_on, row.asked_by, shown(row.asked_at, ask), row.decision) for row in rows],
        empty="没有待答复的申请",
    )


@click.command()
@click.argument("request", metavar="编号", type=NUMBER)
@click.option("--on", "day", type=DAY, help="准予延到哪一天；默认为申请的日期。")
@writes
def grant(request: int, day: date | None, act: Writing) -> None:
    """准予延期。申请人不能批准自己的申请。

    例：campaign request grant 3 --as 办公室主任
    """
    from campaign.work.duty.requests import grant_extension

    with opened(act) as store, store.begin() as tx:
        found = _request(tx, request)
        on = day or found.wanted_on
        if on is None:
            raise click.UsageError("请用 --on 写明准予延到哪一天", click.get_current_context())
        grant_extension(tx, found, on, by_of(act))
        value = {"request": request, "duty": found.duty_id, "due_on": on}
    answer(act, value, f"已准予延期至 {on}；原期限保留可查。")


@click.command()
@click.argument("request", metavar="编号", type=NUMBER)
@click.argument("unit")
@writes
def reassign(request: int, unit: str, act: Writing) -> None:
    """改派给另一个单位；同一事项第二次退单须由领导小组负责人指定。

    例：campaign request reassign 3 城管局 --as 办公室主任
    """
    from campaign.records.campaigns import need_unit
    from campaign.work.duty import requests

    with opened(act) as store, store.begin() as tx:
        target = need_unit(tx, unit)
        duty = requests.reassign(tx, _request(tx, request), target, by_of(act))
        value = {"request": request, "duty": duty.id, "unit": target.name}
    answer(act, value, f"已改派给「{value['unit']}」（新事项 #{value['duty']}）。")


@click.command()
@click.argument("request", metavar="编号", type=NUMBER)
@writes
def reject(request: int, act: Writing) -> None:
    """驳回申请，须写明理由；退单被驳回的恢复计时。

    例：campaign request reject 3 --reason 理由不充分 --as 办公室主任
    """
    from campaign.work.duty import requests

    with opened(act) as store, store.begin() as tx:
        found = _request(tx, request)
        requests.reject(tx, found, by_of(act))
        value = {"request": request, "duty": found.duty_id}
    answer(act, value, "已驳回。")


@click.command()
@click.argument("campaign")
@click.option("--document", required=True, metavar="文件", help="依据的文件名称或文号。")
@click.option("--phase", metavar="阶段", help="只暂缓这个阶段。")
@click.option("--unit", metavar="单位", help="只暂缓这个单位。")
@writes
def begin(campaign: str, document: str, phase: str | None, unit: str | None, act: Writing) -> None:
    """暂缓一批事项：停下正在计时的，剩余工作日保留。

    例：campaign suspension begin weisheng --unit 城关街道 --document 防汛〔2026〕3号 --reason 抗洪抢险 --as 创建办
    """
    from campaign.records.campaigns import find_phase, need_unit
    from campaign.work.duty.suspensions import suspend_many

    with opened(act) as store, store.begin() as tx:
        found = named_campaign(tx, act, campaign)
        chosen = find_phase(tx, found, phase) if phase else None
        row, count = suspend_many(tx, found, by_of(act), document=document, phase=chosen, unit=need_unit(tx, unit) if unit else None)
        value = {"suspension": row.id, "duties": count}
    answer(act, value, f"已暂缓 {value['duties']} 项（暂缓 {value['suspension']}）。")


@click.command()
@click.argument("suspension", metavar="编号", type=NUMBER)
@writes
def end(suspension: int, act: Writing) -> None:
    """恢复一次暂缓所停下的事项。

    例：campaign suspension end 2 --as 办公室主任
    """
    from campaign.work.duty.suspensions import resume_many

    with opened(act) as store, store.begin() as tx:
        value = {"suspension": suspension, "duties": resume_many(tx, suspension, by_of(act))}
    answer(act, value, f"已恢复 {value['duties']} 项的计时。")


@click.command(name="list")
@click.argument("campaign")
@reads
def suspensions(campaign: str, ask: Reading) -> None:
    """列出一个创建活动的暂缓。

    例：campaign suspension list weisheng
    """
    from campaign.records.duty.suspended import suspensions_of

    with opened(ask) as store, store.read() as tx:
        rows = suspensions_of(tx, named_campaign(tx, ask, campaign))
    if ask.json:
        emit_json([
            {"suspension": row.id, "document": row.document, "reason": row.reason, "phase": row.phase, "unit": row.unit, "duties": row.duties,
             "began_at": local(row.began_at, ask), "ended_at": local(row.ended_at, ask)} for row in rows
        ])  # fmt: skip
        return
    lines = [
        (row.id, row.document, row.reason, row.phase or row.unit or "全部", row.duties, shown(row.began_at, ask), shown(row.ended_at, ask)) for row in rows
    ]
    show_table(("暂缓", "依据", "理由", "范围", "件数", "开始", "恢复"), lines, empty="没有暂缓")


@click.command()
@click.argument("campaign")
@click.argument("to", type=DAY)
@writes
def move(campaign: str, to: date, act: Writing) -> None:
    """调整迎检日期：倒排的期限随之调整，每个有关单位收到一份调整通知；已经逾期的仍按逾期。

    例：campaign inspection move weisheng 2026-11-20 --reason 上级改期 --as 办公室主任
    """
    from campaign.work.planning.inspection_date import move_inspection

    with opened(act) as store, store.begin() as tx:
        moved = move_inspection(tx, named_campaign(tx, act, campaign), to, by_of(act))
    answer(act, {"inspection_on": to, "duties": moved}, f"迎检日期改为 {to}，调整期限 {moved} 项。")


def _request(tx: Session, request_id: int) -> DutyRequest:
    from campaign.records.tables import DutyRequest

    found = tx.get(DutyRequest, request_id)
    if found is None:
        raise NotFound(f"没有编号为 {request_id} 的申请：请用 campaign request list 查看。", code="no_request", asked=request_id)
    return found
