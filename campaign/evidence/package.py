"""The evidence package: built from one moment of the records, checked, and frozen under the hash of its manifest.

Owns the building: beside its place, renamed into it when complete, so a package that is there is whole. The log is sealed first and its
head printed in the package. Nothing else of the moment of building goes in: the same records make the same bytes. Reading the records,
copying the files and writing the record are three steps; no transaction is open while files are read.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaign.disk import keep_on_disk, why
from campaign.errors import CampaignError
from campaign.evidence.contents import Contents, Rows, arrange
from campaign.evidence.errors import BadPackage, Damaged, NoSuchFile, Withdrawn
from campaign.evidence.files import CHUNK, FileStore, Health
from campaign.evidence.manifest import sha256_of, verify_package, write_manifest
from campaign.evidence.pages import made_papers
from campaign.records import log
from campaign.records.duty import evidence
from campaign.records.store import Store

__all__ = ["PackageSummary", "build_package", "freeze_package", "verify_package"]


@dataclass(frozen=True, slots=True)
class PackageSummary:
    """`sha256` is that of the manifest. `missing` counts the lines of the missing list, `damaged` the files among them that cannot be read."""

    campaign_id: int
    folder: Path
    sha256: str
    folders: int
    duties: int
    files: int
    size: int
    missing: int
    damaged: int
    log_head: str
    built_at: datetime
    built_by: str


def build_package(store: Store, file_store: FileStore, campaign_id: int, out: Path, now: datetime, actor: str) -> PackageSummary:
    """Write the package to `out`, which must be new or empty."""
    out = out.absolute()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadPackage(f"{out} 已经存在：请换一个新的目录，已有的资料包不会被覆盖。", folder=str(out))
    log.seal_events(store, now)
    rows = _read(store, campaign_id)
    with _disk_trouble(out), _aside(out) as folder:
        contents, hashes = _fill(rows, file_store, folder)
        sha256 = write_manifest(folder, hashes)
        os.sync()  # all of it at once: an fsync for each of some thousand files takes a minute
        folder.replace(out)
        keep_on_disk(out.parent)
    packed = [file for file in contents.files if file.path is not None]
    return PackageSummary(
        campaign_id=campaign_id,
        folder=out,
        sha256=sha256,
        folders=len(contents.folders),
        duties=sum(len(folder.duties) for folder in contents.folders),
        files=len(packed),
        size=sum(file.size for file in packed),
        missing=len(contents.missing),
        damaged=sum(file.remark in (Health.DAMAGED.label, Health.MISSING.label) for file in contents.files),
        log_head=contents.campaign.log_head,
        built_at=now,
        built_by=actor,
    )


def freeze_package(store: Store, summary: PackageSummary, *, now: datetime, actor: str, reason: str = "") -> int:
    """Record the package under its manifest's hash; answers its number. Not one that has changed since, nor one with unreadable files."""
    if summary.damaged:
        raise BadPackage(f"有 {summary.damaged} 个文件已损坏或缺失，资料包不能冻结：请从备份恢复或请单位重新报送后重新生成。", campaign=summary.campaign_id)
    faults = verify_package(summary.folder, summary.sha256)
    if faults:
        raise BadPackage(f"资料包核验不通过，不能冻结：{faults[0]}等 {len(faults)} 处。请重新生成。", campaign=summary.campaign_id)
    folder = str(summary.folder)
    with store.begin() as tx:
        number, new = evidence.record_package(
            tx,
            campaign_id=summary.campaign_id,
            sha256=summary.sha256,
            missing=summary.missing,
            folder=folder if len(folder) <= 255 else summary.folder.name,
            at=now,
            actor=actor,
        )
        if new:
            log.write_event(
                tx,
                at=now,
                actor=actor,
                verb="freeze_package",
                reason=reason,
                campaign_id=summary.campaign_id,
                subject="package",
                subject_id=number,
                detail={"sha256": summary.sha256, "files": summary.files, "missing": summary.missing},
            )
    return number


def _read(store: Store, campaign_id: int) -> Rows:
    with store.read() as tx:
        evidence.begin_snapshot(tx)
        return Rows(
            evidence.campaign_facts(tx, campaign_id),
            evidence.package_items(tx, campaign_id),
            evidence.package_duties(tx, campaign_id),
            evidence.accepted_versions(tx, campaign_id),
            evidence.accepted_files(tx, campaign_id),
            evidence.accepted_steps(tx, campaign_id),
        )


def _fill(rows: Rows, file_store: FileStore, folder: Path) -> tuple[Contents, dict[str, str]]:
    """Copy the files, then write the papers about them: only after copying is it known which could not be read."""
    hashes: dict[str, str] = {}
    health: dict[str, Health] = {}
    for file in arrange(rows, {}).files:
        if file.path is not None and file.sha256 not in health:
            found = _copy(file_store, file.sha256, folder / file.path)
            if found is Health.WHOLE:
                hashes[file.path] = file.sha256
            else:
                health[file.sha256] = found
    contents = arrange(rows, health)
    for _, duty in contents.duties:
        if duty.note_path is not None and duty.version is not None:
            _write(folder / duty.note_path, duty.version.note.encode("utf-8-sig"))
            hashes[duty.note_path] = sha256_of(folder / duty.note_path)
    for path, content in made_papers(contents).items():
        _write(folder / path, content)
        hashes[path] = sha256_of(folder / path)
    return contents, hashes


def _copy(file_store: FileStore, sha256: str, target: Path) -> Health:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file_store.open(sha256) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, CHUNK)
    except (Damaged, NoSuchFile, Withdrawn) as fault:
        target.unlink(missing_ok=True)
        return {Damaged: Health.DAMAGED, NoSuchFile: Health.MISSING, Withdrawn: Health.WITHDRAWN}[type(fault)]
    return Health.WHOLE


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """A folder beside `out`, gone again unless it became `out`."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _disk_trouble(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (28, 122):  # ENOSPC, EDQUOT
            raise CampaignError("磁盘空间不足，资料包没有生成：请清理磁盘或换一个目录后重试。", code="disk_full") from error
        raise BadPackage(f"资料包写不到 {out}（{why(error)}）：请换一个可写的空目录。", folder=str(out)) from error
