"""`campaign package …`: the evidence package of a campaign: built, verified by anybody, frozen under the hash of its manifest."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.cli.desk import answer, named_campaign, opened
from campaign.cli.errors import ANSWER_IS_NO, DONE
from campaign.cli.options import Writing, as_json, writes
from campaign.cli.output import emit_json, progress, say

if TYPE_CHECKING:
    from campaign.evidence.package import PackageSummary
    from campaign.records.store import Store

_out = click.option("--out", type=click.Path(path_type=Path), metavar="目录", help="写到哪个新目录；不给则放在数据目录的 packages 里。")


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@_out
@writes
def build(campaign: str, out: Path | None, act: Writing) -> None:
    """生成迎检资料包：按事项分文件夹，附目录、缺项清单、校验清单。

    例：campaign package build weisheng --out ./迎检资料 --as 创建办
    """
    with opened(act) as store:
        slug, built = _build(store, act, campaign, out)
    answer(act, _value(slug, built), _words(built))


@click.command()
@click.argument("campaign", metavar="CAMPAIGN")
@_out
@writes
def freeze(campaign: str, out: Path | None, act: Writing) -> None:
    """生成资料包、校验并封存：记下校验清单的哈希，此后任何改动都能查出。

    例：campaign package freeze weisheng --reason 迎检定稿 --as 办公室主任
    """
    from campaign.evidence.package import freeze_package

    with opened(act) as store:
        slug, built = _build(
            store, act, campaign, out, kept_for=lambda done: freeze_package(store, done, now=act.now, actor=act.actor, reason=act.reason or "")
        )
    number = built[1]
    answer(act, _value(slug, built) | {"number": number}, f"{_words(built)}已封存为第 {number} 号资料包。")


@click.command()
@click.argument("folder", metavar="目录", type=click.Path(path_type=Path))
@click.option("--sha256", metavar="哈希", help="封存时记下的校验清单哈希；给了就一并核对。")
@as_json
@click.pass_context
def verify(ctx: click.Context, folder: Path, sha256: str | None, json_: bool) -> None:
    """校验一个资料包：每个文件是否还是原样，有没有多出或缺少。不需要数据库。

    没有问题退出码为 0，有问题逐条列出，退出码为 1。

    例：campaign package verify ./迎检资料
    """
    from campaign.errors import NotFound
    from campaign.evidence.manifest import verify_package

    if not folder.is_dir():
        raise NotFound(f"找不到资料包目录 {folder}：请检查路径。", code="no_package")
    with progress("正在校验…"):
        faults = verify_package(folder, sha256)
    if json_:
        emit_json({"folder": folder, "faults": faults})
    else:
        for fault in faults:
            say(f"✘ {fault}")
        say("资料包完好，全部文件与校验清单一致。" if not faults else f"发现 {len(faults)} 处不一致。")
    ctx.exit(ANSWER_IS_NO if faults else DONE)


def _build(store: Store, act: Writing, campaign: str, out: Path | None, kept_for: Any = None) -> tuple[str, tuple[PackageSummary, int | None]]:
    """Build, and do what is to be done while the folder is there; a dry run's folder goes away again."""
    from campaign.evidence.package import build_package
    from campaign.work.running.services import evidence_of

    with store.read() as tx:
        found = named_campaign(tx, act, campaign)
        slug, campaign_id = found.slug, found.id
    with _place(act, slug, out) as folder, progress("正在生成资料包…"):
        built = build_package(store, evidence_of(act.settings), campaign_id, folder, act.now, act.actor)
        return slug, (built, kept_for(built) if kept_for else None)


@contextmanager
def _place(act: Writing, slug: str, out: Path | None) -> Iterator[Path]:
    if act.dry_run:
        with tempfile.TemporaryDirectory() as aside:
            yield Path(aside) / "package"
        return
    yield out or act.data_dir / "packages" / f"{slug}-{act.now.astimezone(act.settings.zone):%Y%m%d-%H%M%S}"


def _value(slug: str, built: tuple[PackageSummary, int | None]) -> dict[str, Any]:
    one = built[0]
    return {
        "campaign": slug, "folder": one.folder, "sha256": one.sha256, "folders": one.folders, "duties": one.duties, "files": one.files, "size": one.size,
        "missing": one.missing, "damaged": one.damaged,
    }  # fmt: skip


def _words(built: tuple[PackageSummary, int | None]) -> str:
    one = built[0]
    return f"资料包在 {one.folder}：{one.folders} 个文件夹，{one.files} 个文件，缺 {one.missing} 项，校验清单哈希 {one.sha256[:16]}…。"
