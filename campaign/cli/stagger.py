"""`campaign stagger`: 倒排工期, days proposed for what is only due with its phase; shown first, taken with --apply."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from campaign.cli.desk import answer, by_of, named_campaign, opened
from campaign.cli.options import Writing, may_write, named
from campaign.cli.output import emit_json, say, show_table, warn

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.records.tables import Campaign, Phase
    from campaign.work.planning.stagger import Staggering

SHOWN = 40


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.option("--phase", metavar="PHASE", help="只排这个阶段。")
@click.option("--most", type=click.IntRange(1, 50), default=3, show_default=True, help="一个单位一天最多几件到期。")
@click.option("--afresh", is_flag=True, help="已经定过日子的也重新排。")
@click.option("--apply", "apply_", is_flag=True, help="采用建议（默认只列出）。")
@click.option("--move", "moves", multiple=True, metavar="DUTY=日期", help="只把这一项定在这一天，可重复，如 --move 128=2026-09-18。")
@may_write
def stagger(campaign: str, phase: str | None, most: int, afresh: bool, apply_: bool, moves: tuple[str, ...], act: Writing) -> None:
    """倒排工期：给只随阶段结束到期的事项建议日子，并指出谁哪天到期过多。

    方案写明期限的、已延期的和已经逾期的不动。已告知单位的改期会发调整通知，提前的至少留 3 个工作日。

    例：campaign stagger weisheng --apply --as 创建办
    """
    from campaign.work.planning.stagger import move_deadlines, propose_deadlines

    writing = apply_ or bool(moves)
    with opened(named(act) if writing else act) as store, store.begin() if writing else store.read() as tx:
        found = named_campaign(tx, act, campaign)
        plan = propose_deadlines(tx, found, act.now, phase=_phase(tx, found, phase), most_a_day=most, afresh=afresh)
        wanted = dict(_move(tx, one) for one in moves) if moves else plan.proposals
        moved = move_deadlines(tx, found, wanted, by_of(act)) if writing else 0
        left = propose_deadlines(tx, found, act.now, most_a_day=most).warnings if writing else plan.left
    if not writing:
        _show(plan, act)
        return
    answer(act, {"campaign": campaign, "moved": moved, "warnings": list(left)}, f"已调整期限 {moved} 项。")
    if not act.json:
        for line in left[:SHOWN]:
            warn(line)


def _phase(tx: Session, campaign: Campaign, wanted: str | None) -> Phase | None:
    from campaign.records.campaigns import find_phase

    return find_phase(tx, campaign, wanted) if wanted else None


def _move(tx: Session, text: str) -> tuple[int, date]:
    from campaign.records.campaigns import find_duty

    duty, sign, day = text.rpartition("=")
    try:
        on = date.fromisoformat(day.strip())
    except ValueError:
        sign = ""
    if not sign:
        raise click.UsageError(f"--move 的写法不对（现在是「{text}」）：应为 编号=日期，如 128=2026-09-18", click.get_current_context())
    return find_duty(tx, duty).id, on


def _show(plan: Staggering, act: Writing) -> None:
    if act.json:
        emit_json({
            "slots": [
                {"duty": one.duty_id, "unit": one.unit, "title": one.title, "phase": one.phase, "due_on": one.due_on, "proposed_on": one.proposed_on,
                 "from": one.first_day, "to": one.last_day}
                for one in plan.slots
            ],
            "warnings": list(plan.warnings), "left": list(plan.left),
        })  # fmt: skip
        return
    proposals = plan.proposals
    rows = [(one.duty_id, one.unit, one.title, one.due_on, one.proposed_on) for one in plan.slots if one.duty_id in proposals]
    show_table(["编号", "单位", "事项", "现期限", "建议"], rows[:SHOWN], title="倒排工期建议", empty="没有需要倒排的事项")
    if len(rows) > SHOWN:
        say(f"共 {len(rows)} 项，以上是前 {SHOWN} 项；加 --json 全部列出。")
    for line in plan.warnings[:SHOWN]:
        warn(line)
    for line in plan.left[:SHOWN]:
        warn(f"采用建议后仍有：{line}")
    if rows:
        say("采用建议：加 --apply；只改几项：--move 编号=日期。")
