"""Backups: the records and the list of the evidence, in a folder a day, checked by putting them back somewhere else.

A backup is there whole or not at all: it is made beside and renamed. It holds the database (SQLite's own online copy, or `pg_dump`), the list
of every piece of evidence with its hash, and a manifest over both. Evidence itself is only ever added to and lies under its hash, so an
ordinary copy of its folder, made after the database's, fits every earlier backup; `check_evidence` says whether it does.

Refuses to write over records that exist: a restore goes into an empty place.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaign.disk import keep_on_disk
from campaign.errors import CampaignError, Conflict, NotFound
from campaign.evidence.files import FileStore, Health
from campaign.evidence.manifest import sha256_of, verify_package, write_manifest
from campaign.records import dump
from campaign.records.checking import checks_stored
from campaign.records.migrations import HEAD, current
from campaign.records.store import Store
from campaign.work.upkeep.verify import Violation, verify

FACTS, EVIDENCE = "backup.json", "evidence.sha256"
STAMP = "%Y%m%dT%H%M%SZ"
UNFINISHED = ".unfinished"
FRESH_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Backup:
    """One backup as it lies in its folder."""

    folder: Path
    made_at: datetime
    records: str
    revision: str
    size: int
    evidence: int

    @property
    def name(self) -> str:
        return self.folder.name


@dataclass(frozen=True)
class Found:
    """What a check says: faults of the files, and rules that do not hold in what was put back. Both empty when it can be relied on."""

    faults: tuple[str, ...]
    violations: tuple[Violation, ...]

    @property
    def is_good(self) -> bool:
        return not self.faults and not self.violations


def back_up(store: Store, folder: Path, now: datetime, *, pg_bin: Path | None = None) -> Backup:
    """A new backup in `folder`. A second one in the same second is the first one."""
    target = folder / now.astimezone(UTC).strftime(STAMP)
    if target.exists():
        return read_backup(target)
    aside = folder / f"{target.name}{UNFINISHED}"
    with dump.disk_trouble(folder):
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        records = aside / (dump.SQLITE_FILE if store.is_sqlite else dump.POSTGRES_FILE)
        dump.write(store, records, pg_bin)
        evidence = _list_evidence(store, aside / EVIDENCE)
        facts = {"made_at": now.astimezone(UTC).isoformat(), "records": records.name, "revision": current(store), "evidence": evidence}
        (aside / FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
        write_manifest(aside, {path.name: sha256_of(path) for path in aside.iterdir()})
        keep_on_disk(aside)
        aside.rename(target)
        keep_on_disk(folder)
    return read_backup(target)


def back_up_unless_fresh(store: Store, folder: Path, now: datetime, *, pg_bin: Path | None = None) -> tuple[Backup, bool]:
    """The newest backup, and whether it was made now: a machine that slept has several scheduled runs to catch up with, and needs one backup."""
    newest = next(iter(list_backups(folder)), None)
    if newest is not None and now - newest.made_at < FRESH_FOR:
        return newest, False
    return back_up(store, folder, now, pg_bin=pg_bin), True


def list_backups(folder: Path) -> list[Backup]:
    """The newest first; what is not one of ours is left out."""
    found = [path for path in folder.iterdir() if (path / FACTS).is_file() and not path.name.endswith(UNFINISHED)] if folder.is_dir() else []
    return sorted((read_backup(path) for path in found), key=lambda one: one.made_at, reverse=True)


def drop_old_backups(folder: Path, now: datetime, keep_days: int) -> list[str]:
    """Those older than `keep_days` go, but never the newest one, however old: a machine that slept for a month must not wake without a backup."""
    old = [one for one in list_backups(folder)[1:] if one.made_at < now - timedelta(days=keep_days)]
    for one in old:
        # Renamed first: a removal that dies half way leaves no folder that looks like a backup.
        doomed = one.folder.rename(one.folder.with_name(f"{one.name}{UNFINISHED}"))
        shutil.rmtree(doomed)
    return [one.name for one in old]


def read_backup(folder: Path) -> Backup:
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        size = sum(path.stat().st_size for path in folder.iterdir())
        return Backup(folder, datetime.fromisoformat(facts["made_at"]), facts["records"], facts["revision"], size, facts["evidence"])
    except FileNotFoundError as missing:
        raise NotFound(f"{folder} 不是一个备份：里面没有 {FACTS}。请用 campaign backup list 查看有哪些备份。", code="no_backup") from missing
    except (OSError, ValueError, KeyError) as broken:
        raise CampaignError(f"备份 {folder} 读不出来：{FACTS} 已损坏。请换一个备份。", code="broken_backup") from broken


def find_backup(folder: Path, wanted: str | None) -> Backup:
    """By name or path; the newest when none is named."""
    if wanted is not None:
        return read_backup(Path(wanted) if Path(wanted).is_dir() else folder / wanted)
    listed = list_backups(folder)
    if not listed:
        raise NotFound(f"{folder} 里还没有备份：请先运行 campaign backup create。", code="no_backup")
    return listed[0]


def check_backup(backup: Backup, scratch: Path, *, live: Store, pg_bin: Path | None = None) -> Found:
    """Put it back into an empty place and ask the checker there. `scratch` is an empty folder; for PostgreSQL a database beside `live` is made and dropped."""
    faults = verify_package(backup.folder)
    if faults:
        return Found(tuple(faults), ())
    with dump.put_back_aside(backup.folder / backup.records, scratch, live, pg_bin) as restored:
        faults = dump.faults_of(restored)
        if (found := current(restored)) != backup.revision:
            faults.append(f"备份里的数据库版本是 {found}，清单写的是 {backup.revision}。")
        if found is not None and found > HEAD:
            faults.append(f"备份的数据库版本 {found} 比程序新（{HEAD}）：请用同版本的程序恢复。")
        return Found(tuple(faults), tuple(verify(restored)) if not faults and found == HEAD else ())


def check_evidence(backup: Backup, evidence: FileStore) -> list[str]:
    """What the backup lists and is not whole in the evidence store; reads every byte."""
    faults = []
    for line in (backup.folder / EVIDENCE).read_text("utf-8").splitlines():
        sha256 = line.split(" ", 1)[0]
        health = evidence.verify(sha256)
        if health not in (Health.WHOLE, Health.WITHDRAWN):
            faults.append(f"证据 {sha256[:16]}…{health.label}")
    return faults


def restore(backup: Backup, home: Path, url: str | None, *, pg_bin: Path | None = None) -> None:
    """Into an empty data folder, or the empty PostgreSQL database at `url`; then migrated to this program's revision."""
    faults = verify_package(backup.folder)
    if faults:
        raise CampaignError(f"备份 {backup.name} 不完整，没有恢复：{faults[0]}", code="broken_backup")
    if (backup.records == dump.POSTGRES_FILE) != bool(url and url.startswith("postgres")):
        kind = (
            "PostgreSQL：请把 CAMPAIGN_DATABASE_URL 设为一个空的数据库" if backup.records == dump.POSTGRES_FILE else "SQLite：请不要设置 CAMPAIGN_DATABASE_URL"
        )
        raise Conflict(f"这个备份来自 {kind}，再恢复。", code="other_database")
    with dump.disk_trouble(home):
        dump.put_back(backup.folder / backup.records, home, url, pg_bin)
    Store.open(home, url).close()


def _list_evidence(store: Store, target: Path) -> int:
    """One line a piece: hash and size, as the records know it."""
    with store.read() as tx:
        rows = checks_stored.evidence_listed(tx)
    target.write_text("".join(f"{sha256}  {size}\n" for sha256, size in rows), "utf-8")
    return len(rows)
