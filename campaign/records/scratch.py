"""A scratch database: a copy to play on, in a temporary folder, without waiting for the disk or for anybody else.

Owns how a live campaign comes into it: SQLite by its backup interface (one consistent moment, writers are not held up), PostgreSQL row by
row in one snapshot. Refuses to leave anything that would move by itself besides the one campaign: the others are put to rest in the copy.

Nobody else opens a scratch database. So it has one connection and one session from its first transaction to its last: what was read once
(calendars, ladders) is known until this session changes it, and a lease is nobody's to contest. A year of a large campaign is some thousand
passes of a few rows each; asking again in each of them would be most of the work.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, event, insert, select, update
from sqlalchemy.exc import InvalidRequestError
from sqlmodel import Session

from campaign.records.leases import ALONE
from campaign.records.statements import chunks, table_of
from campaign.records.store import Store, sqlite_engine
from campaign.records.tables import (
    Attempt,
    Body,
    BodyMember,
    Campaign,
    Delivery,
    Duty,
    Escalation,
    Event,
    EventBlock,
    Item,
    ItemUnit,
    Lease,
    Notice,
    NoticeLine,
    Parked,
    PassDecision,
    PassDue,
    PassRun,
    Phase,
    Requirement,
    Submission,
    SubmissionFile,
    Verdict,
    metadata,
)  # fmt: skip

_campaign, _duty, _delivery, _notice = (table_of(model) for model in (Campaign, Duty, Delivery, Notice))
NOT_COPIED = tuple(table_of(model).name for model in (Event, EventBlock, Lease, PassDue, PassDecision, PassRun, Parked))
OF_DUTY = {table_of(model).name: "duty_id" for model in (Submission, Escalation)}
OF_NOTICE = {table_of(model).name: "notice_id" for model in (NoticeLine, Delivery)}


@contextmanager
def scratch_store() -> Iterator[Store]:
    """An empty, migrated database that is gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="campaign-rehearsal-") as folder, _opened(Path(folder)) as store:
        yield store


@contextmanager
def scratch_of(live: Store, campaign_id: int) -> Iterator[Store]:
    """A copy of the live records in which only this campaign moves."""
    with tempfile.TemporaryDirectory(prefix="campaign-rehearsal-") as folder:
        if live.is_sqlite:
            _back_up(live, Path(folder) / "campaign.db")
        with _opened(Path(folder)) as store:
            if not live.is_sqlite:
                _copy_rows(live, store, campaign_id)
            with store.begin() as tx:
                _put_others_to_rest(tx, campaign_id)
            yield store


class _Straight(Session):
    """A session of one connection: what asks for rows, not for objects, goes to it without asking again which connection is meant."""

    def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        # SQLAlchemy's own mark of a statement that the session has to make objects of.
        if options or statement._propagate_attrs or not self.in_transaction():
            return super().execute(statement, params, **options)
        assert isinstance(self.bind, Connection)
        return self.bind.execute(statement, params)


