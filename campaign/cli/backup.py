"""`campaign backup …` and `campaign cleanup`: backups made, listed, checked and put back; and what is taken away when its time is over.

None of it needs Prefect, which does the same by its schedules each night.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import answer, by_of, local, opened
from campaign.cli.errors import ANSWER_IS_NO, DONE
from campaign.cli.options import Reading, Writing, reads, writes
from campaign.cli.output import emit_json, say, show_table

if TYPE_CHECKING:
    from campaign.work.upkeep.backup import Backup

_name = click.argument("name", metavar="[备份]", required=False)
MEGABYTE = 1024 * 1024


@click.command()
@reads
def create(ask: Reading) -> None:
    """立即备份业务库和证据清单，不影响正在进行的工作。

    证据文件本身按校验值存放、只增不改，另行复制即可；清单用来核对。

    例：campaign backup create
    """
    from campaign.work.upkeep.backup import back_up

    with opened(ask) as store:
        made = back_up(store, ask.settings.backups, ask.now, pg_bin=ask.settings.pg_bin)
    answer(ask, _plain(made, ask), f"已备份到 {made.folder}（{_size(made.size)}，证据清单 {made.evidence} 件）。")


@click.command("list")
@reads
def list_(ask: Reading) -> None:
    """备份清单，新的在前。

    例：campaign backup list
    """
    from campaign.work.upkeep.backup import list_backups

    found = list_backups(ask.settings.backups)
    if ask.json:
        emit_json([_plain(one, ask) for one in found])
    elif found:
        show_table(
            ["备份", "时间", "大小", "证据清单", "数据库版本"],
            [(one.name, local(one.made_at, ask), _size(one.size), one.evidence, one.revision) for one in found],
        )
    else:
        say(f"{ask.settings.backups} 里还没有备份：请运行 campaign backup create。")


@click.command()
@_name
@click.option("--evidence", "with_evidence", is_flag=True, help="同时逐件核对证据文件（读出每一个字节，较慢）。")
@click.pass_context
@reads
def check(ctx: click.Context, name: str | None, with_evidence: bool, ask: Reading) -> None:
    """检查一个备份能不能用：在临时位置恢复它，核对校验值和全部规则；不给名称则检查最新的。

    没有问题退出码为 0；有问题逐条列出，退出码为 1。现有数据不受影响。

    例：campaign backup check 20260301T183000Z
    """
    from tempfile import TemporaryDirectory

    from campaign.work.running.services import evidence_of
    from campaign.work.upkeep.backup import check_backup, check_evidence, find_backup

    backup = find_backup(ask.settings.backups, name)
    with opened(ask) as store, TemporaryDirectory(prefix="campaign-check-") as scratch:
        found = check_backup(backup, Path(scratch), live=store, pg_bin=ask.settings.pg_bin)
    lost = check_evidence(backup, evidence_of(ask.settings)) if with_evidence else []
    told = [*found.faults, *(f"{one.text} [{one.code}]" for one in found.violations), *lost]
    if ask.json:
        emit_json({"backup": backup.name, "good": not told, "faults": told})
    else:
        for line in told:
            say(f"✘ {line}")
        say(f"备份 {backup.name} 可以恢复，全部规则都守住了。" if not told else f"备份 {backup.name} 有 {len(told)} 处问题，不要依赖它：请检查更早的备份。")
    ctx.exit(ANSWER_IS_NO if told else DONE)


@click.command()
@_name
@reads
def restore(name: str | None, ask: Reading) -> None:
    """把备份恢复到一个空的数据目录（--data），或 CAMPAIGN_DATABASE_URL 指向的空数据库；不给名称则用最新的。

    不会覆盖已有的数据。恢复后请把证据目录复制过来，再运行 campaign verify。

    例：campaign backup restore /备份/20260301T183000Z --data /新目录
    """
    from campaign.work.upkeep.backup import find_backup
    from campaign.work.upkeep.backup import restore as put_back

    backup = find_backup(ask.settings.backups, name)
    put_back(backup, ask.data_dir, ask.settings.database_url, pg_bin=ask.settings.pg_bin)
    answer(ask, {"backup": backup.name, "data": str(ask.data_dir)}, f"已恢复到 {ask.data_dir}。", "请把证据目录也复制过来，再运行 campaign verify 核对。")


@click.command()
@writes
def cleanup(act: Writing) -> None:
    """清理到期内容：离任人员的联系方式、旧备份、中断的上传、过期的演练和资料包草稿。保留天数见 docs/settings.md。

    Prefect 每天凌晨自动清理，平时不必手工运行；Prefect 里的旧运行也由它清理。

    例：campaign cleanup --as 创建办
    """
    from campaign.work.running.services import evidence_of
    from campaign.work.upkeep.retention import clean, forget_people_who_left, terms_of

    settings = act.settings
    with opened(act) as store:
        if act.dry_run:
            people = forget_people_who_left(store, by_of(act), settings.phone_keep_days)
            answer(act, {"phones": people}, f"将清理离任人员联系方式 {people} 人；旧备份和中断的上传在试运行中不动。")
            return
        done = clean(store, by_of(act), terms_of(settings), backups=settings.backups, evidence=evidence_of(settings), errands=settings.data_dir / "errands")
    counts = {"phones": done.phones, "backups": done.backups, "uploads": done.uploads, "errands": done.errands, "troubles": done.troubles}
    answer(act, counts, f"{done.message}。")


def _plain(one: Backup, ask: Reading) -> dict[str, Any]:
    return {
        "backup": one.name, "folder": str(one.folder), "made_at": local(one.made_at, ask), "bytes": one.size, "evidence": one.evidence,
        "revision": one.revision,
    }  # fmt: skip


def _size(count: int) -> str:
    return f"{count / MEGABYTE:.1f} MB"
