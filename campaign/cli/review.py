"""`campaign review`: the verdict on what was handed in; for a rectification the recheck, by somebody else than who rectified."""

from __future__ import annotations

import click

from campaign.cli.desk import answer, by_of, local, opened, refuse_future_of_duty
from campaign.cli.options import Writing, writes


@click.command()
@click.argument("duty", metavar="DUTY")
@click.option("--accept", is_flag=True, help="通过;整改事项为复核合格,予以销号。")
@click.option("--return", "returned", metavar="原因", help="退回补正,写明缺什么、怎样补正;整改事项为复核不合格,转下一轮整改。")
@writes
def review(duty: str, accept: bool, returned: str | None, act: Writing) -> None:
    """审核报送的最新版本:通过,或退回补正。DUTY 用被审核的事项或审核事项的编号都可以。

    例:campaign review 128 --return 缺少第三季度照片 --as 创建办审核员
    """
    from campaign.records.campaigns import find_duty
    from campaign.records.tables import DutyState
    from campaign.work.review import review as decide

    if accept == (returned is not None):
        raise click.UsageError("请给出 --accept 或 --return 原因,两者之一", click.get_current_context())
    with opened(act) as store, store.begin() as tx:
        found = find_duty(tx, duty)
        refuse_future_of_duty(tx, act, found.campaign_id)
        decided = decide(tx, found, by_of(act), accept=accept, reason=returned or "")
        tx.flush()
        outcome = "accepted" if accept else "returned"
        value = {"id": decided.id, "title": decided.title, "outcome": outcome, "state": str(decided.state), "due_at": local(decided.due_at, act)}
        state = DutyState(decided.state).label
    words = f"#{value['id']}「{value['title']}」{'审核通过' if accept else '已退回'}(现在:{state})。"
    answer(act, value, words)
