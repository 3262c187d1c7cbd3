"""`campaign notices hours|cap`: when messages go out, and how many numbered papers a unit may get in a month."""

from __future__ import annotations

import click

from campaign.cli.desk import answer, by_of, only_campaign, opened
from campaign.cli.options import Writing, may_write, named
from campaign.cli.output import emit_json, say, show_table, warn

_campaign = click.option("--campaign", metavar="CAMPAIGN", help="哪个创建活动；只有一个时可以不写。")


@click.command()
@_campaign
@click.option("--from", "opens", metavar="时间", help="从几点起发送，如 8:00。")
@click.option("--to", "closes", metavar="时间", help="到几点为止，如 20:00。")
@click.option("--rest-days/--no-rest-days", default=None, help="休息日也发送；默认不发。")
@may_write
def hours(campaign: str | None, opens: str | None, closes: str | None, rest_days: bool | None, act: Writing) -> None:
    """查看或设定发送时段；时段外的文书顺延，一份不丢。督办规则里 urgent 的级别不受限制。

    例：campaign notices hours --campaign weisheng --from 8:30 --to 18:00 --as 办公室主任
    """
    from campaign.work.papers.sending_manners import sending_window, set_hours

    changes = opens is not None or closes is not None or rest_days is not None
    with opened(act) as store, store.begin() as tx:
        found = only_campaign(tx, act, campaign)
        window = set_hours(tx, found, by_of(named(act)), opens=opens, closes=closes, rest_days=rest_days) if changes else sending_window(found)
        slug, title = found.slug, found.title
    value = {"campaign": slug, "from": f"{window.opens:%H:%M}", "to": f"{window.closes:%H:%M}", "rest_days": window.rest_days}
    days = "每天" if window.rest_days else "工作日"
    answer(act, value, f"「{title}」的发送时段{'已改为' if changes else '是'}：{days} {value['from']} 至 {value['to']}。")


@click.command()
@_campaign
@click.option("--set", "cap", type=click.IntRange(1, 10_000), metavar="件数", help="一个单位一个月最多收几件带文号的文书。")
@may_write
def cap(campaign: str | None, cap: int | None, act: Writing) -> None:
    """各单位本月收到的带文号文书，以及月度上限；超过上限的点名提醒，文书照发。

    例：campaign notices cap --campaign weisheng --set 10 --as 办公室主任
    """
    from campaign.work.papers.sending_manners import burden_of, set_cap

    with opened(act) as store, store.begin() as tx:
        found = only_campaign(tx, act, campaign)
        if cap is not None:
            set_cap(tx, found, cap, by_of(named(act)))
        burden = burden_of(tx, found, act.now)
        slug, title = found.slug, found.title
    if act.json:
        rows = [{"unit": unit, "papers": count, "over": count > burden.cap} for unit, count in burden.units]
        emit_json({"campaign": slug, "cap": burden.cap, "units": rows})
        return
    say(f"「{title}」每个单位每月最多 {burden.cap} 件带文号的文书。")
    show_table(("单位", "本月", ""), [(unit, count, "超过上限" if count > burden.cap else "") for unit, count in burden.units], empty="本月还没有带文号的文书")
    if burden.over:
        warn(f"{len(burden.over)} 个单位超过上限：{'、'.join(f'{unit}（{count} 件）' for unit, count in burden.over[:20])}。请合并发文，或改用提醒。")
