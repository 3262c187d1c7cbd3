"""How a database would find the rows of the statements that some work sends it: which of them read a large table from one end to the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event, text

from campaign.records.store import Store

LARGE = "duty|escalation|notice_line|delivery|submission|attempt"
WALKED = ("ix_duty_reviewing",)
"""An index that holds a queue, and is walked from its front."""


@dataclass
class Sent:
    """The statements that reached the database, with their parameters."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def asked(self) -> list[str]:
        return [statement for statement, _ in self.statements if re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)", statement)]


@contextmanager
def watching(store: Store) -> Iterator[Sent]:
    sent, engines = Sent(), {id(engine): engine for engine in (store.writer, store._reader)}.values()

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if not many:
            sent.statements.append((statement, parameters))

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def full_scans(store: Store, sent: Sent) -> list[str]:
    """Those that scan a large table, in words. PostgreSQL is asked what it would do if a scan were dear: it then scans only where no index leads."""
    found = []
    with store._reader.connect() as connection:
        if not store.is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, parameters in dict.fromkeys((statement, _kept(parameters)) for statement, parameters in sent.statements):
            if not re.match(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)", statement) or not re.search(rf"\b({LARGE})\b", statement):
                continue
            explain = "EXPLAIN QUERY PLAN " if store.is_sqlite else "EXPLAIN "
            bound = {name: _sent(value) for name, value in parameters} if parameters and isinstance(parameters[0], tuple) else parameters
            lines = [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, bound)]
            found += [f"{line.strip()}   in   {' '.join(statement.split())}" for line in lines if _scans(line, statement)]
    return found


def _kept(parameters: Any) -> tuple[Any, ...]:
    return tuple((name, _plain(value)) for name, value in parameters.items()) if isinstance(parameters, dict) else tuple(parameters or ())


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _sent(value: Any) -> Any:
    """As it was: an array for PostgreSQL is a list, where a tuple would be a row."""
    return list(value) if isinstance(value, tuple) else value


def _scans(line: str, statement: str) -> bool:
    if named := re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line.strip()):
        what, index = named.groups()
        return index not in WALKED and (re.fullmatch(LARGE, what) or re.search(rf"\b({LARGE}) (AS )?{what}\b", statement)) is not None
    return re.search(rf"Seq Scan on ({LARGE})\b", line) is not None
