"""`campaign verify`: does everything hold that must always hold? Read from the records and from what the file channel received."""

from __future__ import annotations

from pathlib import Path

import click

from campaign.cli.desk import opened
from campaign.cli.errors import ANSWER_IS_NO, DONE
from campaign.cli.options import Reading, reads
from campaign.cli.output import emit_json, say


@click.command()
@click.option(
    "--receivers",
    type=click.Path(path_type=Path),
    metavar="文件",
    help="接收端的日志（每行一条 JSON，或放这些日志的文件夹）；不给则核对数据目录里文件渠道的发送记录。",
)
@click.option("--no-files", is_flag=True, help="不重新核对报送文件的校验值（文件很多时较快）。")
@click.pass_context
@reads
def verify(ctx: click.Context, receivers: Path | None, no_files: bool, ask: Reading) -> None:
    """核对全部记录是否守住规则：督办不跳级、不重复，文书有送达，留痕没有改动，报送的文件与报送时一致。

    没有问题退出码为 0；有问题逐条列出，退出码为 1。

    例：campaign verify
    """
    from campaign.errors import NotFound
    from campaign.notices.channels.registry import OUTBOX_FILE
    from campaign.work.running.services import evidence_of
    from campaign.work.upkeep.verify import verify as check
    from campaign.work.upkeep.verify_files import verify_files

    if receivers is not None and not receivers.exists():
        raise NotFound(f"找不到接收端的日志 {receivers}：请检查路径。", code="no_receivers")
    with opened(ask) as store:
        own = ask.data_dir / OUTBOX_FILE
        found = check(store, receivers=receivers or (own if own.exists() else None))
        if not no_files:
            found += verify_files(store, evidence_of(ask.settings))
    if ask.json:
        emit_json({"violations": [{"code": one.code, "text": one.text, "ids": list(one.ids)} for one in found]})
    else:
        for one in found:
            say(f"✘ {one.text} [{one.code}]")
        say("全部规则都守住了。" if not found else f"发现 {len(found)} 处违反规则，请把以上内容反馈给维护人员。")
    ctx.exit(ANSWER_IS_NO if found else DONE)
