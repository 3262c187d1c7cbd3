"""The records written to one file, and put back from it: SQLite's online copy, or PostgreSQL's own `pg_dump` and `pg_restore`.

Owns those two programs: where they are found, how they are called, and what is said when they are not there. The password of a database is
handed over in the environment, where no list of processes shows it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

from campaign.disk import keep_on_disk, why
from campaign.errors import CampaignError, Conflict
from campaign.records.store import Store

SQLITE_FILE, POSTGRES_FILE = "campaign.db", "campaign.dump"


def write(store: Store, target: Path, pg_bin: Path | None = None) -> None:
    """The whole database as it stands at one moment, while others go on writing; on disk when this returns."""
    if store.is_sqlite:
        source = Path(store.url.database or "")
        with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
    else:
        _run("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], store.url, pg_bin)
    keep_on_disk(target)


@contextmanager
def put_back_aside(dumped: Path, scratch: Path, live: Store, pg_bin: Path | None = None) -> Iterator[Store]:
    """The dump in a place of its own, gone when the block ends."""
    if dumped.name == SQLITE_FILE:
        shutil.copyfile(dumped, scratch / SQLITE_FILE)
        restored = Store(f"sqlite:///{scratch / SQLITE_FILE}")
        try:
            yield restored
        finally:
            restored.close()
        return
    if live.is_sqlite:
        raise Conflict("这个备份来自 PostgreSQL：请设置 CAMPAIGN_DATABASE_URL，在那台服务器上建临时库检查。", code="other_database")
    with _scratch_database(live.url) as url:
        _run("pg_restore", ["--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={url.database}", str(dumped)], url, pg_bin)
        restored = Store(url.render_as_string(hide_password=False))
        try:
            yield restored
        finally:
            restored.close()


def put_back(dumped: Path, home: Path, url: str | None, pg_bin: Path | None = None) -> None:
    """Where nothing is yet; anything else is refused."""
    if dumped.name == SQLITE_FILE:
        target = home / SQLITE_FILE
        if target.exists():
            raise Conflict(f"{target} 已经存在，没有恢复。请用 --data 指定一个空目录，核对后再换过去。", code="not_empty")
        home.mkdir(parents=True, exist_ok=True)
        aside = home / f"{SQLITE_FILE}.restoring"
        shutil.copyfile(dumped, aside)
        keep_on_disk(aside)
        aside.rename(target)
        return
    where = make_url(url or "")
    if _has_tables(where):
        raise Conflict(f"数据库 {where.database} 不是空的，没有恢复。请新建一个空库，把 CAMPAIGN_DATABASE_URL 指向它。", code="not_empty")
    # One transaction: a restore that dies leaves an empty database, which may be tried again.
    _run("pg_restore", ["--no-owner", "--no-privileges", "--single-transaction", f"--dbname={where.database}", str(dumped)], where, pg_bin)


def faults_of(store: Store) -> list[str]:
    """What the database itself says of its file."""
    if not store.is_sqlite:
        return []
    with store.read() as tx:
        told = [str(line) for line in tx.execute(text("PRAGMA integrity_check")).scalars()]
    return [] if told == ["ok"] else [f"数据库文件已损坏：{told[0]}"]


@contextmanager
def disk_trouble(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CampaignError(f"不能写入 {folder}：{why(error)}。请检查权限和磁盘空间。", code="no_space") from error
    except sqlite3.Error as error:
        raise CampaignError(f"数据库没有复制成功：{error}。原来的数据没有改动，请稍后再试。", code="dump_failed") from error


@contextmanager
def _scratch_database(live: URL) -> Iterator[URL]:
    name = f"campaign_check_{uuid4().hex[:12]}"
    admin = create_engine(_driven(live), isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        try:
            yield live.set(database=name)
        finally:
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    finally:
        admin.dispose()


def _has_tables(where: URL) -> bool:
    engine = create_engine(_driven(where))
    try:
        with engine.connect() as connection:
            found = connection.execute(text("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))
            return bool(found.scalar_one())
    finally:
        engine.dispose()


def _driven(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg")


def _run(program: str, arguments: Sequence[str], url: URL, pg_bin: Path | None) -> None:
    found = shutil.which(program, path=str(pg_bin) if pg_bin else None)
    if found is None:
        place = f"CAMPAIGN_PG_BIN（{pg_bin}）里" if pg_bin else "本机"
        raise CampaignError(f"{place}没有 {program}：请安装与数据库同版本的 PostgreSQL 客户端，或把它所在的目录写入 CAMPAIGN_PG_BIN。", code="no_pg_dump")
    done = subprocess.run([found, *arguments], env=client_environment(url), capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        told = next((line for line in reversed(done.stderr.strip().splitlines()) if "error" in line.lower()), done.stderr.strip()[-200:])
        raise CampaignError(f"{program} 没有成功：{told}。原来的数据没有改动。", code="dump_failed")


def client_environment(url: URL) -> dict[str, str]:
    host = url.host or str(url.query.get("host", ""))
    given = {
        "PGHOST": host,
        "PGPORT": str(url.port or url.query.get("port", "")),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}
