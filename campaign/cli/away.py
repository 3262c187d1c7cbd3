"""`campaign units away`: somebody is on leave, and who stands in."""

from __future__ import annotations

from datetime import date

import click

from campaign.cli.desk import DAY, answer, by_of, opened, refuse_future
from campaign.cli.options import Writing, writes


@click.command()
@click.argument("unit", metavar="UNIT")
@click.argument("person", metavar="姓名")
@click.option("--from", "from_on", type=DAY, help="从哪一天起；不给则为今天。")
@click.option("--to", "to_on", type=DAY, required=True, help="到哪一天为止（含当天）。")
@click.option("--deputy", metavar="姓名", help="代理人，先在本单位找，再在全部名册里找；须已登记手机、邮箱或账号。")
@writes
def away(unit: str, person: str, from_on: date | None, to_on: date, deputy: str | None, act: Writing) -> None:
    """登记请假和代理人：这几天发给本人的消息改发代理人，职责仍在单位。

    例：campaign units away 区教育局 己卯 --to 2026-09-18 --deputy 庚辰 --as 区教育局
    """
    from campaign.records.campaigns import need_unit
    from campaign.rules.calendar import campaign_day
    from campaign.work.people.away import take_leave

    refuse_future(act)
    with opened(act) as store, store.begin() as tx:
        found = need_unit(tx, unit)
        first = from_on or campaign_day(act.now)
        one, stand_in = take_leave(tx, found, person, first, to_on, by_of(act), deputy=deputy)
        value = {"unit": found.name, "person": one.name, "deputy": stand_in.name if stand_in else None, "from": str(first), "to": str(to_on)}
    told = f"由「{value['deputy']}」代理" if value["deputy"] else "没有代理人，由同岗位的其他人接收"
    answer(act, value, f"已登记「{value['person']}」{value['from']} 至 {value['to']} 请假，{told}。")
