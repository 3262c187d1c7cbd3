"""`campaign finding …`: problems found at a unit, entered with the order to rectify them, listed, and withdrawn when entered by mistake."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import answer, by_of, local, named_campaign, only_campaign, opened, refuse_future_of_duty
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, show_table
from campaign.errors import Conflict

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.records.tables import Campaign, Phase

SEVERITIES = {"minor": "轻微", "normal": "一般", "major": "重大"}
STATES = {"rectifying": "整改中", "rechecking": "待复核", "closed": "已销号", "withdrawn": "已撤销"}


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("unit", metavar="UNIT")
@click.argument("text", metavar="TEXT")
@click.option("--phase", metavar="PHASE", help="登记到哪个阶段；不给则为正在进行的自查整改阶段，没有则为最近开启的阶段。")
@click.option("--severity", type=click.Choice(list(SEVERITIES)), default="normal", show_default=True, help="轻微 minor、一般 normal、重大 major。")
@click.option("--indicator", metavar="指标", help="对应的测评指标。")
@click.option("--site", metavar="点位", help="在哪个点位发现。")
@click.option("--days", type=click.IntRange(1, 365), metavar="天", help="整改期限（工作日）；不给则按严重程度。")
@click.option("--inspection", metavar="检查", help="哪次检查发现的，如 第一次暗访。")
@writes
def add(
    campaign: str, unit: str, text: str, phase: str | None, severity: str, indicator: str | None, site: str | None, days: int | None, inspection: str | None,
    act: Writing,
) -> None:  # fmt: skip
    """登记一个问题，同时下达整改通知单；整改后须由他人复核才能销号。

    例：campaign finding add weisheng 城关街道 农贸市场出口积水 --severity major --as 检查组
    """
    from campaign.cli.burden import held_words
    from campaign.records.campaigns import find_phase, need_unit
    from campaign.records.tables import Duty, Finding
    from campaign.work.duty.burden import ask_extra

    with opened(act) as store, store.begin() as tx:
        found = named_campaign(tx, act, campaign)
        where = find_phase(tx, found, phase) if phase else open_phase(tx, found)
        owner = need_unit(tx, unit)
        request = ask_extra(
            tx, found, where, owner, by_of(act), key=secrets.token_urlsafe(18), kind="finding", title=text, text=text, severity=severity, indicator=indicator,
            site=site, days=days, inspection=inspection,
        )  # fmt: skip
        value: dict[str, Any] = {"unit": owner.name, "severity": severity, "phase": where.key}
        if request.duty_id is None:
            value["held"] = request.id
        else:
            duty = tx.get_one(Duty, request.duty_id)
            finding = tx.get_one(Finding, duty.finding_id or 0)
            value |= {"id": finding.id, "reference": finding.reference, "duty": duty.id, "due_at": local(duty.due_at, act)}
    if "held" in value:
        answer(act, value, held_words(value["held"]))
        return
    answer(
        act,
        value,
        f"已登记问题 {value['id']}（{value['reference']}），整改单位 {value['unit']}，应办事项 #{value['duty']}，限 {str(value['due_at'])[:10]} 前。",
    )


def open_phase(tx: Session, campaign: Campaign) -> Phase:
    from campaign.records.planning.registry import phases_of

    running = [phase for phase in phases_of(tx, campaign) if phase.state == "open"]
    if not running:
        raise Conflict(f"「{campaign.title}」没有正在进行的阶段：问题请登记到开启中的阶段。", code="phase_not_open", campaign=campaign.slug)
    fitting = [phase for phase in running if phase.kind == "rectification"] or running
    return max(fitting, key=lambda phase: (phase.opened_at is not None, phase.opened_at, phase.number))


@click.command(name="list")
@click.argument("campaign", metavar="[CAMPAIGN]", required=False)
@click.option("--state", type=click.Choice(list(STATES)), help="只列这种状态的。")
@reads
def list_(campaign: str | None, state: str | None, ask: Reading) -> None:
    """问题清单：哪里的什么问题、第几轮整改、是否销号。

    例：campaign finding list weisheng --state rectifying
    """
    from campaign.records.duty.findings import of_campaign
    from campaign.records.papers.notices import units_named

    with opened(ask) as store, store.read() as tx:
        found = only_campaign(tx, ask, campaign)
        rows = [row for row in of_campaign(tx, found.id or 0) if state in (None, row.state)]
        units = units_named(tx, {row.unit_id for row in rows})
        told = [
            {"id": row.id, "reference": row.reference, "unit": units[row.unit_id].name, "text": row.text, "severity": row.severity, "state": row.state,
             "round": row.round, "indicator": row.indicator, "site": row.site, "found_by": row.found_by, "found_at": local(row.found_at, ask),
             "closed_by": row.closed_by, "closed_at": local(row.closed_at, ask)}
            for row in rows
        ]  # fmt: skip
    if ask.json:
        emit_json(told)
        return
    lines = [(one["id"], one["unit"], one["text"], SEVERITIES[str(one["severity"])], one["round"], STATES[str(one["state"])]) for one in told]
    show_table(["编号", "单位", "问题", "程度", "轮次", "状态"], lines, title="问题清单", empty="没有问题")


@click.command()
@click.argument("finding", metavar="ID")
@writes
def withdraw(finding: str, act: Writing) -> None:
    """撤销登记有误的问题，须写明理由；未办结的整改随之取消。

    例：campaign finding withdraw 3 --reason 与第 2 条重复 --as 检查组
    """
    from campaign.records.duty.findings import find_finding
    from campaign.work.duty.rectify import withdraw_finding

    with opened(act) as store, store.begin() as tx:
        found = find_finding(tx, finding)
        refuse_future_of_duty(tx, act, found.campaign_id)
        withdraw_finding(tx, found, by_of(act))
        value = {"id": found.id, "reference": found.reference, "state": found.state}
    answer(act, value, f"问题 {value['id']}（{value['reference']}）已撤销。")