class ScratchStore(Store):
    """A store that this process has to itself. Reading within a transaction sees what it has written so far; writing within one is a mistake."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"sqlite:///{path}")
        self._only: tuple[Connection, Session] | None = None
        self._writing = False
        self._kept: list[Campaign] = []  # a session holds on to nothing by itself

    def _engines(self) -> tuple[Engine, Engine]:
        """One for both. Nobody is waited for, so the driver may begin a transaction when something is written, and no event need tell us to."""
        engine = sqlite_engine(self.url, write=True)

        @event.listens_for(engine, "connect")
        def _hurry(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA synchronous = OFF")
            # A log beside the file would be for readers and for power cuts; what may have to be undone is kept in memory.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = MEMORY")
            # The same passes run on live records with every reference checked; here that would be a look-up for each of a million.
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.isolation_level = "IMMEDIATE"

        return engine, engine

    @contextmanager
    def begin(self) -> Iterator[Session]:
        tx = self._session()
        if self._writing:
            raise InvalidRequestError("a transaction within a transaction")
        self._writing = True
        try:
            yield tx
            tx.commit()
        except BaseException:
            tx.rollback()
            # What a transaction that never was had looked up may never have been.
            self._forget(tx)
            raise
        finally:
            self._writing = False
            self._let_go(tx)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """What reads leaves its transaction to the next one: a snapshot that nobody else can outdate need not be opened anew."""
        tx = self._session()
        if self._writing:
            yield tx
            return
        try:
            yield tx
        except BaseException:
            tx.rollback()
            raise
        finally:
            self._let_go(tx)

    def close(self) -> None:
        if self._only is not None:
            connection, tx = self._only
            tx.close()
            connection.close()
            self._only = None
        super().close()

    def _session(self) -> Session:
        if self._only is None:
            connection = self.writer.connect()
            self._only = connection, _Straight(connection, expire_on_commit=False)
            self._forget(self._only[1])
        return self._only[1]

    def _let_go(self, tx: Session) -> None:
        """Objects go with their transaction, as statements change rows behind their back; campaigns stay, whose rows nothing else changes."""
        self._kept = [one for one in tx.identity_map.values() if isinstance(one, Campaign)]
        if tx.new or len(self._kept) < len(tx.identity_map):
            tx.expunge_all()
            tx.add_all(self._kept)

    @staticmethod
    def _forget(tx: Session) -> None:
        tx.info.clear()
        tx.info[ALONE] = True


@contextmanager
def _opened(folder: Path) -> Iterator[Store]:
    from campaign.records.migrations import migrate

    plain = Store(f"sqlite:///{folder / 'campaign.db'}")
    try:
        migrate(plain)
    finally:
        plain.close()
    store = ScratchStore(folder / "campaign.db")
    try:
        yield store
    finally:
        store.close()


def _back_up(live: Store, path: Path) -> None:
    source = live.url.database
    assert source is not None
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, closing(sqlite3.connect(path)) as new:
        old.backup(new)


def _copy_rows(live: Store, store: Store, campaign_id: int) -> None:
    """Every table in the order of its references; what belongs to a campaign only for this one, the roll of units and people whole."""
    with live.writer.connect().execution_options(isolation_level="REPEATABLE READ") as source, store.begin() as tx:
        for table in metadata.sorted_tables:
            if table.name in NOT_COPIED:
                continue
            tx.execute(delete(table))
            rows = select(table)
            chosen = _of_campaign(table, campaign_id)
            result = source.execute((rows if chosen is None else rows.where(chosen)).execution_options(yield_per=2000))
            for part in chunks(result.mappings(), 1000):
                tx.execute(insert(table), [{name: None if name == "pass_id" else value for name, value in row.items()} for row in part])


def _of_campaign(table: Table, campaign_id: int) -> ColumnElement[bool] | None:
    """The condition that narrows a table to the campaign; None for what all campaigns share."""

    def within(column: str, model: Any, key: str = "id") -> ColumnElement[bool]:
        owner = table_of(model)
        return table.c[column].in_(select(owner.c[key]).where(owner.c.campaign_id == campaign_id))

    if table.name == _campaign.name:
        return table.c.id == campaign_id
    if "campaign_id" in table.c:
        return table.c.campaign_id == campaign_id
    if table.name in OF_DUTY:
        return within("duty_id", Duty)
    if table.name in OF_NOTICE:
        return within("notice_id", Notice)
    if table.name == table_of(Attempt).name:
        ours = select(_delivery.c.id).join(_notice, _notice.c.id == _delivery.c.notice_id).where(_notice.c.campaign_id == campaign_id)
        return table.c.delivery_id.in_(ours)
    if table.name in (table_of(SubmissionFile).name, table_of(Verdict).name):
        submission = table_of(Submission)
        ours = select(submission.c.id).join(_duty, _duty.c.id == submission.c.duty_id).where(_duty.c.campaign_id == campaign_id)
        return table.c.submission_id.in_(ours)
    if table.name in (table_of(ItemUnit).name, table_of(Requirement).name):
        return within("item_id", Item)
    if table.name == table_of(BodyMember).name:
        return within("body_id", Body)
    if "phase_id" in table.c:
        return within("phase_id", Phase)
    return None


def _put_others_to_rest(tx: Session, campaign_id: int) -> None:
    """Others become rehearsals, which nothing sweeps; the one that is played is none, whatever it was."""
    tx.execute(update(_campaign).values(rehearsal=_campaign.c.id != campaign_id))
    others = select(_notice.c.id).where(_notice.c.campaign_id != campaign_id)
    tx.execute(update(_delivery).where(_delivery.c.notice_id.in_(others), _delivery.c.next_attempt_at.is_not(None)).values(next_attempt_at=None))
    tx.execute(update(table_of(PassRun)).where(table_of(PassRun).c.state == "running").values(state="abandoned"))
