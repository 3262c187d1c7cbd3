"""`campaign demo`: the sample campaign, launched as of twenty days ago and played forward to now."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from campaign.cli.desk import answer, opened
from campaign.cli.options import Reading, reads
from campaign.errors import CampaignError


@click.command()
@reads
def demo(ask: Reading) -> None:
    """建立示例活动：虚构的望澜区，二十天前启动，推演到现在；已经建立过的不再改动。

    文书只写入数据目录里的文件，不向任何人发送。

    例：campaign demo --data ./数据
    """
    import config
    from campaign.plan.yaml_file import load_plan
    from campaign.work.people.roll_file import read_roll
    from campaign.work.rehearsal.demo import SLUG, Sample, file_only, play_sample
    from campaign.work.running.services import evidence_of, way_out

    if ask.now_given:
        raise CampaignError("示例活动总是推演到现在，不接受 --now。", code="no_now")
    room = Path(config.__file__).parent
    roll = room / "campaigns" / f"{SLUG}-units.csv"
    sample = Sample(load_plan(room / "campaigns" / f"{SLUG}.yaml").spec, read_roll(roll), roll, room / "ladders")
    with opened(ask) as store, way_out(ask.settings) as services:
        fresh = play_sample(store, sample, evidence_of(ask.settings), file_only(services), ask.now, _shown_progress)
    words = f"示例活动已建立（代号 {SLUG}）：campaign status {SLUG}" if fresh else f"示例活动（代号 {SLUG}）已经在这个数据目录里，没有改动。"
    answer(ask, {"campaign": SLUG, "played": fresh}, words)


def _shown_progress(day: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r正在推演示例活动：第 {day}/{total} 天 {'■' * day}{'□' * (total - day)}", err=True, nl=day == total)
    elif day == total or day % 5 == 0:
        click.echo(f"正在推演示例活动：第 {day}/{total} 天", err=True)
