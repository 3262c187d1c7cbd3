"""`campaign phase …`: work a phase in a pass, open, close, reopen and shift it.

Owns the choice between Prefect and this process: a pass is triggered in Prefect, or with --local the same steps run here. Both do the same,
so Prefect being down is no reason to wait. Refuses a pass for a closed phase before anybody is asked to run it.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from campaign.cli.desk import DAY, answer, by_of, named_campaign, opened
from campaign.cli.options import Writing, writes

if TYPE_CHECKING:
    from sqlmodel import Session

    from campaign.records.store import Store
    from campaign.records.tables import Campaign, Phase


def find(tx: Session, act: Writing, campaign: str, phase: str) -> tuple[Campaign, Phase]:
    from campaign.records.campaigns import find_phase

    found = named_campaign(tx, act, campaign)
    return found, find_phase(tx, found, phase)


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("phase", metavar="PHASE")
@click.option("--local", "here", is_flag=True, help="在本进程里直接执行，不经过 Prefect。")
@click.option("--wait", is_flag=True, help="等 Prefect 执行完再返回。")
@writes
def run(campaign: str, phase: str, here: bool, wait: bool, act: Writing) -> None:
    """办理一次阶段：分派、收集、督办、公布、验收检查各走一遍。

    PHASE 用编号、key 或名称。默认交给 Prefect 执行；Prefect 没有运行时可加 --local，结果相同。

    例：campaign phase run weisheng 2 --local --as 创建办
    """
    from campaign.errors import Conflict

    with opened(act) as store:
        with store.read() as tx:
            found, one = find(tx, act, campaign, phase)
            slug, title, key, name, kind, closed = found.slug, found.title, one.key, one.name, one.kind, one.state == "closed"
        if closed:
            raise Conflict(f"阶段「{name}」已关闭：如需继续，请先重新打开（campaign phase reopen {slug} {key}）。", code="phase_closed", phase=key)
        if here or act.dry_run:
            _run_here(store, act, slug, key)
            return
    from campaign.cli.engine_run import trigger_phase

    trigger_phase(act, slug=slug, title=title, key=key, name=name, kind=kind, wait=wait)


def _run_here(store: Store, act: Writing, slug: str, key: str) -> None:
    from campaign.work.running.passes import PassRequest, run_pass

    done = run_pass(store, PassRequest("phase", slug, key, act.now, act.actor, act.reason or ""))
    counts = {name: done.counts.get(name, 0) for name in ("assigned", "collected", "escalated", "skipped", "notices", "blockers")}
    answer(act, {"pass": done.pass_id, "message": done.message, **counts}, done.message, *_blockers(done.tables.get("gate", [])))


def _blockers(rows: list[dict[str, str]]) -> list[str]:
    return [f"转段条件未满足 {len(rows)} 项：", *(f"  · {row['尚未满足的条件']}" for row in rows)] if rows else ["转段条件已全部满足。"]


@click.command(name="open")
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("phase", metavar="PHASE")
@click.option("--end", type=DAY, help="方案没有写结束日期时，在此给出。")
@writes
def open_(campaign: str, phase: str, end: date | None, act: Writing) -> None:
    """提前或手工开启一个阶段；应办事项由随后的阶段办理分派。

    例：campaign phase open weisheng 推进 --end 2026-11-30 --as 创建办
    """
    from campaign.work.planning.phases import open_phase

    with opened(act) as store, store.begin() as tx:
        found, one = find(tx, act, campaign, phase)
        fresh = open_phase(tx, found, one, by_of(act), ends_on=end)
        value = {"campaign": found.slug, "phase": one.key, "state": one.state, "changed": fresh, "start": one.starts_on, "end": one.ends_on}
        words = (
            f"阶段「{one.name}」已开启；分派应办事项请运行 campaign phase run {found.slug} {one.key}。"
            if fresh
            else f"阶段「{one.name}」本来就开着，没有变化。"
        )
    answer(act, value, words)


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("phase", metavar="PHASE")
@writes
def close(campaign: str, phase: str, act: Writing) -> None:
    """验收通过并关闭阶段；还有未满足的条件时逐条列出（等同 gate --pass）。

    例：campaign phase close weisheng 1 --as 办公室主任
    """
    from campaign.rules.gate import GateOutcome
    from campaign.work.planning.gate import decide_gate

    with opened(act) as store, store.begin() as tx:
        found, one = find(tx, act, campaign, phase)
        decide_gate(tx, found, one, GateOutcome.PASS, by_of(act))
        value = {"campaign": found.slug, "phase": one.key, "state": one.state}
        name = one.name
    answer(act, value, f"阶段「{name}」验收通过，已关闭。")


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("phase", metavar="PHASE")
@writes
def reopen(campaign: str, phase: str, act: Writing) -> None:
    """重新打开已关闭的阶段，须写明理由。

    例：campaign phase reopen weisheng 1 --reason 补收漏报的回执 --as 办公室主任
    """
    from campaign.work.planning.phases import reopen_phase

    with opened(act) as store, store.begin() as tx:
        found, one = find(tx, act, campaign, phase)
        reopen_phase(tx, found, one, by_of(act))
        value = {"campaign": found.slug, "phase": one.key, "state": one.state}
        name = one.name
    answer(act, value, f"阶段「{name}」已重新打开。")


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@click.argument("phase", metavar="PHASE")
@click.option("--start", type=DAY, help="新的开始日期（尚未开启的阶段）。")
@click.option("--end", type=DAY, help="新的结束日期；随阶段到期的事项一并顺延或提前。")
@writes
def shift(campaign: str, phase: str, start: date | None, end: date | None, act: Writing) -> None:
    """调整阶段的起止日期，须写明理由；已经逾期的事项不因此免责。

    例：campaign phase shift weisheng 2 --end 2026-12-15 --reason 汛期顺延 --as 办公室主任
    """
    from campaign.work.planning.phases import shift_phase

    if start is None and end is None:
        raise click.UsageError("请给出 --start 或 --end", click.get_current_context())
    with opened(act) as store, store.begin() as tx:
        found, one = find(tx, act, campaign, phase)
        moved = shift_phase(tx, found, one, by_of(act), starts_on=start, ends_on=end)
        value = {"campaign": found.slug, "phase": one.key, "start": one.starts_on, "end": one.ends_on, "moved": moved}
        words = f"阶段「{one.name}」改为 {one.starts_on or '未定'} 至 {one.ends_on or '未定'}，随之调整期限 {moved} 项。"
    answer(act, value, words)
