"""`campaign sweep`, `deliver`, `bulletin`, `seal`: the timed passes by hand, in this process.

Owns the count of what was due before a sweep. The clock runs the same passes by itself; nothing here is needed while `campaign up` runs.
"""

from __future__ import annotations

import click

from campaign.cli.desk import answer, chosen_campaign, opened
from campaign.cli.options import Reading, Writing, reads, writes

MOST_ROUNDS = 6
"""A notice that its channel refuses is due at once by the next one; more channels than this has no rung."""

_campaign = click.option("--campaign", metavar="CAMPAIGN", help="只办理这一个创建活动；不给则办理全部（演练除外）。")


@click.command()
@_campaign
@writes
def sweep(campaign: str | None, act: Writing) -> None:
    """督办巡检一次：到期的应办事项各升一级督办，并生成定期事项。

    例：campaign sweep --campaign weisheng --as 创建办
    """
    from campaign.records.running.sweeping import count_due
    from campaign.work.running.passes import PassRequest, run_pass

    with opened(act) as store:
        with store.read() as tx:
            found = chosen_campaign(tx, act, campaign)
            due = count_due(tx, act.now, found.id if found else None)
            slug = found.slug if found else None
        done = run_pass(store, PassRequest("supervision", slug, None, act.now, act.actor, act.reason or ""))
    value = {"pass": done.pass_id, "due": due, **{name: done.counts.get(name, 0) for name in ("escalated", "skipped", "notices")}}
    answer(act, value, done.message)


@click.command()
@_campaign
@writes
def deliver(campaign: str | None, act: Writing) -> None:
    """发送到时的文书；送不出去的按渠道次序改送，都送不出去的转人工送达。

    例：campaign deliver --campaign weisheng --as 创建办
    """
    from campaign.work.running.passes import PassRequest, run_pass
    from campaign.work.running.services import way_out

    with opened(act) as store:
        with store.read() as tx:
            found = chosen_campaign(tx, act, campaign)
            slug, campaign_id = (found.slug, found.id) if found else (None, None)
        if act.dry_run:
            from campaign.work.running.deliver import due_count

            with store.read() as tx:
                waiting = due_count(tx, act.now, campaign_id)
            answer(act, {"pass": None, "due": waiting, "sent": 0, "failed": 0}, f"将发送 {waiting} 份")
            return
        sent = failed = first = rounds = 0
        with way_out(act.settings) as services:
            while rounds < MOST_ROUNDS:
                done = run_pass(store, PassRequest("delivery", slug, None, act.now, act.actor, act.reason or ""), services=services)
                rounds, first = rounds + 1, first or done.pass_id
                sent, failed = sent + done.counts.get("sent", 0), done.counts.get("failed", 0)
                if not done.counts.get("sent", 0) and not failed:
                    break
    words = f"送达 {sent} 份" + (f"，未送达 {failed} 份（将自动重试，都不成功的转人工送达）" if failed else "") if sent or failed else "没有到时的文书"
    answer(act, {"pass": first, "sent": sent, "failed": failed}, words)


@click.command()
@_campaign
@writes
def bulletin(campaign: str | None, act: Writing) -> None:
    """编发工作简报，报送办公室；指定活动时立即编发一期。

    例：campaign bulletin --campaign weisheng --as 创建办
    """
    from campaign.work.running.passes import PassRequest, run_pass

    with opened(act) as store:
        with store.read() as tx:
            found = chosen_campaign(tx, act, campaign)
            slug = found.slug if found else None
        done = run_pass(store, PassRequest("bulletin", slug, None, act.now, act.actor, act.reason or ""))
    texts = [str(row["内容"]) for row in done.tables.get("bulletin", [])]
    value = {"pass": done.pass_id, "bulletins": done.counts.get("bulletins", 0), "texts": texts}
    answer(act, value, done.message if texts else "没有到期的简报", *texts)


@click.command()
@reads
def seal(ask: Reading) -> None:
    """把尚未封存的操作日志封存成链，输出最新的校验码。

    时钟每分钟自动封存一次；对外提供材料之前可手工封存。

    例：campaign seal
    """
    from campaign.records.log import head
    from campaign.work.upkeep.seal import seal_events

    with opened(ask) as store:
        sealed = seal_events(store, ask.now)
        with store.read() as tx:
            newest = head(tx)
    answer(ask, {"sealed": sealed, "head": newest}, f"本次封存 {sealed} 条记录，最新校验码 {newest[:16]}…")
