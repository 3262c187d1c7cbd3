"""A store whose every transaction is undone at the end: what `--dry-run` runs on.

Owns one connection with one outer transaction; each `begin()` in it is a savepoint. So a dry run is the real thing, with the real
constraints and across as many transactions as a pass has, and the answer is what would have happened. It holds the writer's turn while it
runs, as the real thing would. Refuses to be kept: it ends with its block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlmodel import Session

from campaign.records.store import Store


class TrialStore(Store):
    """Made by `trial_of` only."""

    def __init__(self, real: Store, connection: Connection) -> None:
        self.url, self.is_sqlite = real.url, real.is_sqlite
        self._real, self._connection = real, connection

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with Session(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as tx, tx.begin():
            yield tx

    @contextmanager
    def read(self) -> Iterator[Session]:
        with Session(self._connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as tx:
            yield tx

    def close(self) -> None:
        """The real store belongs to whoever opened it."""


@contextmanager
def trial_of(store: Store) -> Iterator[TrialStore]:
    """Everything inside sees its own changes, and nothing of it stays."""
    with store.begin() as outer:
        connection = outer.connection()
        try:
            yield TrialStore(store, connection)
        finally:
            outer.rollback()
