"""`campaign ics`: deadlines and phases for a calendar program."""

from __future__ import annotations

from pathlib import Path

import click

from campaign.cli.desk import opened
from campaign.cli.options import Reading, reads
from campaign.cli.output import emit_json, say
from campaign.disk import put_whole
from campaign.errors import NotFound


@click.command()
@click.argument("which", metavar="UNIT|CAMPAIGN")
@click.option("-o", "--output", "path", required=True, metavar="文件.ics", type=click.Path(path_type=Path, dir_okay=False), help="写到哪里。")
@reads
def ics(which: str, path: Path, ask: Reading) -> None:
    """导出日历文件：给出单位，则为它尚未办结的期限；给出创建活动，则为各阶段和迎检日期。

    例：campaign ics 城关街道 -o 城关街道.ics
    """
    from campaign.records.campaigns import find_campaign, find_unit
    from campaign.work.ics import campaign_calendar, unit_calendar

    with opened(ask) as store, store.read() as tx:
        unit = find_unit(tx, which)
        if unit is not None:
            name, written = unit.name, unit_calendar(tx, unit, ask.now)
        else:
            try:
                campaign = find_campaign(tx, which)
            except NotFound as missing:
                raise NotFound(f"没有名为「{which}」的单位或创建活动。", code="no_subject", asked=which) from missing
            name, written = campaign.title, campaign_calendar(tx, campaign, ask.now)
    put_whole(path, written)
    events = written.count(b"BEGIN:VEVENT")
    if ask.json:
        emit_json({"of": name, "events": events, "file": path})
    else:
        say(f"{name}：{events} 项，已写入 {path}")
