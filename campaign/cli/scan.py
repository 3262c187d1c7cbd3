"""`campaign scan`: files that came while the virus scanner was down, asked about again."""

from __future__ import annotations

import click

from campaign.cli.desk import answer, by_of, opened
from campaign.cli.options import Writing, writes


@click.command()
@click.option("--all", "all_files", is_flag=True, help="全部文件都重新检查（病毒库更新之后）。")
@writes
def scan(all_files: bool, act: Writing) -> None:
    """病毒检查：补查收件时没有应答而先收下的文件；查出病毒的立即隔离，不能再打开或下载。

    例：campaign scan --as 运维
    """
    from campaign.work.running.services import evidence_of
    from campaign.work.upkeep.verify_files import scan_again

    with opened(act) as store:
        done = scan_again(store, evidence_of(act.settings), by_of(act), all_files=all_files)
    words = f"检查完毕：干净 {done.clean} 个，查出病毒 {len(done.infected)} 个，没有应答 {done.left} 个。"
    if done.infected:
        words += f"已隔离：{'、'.join(one[:12] for one in done.infected[:20])}。请在门户申请撤回。"
    answer(act, {"clean": done.clean, "infected": done.infected, "left": done.left}, words)
