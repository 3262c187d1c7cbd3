"""`campaign submit`: handing in files for a duty.

Owns the order: the bytes are kept first, under their hash, then the version is recorded. A stop between the two leaves bytes nobody names,
never a version whose bytes are missing. A dry run keeps no bytes.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.cli.desk import answer, by_of, local, opened, refuse_future_of_duty
from campaign.cli.options import Writing, writes

if TYPE_CHECKING:
    from campaign.work.duty.hand_in import KeptFile


@click.command()
@click.argument("duty", metavar="DUTY")
@click.argument("files", metavar="FILE…", nargs=-1, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--note", default="", metavar="文字", help="办理情况说明。")
@click.option("--personal", is_flag=True, help="文件里确须写有身份证号。")
@writes
def submit(duty: str, files: tuple[Path, ...], note: str, personal: bool, act: Writing) -> None:
    """报送一项应办事项的材料或办理情况；同样的内容重复报送不算新版本。

    例：campaign submit 128 台账.xlsx 照片.zip --note 已按标准整理 --as 教育局联络员
    """
    from campaign.errors import CampaignError, Conflict
    from campaign.records.campaigns import find_duty
    from campaign.work.duty.hand_in import hand_in, may_hand_in

    with opened(act) as store:
        with store.read() as tx:
            found = find_duty(tx, duty)
            refuse_future_of_duty(tx, act, found.campaign_id)
            refusal = may_hand_in(found)
        if refusal:
            raise Conflict(f"{refusal}（#{found.id}「{found.title}」）。", code="may_not_hand_in", duty=found.id)
        if not files and not note.strip():
            raise CampaignError("没有要报送的内容：请给出文件，或用 --note 写明办理情况。", code="nothing_given", duty=found.id)
        kept = keep_files(act, files, personal=personal)
        with store.begin() as tx:
            found = find_duty(tx, duty)
            version = hand_in(tx, found, kept, by_of(act), note=note)
            value = {
                "id": found.id,
                "version": version.version,
                "sha256": version.sha256,
                "state": str(found.state),
                "submitted_at": local(version.submitted_at, act),
                "files": [{"name": file.name, "sha256": file.sha256, "size": file.size} for file in kept],
            }
            words = f"#{found.id}「{found.title}」已报送第 {version.version} 版，{len(kept)} 个文件" + (
                "，等待审核。" if found.state == "submitted" else "，已办结。"
            )
    answer(act, value, words)


def keep_files(act: Writing, files: tuple[Path, ...], *, personal: bool = True) -> list[KeptFile]:
    """Into the evidence store; in a dry run only looked at. Identity-card numbers in their text are pointed out first, unless they are meant."""
    from campaign.errors import CampaignError
    from campaign.work.duty.hand_in import KeptFile

    if act.dry_run:
        from hashlib import sha256

        return [KeptFile(path.name, sha256(path.read_bytes()).hexdigest(), path.stat().st_size, "application/octet-stream") for path in files]
    if not files:
        return []
    from campaign.work.running.services import evidence_of

    evidence = evidence_of(act.settings)
    stored = [evidence.put(path, path.name) for path in files]
    found = [one for one in stored if one.personal]
    if found and not personal:
        named = "；".join(f"「{one.name}」中有 {'、'.join(one.personal)}" for one in found)
        raise CampaignError(f"文件里有身份证号：{named}。请遮盖后再报送；确须保留的，请加 --personal。", code="identity_number")
    return [KeptFile(one.name, one.sha256, one.size, one.media_type, one.scan, one.taken_on) for one in stored]
