"""Opening the database: one `Store` a process, transactions for writing, snapshots for reading.

Owns connections, pragmas and the translation of database trouble into sentences. Refuses to know any table.

SQLite gets one writer connection a process (BEGIN IMMEDIATE, synchronous=FULL) and read-only connections beside it: a deferred
transaction that turns into a writer fails at once with SQLITE_BUSY whatever the time-out says, an immediate one waits its turn.

SQLite knows no queue of writers: whoever waits looks again after a while, at the end ten times a second only, and a sweep that writes one
transaction after the other would never be found idle. So we look every few milliseconds, and whoever wrote for long leaves a gap.
"""

from __future__ import annotations

import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlmodel import Session

from campaign.disk import why
from campaign.errors import CampaignError, RetryLater

BUSY_SECONDS = 15
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
LONG_SECONDS, GAP_SECONDS, GAP_SHARE = 0.1, 0.012, 0.1
"""After a transaction as long as that, nobody of this thread writes for a tenth of it: some looks of whoever waits for the file."""
LOOK_SECONDS = 0.002, 0.004
TRIES = 6
T = TypeVar("T")
# A repeated try is expected; without a handler Python would print it over the person's own output.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class Store:
    """The records. `begin()` is one writing transaction, committed at its end; `read()` sees one snapshot and writes nothing."""

    def __init__(self, url: str) -> None:
        self.url = _readable(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turn = threading.Lock()
        self._writer, self._reader = self._engines()

    @classmethod
    def open(cls, home: Path | None = None, url: str | None = None) -> Store:
        """Open and, when needed, migrate: `url` wins, else `campaign.db` in the folder `home`, which is created."""
        if url is None:
            if home is None:
                raise CampaignError("没有指定数据目录：请用 --data 指定，或设置 CAMPAIGN_HOME。", code="no_home")
            try:
                home.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise CampaignError(f"不能建立数据目录 {home}：{why(error)}。请换一个可写的目录。", code="no_home") from error
            url = f"sqlite:///{home / 'campaign.db'}"
        store = cls(url)
        from campaign.records.migrations import migrate

        with _said_plainly(store):
            migrate(store)
        return store

    def _engines(self) -> tuple[Engine, Engine]:
        """The one that writes and the one that reads."""
        if self.is_sqlite:
            return _begun_by_us(sqlite_engine(self.url, write=True), write=True), _begun_by_us(sqlite_engine(self.url, write=False), write=False)
        engine = _postgres_engine(self.url)
        return engine, engine

    @property
    def writer(self) -> Engine:
        return self._writer

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with _said_plainly(self):
            if self.is_sqlite:
                if not self._turn.acquire(timeout=BUSY_SECONDS):
                    raise RetryLater("数据库正忙：另一项写入超过 15 秒未结束。请稍后再试。", code="busy")
                began = time.monotonic()
                try:
                    with Session(self._writer, expire_on_commit=False) as tx, tx.begin():
                        began = time.monotonic()
                        yield tx
                finally:
                    self._turn.release()
                held = time.monotonic() - began
                if held > LONG_SECONDS:
                    time.sleep(min(max(GAP_SECONDS, held * GAP_SHARE), 10 * GAP_SECONDS))
            else:
                with Session(self._writer, expire_on_commit=False) as tx, tx.begin():
                    yield tx

    def insist(self, work: Callable[[Session], T]) -> T:
        """`work` in a writing transaction, begun anew when another change was in its way: for what has happened outside and must be written down.

        It may run more than once, so it must do nothing but write.
        """
        import stamina

        for attempt in stamina.retry_context(on=_in_the_way, attempts=TRIES, timeout=None, wait_initial=0.05, wait_max=1.0, wait_jitter=0.2):
            with attempt, self.begin() as tx:
                return work(tx)
        raise AssertionError("the last try either answers or raises")

    @contextmanager
    def read(self) -> Iterator[Session]:
        with _said_plainly(self), Session(self._reader, expire_on_commit=False) as tx:
            if not self.is_sqlite:
                tx.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
            yield tx

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()


def database_clock(tx: Session) -> datetime:
    """The database's own time, aware UTC: leases are compared on it, so that machines with wrong clocks agree."""
    if tx.get_bind().dialect.name == "sqlite":
        # Past SQLAlchemy's compiler: every batch of every pass asks this.
        stamp: str = tx.connection().exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')").scalar_one()
        return datetime.fromisoformat(stamp).replace(tzinfo=UTC)
    at: datetime = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
    return at.astimezone(UTC)


def _readable(url: str) -> URL:
    """The address, if it is one of the two databases that the records can live in. It is not repeated: it may hold a password."""
    try:
        found = make_url(_with_driver(url))
    except (ArgumentError, ValueError):
        found = None
    if found is None or found.drivername not in DRIVERS or not found.database:
        raise CampaignError(
            "CAMPAIGN_DATABASE_URL 不是业务库的地址：应写成 postgresql://user:password@host:5432/campaign；不填则用数据目录里的 SQLite。",
            code="bad_database_url",
        )
    return found


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _postgres_engine(url: URL) -> Engine:
    """Statements of some milliseconds: compiling them, or starting workers for them, costs more than it saves, and takes it from the other visitors."""
    engine = create_engine(url, pool_size=5, max_overflow=10, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        before, connection.autocommit = connection.autocommit, True
        connection.execute("SELECT set_config('jit', 'off', false), set_config('max_parallel_workers_per_gather', '0', false)")
        connection.autocommit = before

    return engine


def sqlite_engine(url: Any, *, write: bool) -> Engine:
    """Connections set up as the records want them; who begins a transaction is still to be said."""
    pool: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if write else {"pool_size": 5, "max_overflow": 20}
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, **pool)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        if write:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.execute("PRAGMA cache_size = -32000")
        if not write:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    return engine


def _begun_by_us(engine: Engine, *, write: bool) -> Engine:
    @event.listens_for(engine, "connect")
    def _leave_it(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver must not open deferred transactions of its own

    @event.listens_for(engine, "begin")
    def _start(connection: Any) -> None:
        if write:
            _begin_writing(connection.connection.dbapi_connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(connection: sqlite3.Connection) -> None:
    """BEGIN IMMEDIATE, looking every few milliseconds for the moment at which no other process writes."""
    until = time.monotonic() + BUSY_SECONDS
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(random.uniform(*LOOK_SECONDS))
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def _in_the_way(error: Exception) -> bool:
    return isinstance(error, RetryLater) and error.code == "busy"


def _never_will(said: str) -> bool:
    """The server answered, and will answer the same next time."""
    return "password authentication failed" in said or "no password supplied" in said or ("fatal" in said and "does not exist" in said)


@contextmanager
def _said_plainly(store: Store) -> Iterator[None]:
    """Database trouble in the words of the person at the keyboard; everything else passes unchanged."""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).lower()
        if "database is locked" in said or "database table is locked" in said:
            raise RetryLater("数据库正忙：另一个程序正在写入。请稍后再试，没有任何改动。", code="busy") from error
        if "deadlock detected" in said or "could not serialize" in said:
            raise RetryLater("另一项操作正在改动同样的内容：请再试一次，没有任何改动。", code="busy") from error
        if "disk is full" in said or "disk i/o error" in said or "no space left" in said:
            raise CampaignError("磁盘空间不足，本次改动没有保存。请清理磁盘后重试。", code="disk_full") from error
        if "readonly database" in said or "unable to open database" in said:
            raise CampaignError(f"不能写入数据库 {store.url.database}：请检查目录权限。", code="read_only") from error
        if "file is not a database" in said or "malformed" in said:
            raise CampaignError(f"数据库文件 {store.url.database} 已损坏：请从备份恢复，不要删除原文件。", code="damaged") from error
        if isinstance(error, OperationalError) and not store.is_sqlite and _never_will(said):
            raise CampaignError(
                f"数据库服务 {store.url.host or ''} 没有打开库「{store.url.database}」：请检查 CAMPAIGN_DATABASE_URL 里的用户名、口令和库名，库须先建好。",
                code="no_database",
            ) from error
        if isinstance(error, OperationalError) and not store.is_sqlite:
            raise RetryLater(
                f"连不上数据库 {store.url.host or ''}/{store.url.database}：请检查 CAMPAIGN_DATABASE_URL 和数据库服务。", code="no_database"
            ) from error
        raise
    except sqlite3.OperationalError as error:  # raised by a pragma, before SQLAlchemy wraps it
        raise RetryLater("数据库正忙：另一个程序正在写入。请稍后再试，没有任何改动。", code="busy") from error
