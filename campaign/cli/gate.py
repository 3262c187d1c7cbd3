"""`campaign gate`: whether a phase may close and what stands in the way; with an option, a person's decision on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import answer, by_of, opened
from campaign.cli.options import Writing, may_write, named
from campaign.cli.phase import find

if TYPE_CHECKING:
    from campaign.records.tables import Campaign, Phase
    from campaign.rules.gate import GateDecision

DECISIONS = {"pass": "通过", "carry_over": "带遗留问题转段", "hold": "暂缓转段", "overrule": "越过条件转段"}


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("phase", metavar="PHASE")
@click.option("--pass", "decided", flag_value="pass", help="通过，关闭阶段。")
@click.option("--carry-over", "decided", flag_value="carry_over", help="带遗留问题转段：未办结的事项逐一列名，继续督办。")
@click.option("--hold", "decided", flag_value="hold", help="暂缓转段，须写明理由。")
@click.option("--overrule", "decided", flag_value="overrule", help="越过未满足的条件转段：限领导小组负责人，须写明理由。")
@may_write
def gate(campaign: str, phase: str, decided: str | None, act: Writing) -> None:
    """阶段验收（转段）：不带选项时只列出能否转段和未满足的条件。

    例：campaign gate weisheng 推进 --carry-over --reason 两项待验收 --as 办公室主任
    """
    from campaign.rules.gate import GateOutcome
    from campaign.work.planning.gate import ask_gate, decide_gate, overrule_gate

    if decided is None:
        with opened(act) as store, store.read() as tx:
            found, one = find(tx, act, campaign, phase)
            decision = ask_gate(tx, found, one, act.now)
            value = _value(found, one, decision)
            words = _words(one, decision)
        answer(act, value, *words)
        return
    named(act)
    with opened(act) as store, store.begin() as tx:
        found, one = find(tx, act, campaign, phase)
        if decided == "overrule":
            decision = overrule_gate(tx, found, one, by_of(act))
        else:
            decision = decide_gate(tx, found, one, GateOutcome(decided), by_of(act))
        value = _value(found, one, decision) | {"decided": decided}
        words = [f"阶段「{one.name}」：{DECISIONS[decided]}{'，已关闭' if one.state == 'closed' else '，阶段继续'}。"]
        words += [f"  遗留：#{left.id} {left.unit}「{left.title}」" for left in decision.leftovers] if decided == "carry_over" else []
    answer(act, value, *words)


def _value(campaign: Campaign, phase: Phase, decision: GateDecision) -> dict[str, Any]:
    return {
        "campaign": campaign.slug, "phase": phase.key, "state": phase.state, "may_close": decision.may_close,
        "allowed": [outcome.value for outcome in decision.outcome_allowed],
        "blockers": [{"code": one.code, "text": one.text, "duty_ids": list(one.duty_ids), "carried": one.carried} for one in decision.blockers],
        "leftovers": [{"id": one.id, "unit": one.unit, "title": one.title, "light": one.light} for one in decision.leftovers],
    }  # fmt: skip


def _words(phase: Phase, decision: GateDecision) -> list[str]:
    state = {"planned": "尚未开启", "open": "进行中", "closed": "已关闭"}[phase.state]
    head = f"阶段「{phase.name}」（{state}）：" + ("转段条件已全部满足。" if decision.may_close else f"还有 {len(decision.blockers)} 项转段条件未满足。")
    rows = [f"  · {one.text}{'（可作为遗留问题带走）' if one.carried else '（必须先解决）'}" for one in decision.blockers]
    tail = [] if phase.state != "open" else [f"可选：{'、'.join(one.label for one in decision.outcome_allowed)}。"]
    return [head, *rows, *tail]
