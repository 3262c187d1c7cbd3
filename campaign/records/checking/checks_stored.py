"""What the checker recomputes: stored texts with their hashes, and the worked days. Plain rows, no decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import CalendarDay, LadderVersion, PlanVersion, StoredFile, Submission, SubmissionFile

_day, _ladder, _plan, _submission, _file = (table_of(model) for model in (CalendarDay, LadderVersion, PlanVersion, Submission, SubmissionFile))


class Source(NamedTuple):
    text: str
    sha256: str


class Version(NamedTuple):
    duty_id: int
    sha256: str
    note: str
    files: list[tuple[str, str]]


def worked_days(tx: Session, calendar: str = "cn") -> list[date]:
    return list(tx.execute(select(_day.c.day).where(_day.c.calendar == calendar, _day.c.working).order_by(_day.c.day)).scalars())


def ladders(tx: Session) -> list[tuple[int, Source]]:
    return [(row.id, Source(row.source, row.sha256)) for row in tx.execute(select(_ladder).order_by(_ladder.c.id))]


def plans(tx: Session) -> list[tuple[int, str, Any]]:
    return [(row.id, row.sha256, row.spec) for row in tx.execute(select(_plan.c.id, _plan.c.sha256, _plan.c.spec).order_by(_plan.c.id))]


def versions(tx: Session) -> Iterator[Version]:
    """Every version with the names and hashes of its files."""
    files: dict[int, list[tuple[str, str]]] = {}
    for row in tx.execute(select(_file.c.submission_id, _file.c.name, _file.c.sha256)):
        files.setdefault(row.submission_id, []).append((row.name, row.sha256))
    for row in tx.execute(select(_submission.c.id, _submission.c.duty_id, _submission.c.sha256, _submission.c.note)):
        yield Version(row.duty_id, row.sha256, row.note, files.get(row.id, []))


def evidence_listed(tx: Session) -> list[tuple[str, int]]:
    """Every piece of evidence whose bytes must be somewhere: hash and size."""
    stored = table_of(StoredFile)
    rows = tx.execute(select(stored.c.sha256, stored.c.size).where(stored.c.withdrawn_at.is_(None)).order_by(stored.c.sha256))
    return [(row.sha256, row.size) for row in rows]
