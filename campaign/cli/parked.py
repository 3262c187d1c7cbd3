"""`campaign parked list|release`: rows that a pass set aside because they failed alone, and giving them back once they are mended."""

from __future__ import annotations

import click

from campaign.cli.desk import NUMBER, answer, by_of, chosen_campaign, local, opened, refuse_future_of_duty, shown
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, say, show_table


@click.command("list")
@click.option("--campaign", metavar="CAMPAIGN", help="只看这一个创建活动；不给则看全部。")
@reads
def list_(campaign: str | None, ask: Reading) -> None:
    """待处理清单：巡检时单独出错、已放在一边的事项和原因。

    例：campaign parked list
    """
    from campaign.records.running.parked import list_parked

    with opened(ask) as store, store.read() as tx:
        found = chosen_campaign(tx, ask, campaign)
        rows = list_parked(tx, campaign_id=found.id if found else None)
    if ask.json:
        emit_json([
            {"id": row.id, "campaign": row.campaign, "duty": row.duty_id, "title": row.title, "unit": row.unit, "pass": row.pass_name,
             "parked_at": local(row.parked_at, ask), "reason": row.reason}
            for row in rows
        ])  # fmt: skip
    elif rows:
        show_table(
            ["编号", "事项", "单位", "时间", "原因"], [(row.id, f"#{row.duty_id} {row.title}", row.unit, shown(row.parked_at, ask), row.reason) for row in rows]
        )
        say("改正以后放回：campaign parked release 编号 --reason 怎样改正的 --as 姓名")
    else:
        say("没有待处理的事项。")


@click.command()
@click.argument("number", metavar="编号", type=NUMBER)
@writes
def release(number: int, act: Writing) -> None:
    """改正以后把一项待处理放回，按督办规则重新计算下一级的时间，须写明理由。

    例：campaign parked release 3 --reason 期限写错，已改为9月30日 --as 创建办
    """
    from campaign.records.tables import Duty
    from campaign.work.running.parked import release_parked

    with opened(act) as store, store.begin() as tx:
        done = release_parked(tx, number, by_of(act))
        refuse_future_of_duty(tx, act, tx.get_one(Duty, done.duty_id).campaign_id)
    then = f"下一级督办时间 {shown(done.next_rung_at, act)}" if done.next_rung_at else "目前不需要再督办"
    answer(act, {"parked": number, "duty": done.duty_id, "next_rung_at": local(done.next_rung_at, act)}, f"#{done.duty_id}「{done.title}」已放回，{then}。")
