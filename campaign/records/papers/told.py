"""Who was told of which paper on which day, and how many messages a person has had: queries, and the locks that keep two senders from one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session

from campaign.records.statements import chunks, insert_of, table_of
from campaign.records.tables import NoticeLine, NoticePerson, Person

_told, _person, _line = table_of(NoticePerson), table_of(Person), table_of(NoticeLine)


def keep_persons(tx: Session, person_ids: Collection[int]) -> None:
    """Senders take turns on a person, so that none counts on the last message that another is just giving away."""
    if tx.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        for part in chunks(sorted(person_ids), 900):
            tx.execute(select(_person.c.id).where(_person.c.id.in_(part)).order_by(_person.c.id).with_for_update(key_share=True))


def messages_on(tx: Session, person_ids: Collection[int], day: date) -> Counter[int]:
    found = Counter[int]()
    for part in chunks(sorted(person_ids), 900):
        rows = select(_told.c.person_id, func.count()).where(_told.c.person_id.in_(part), _told.c.day == day, _told.c.put_off.is_(False))
        found.update({row[0]: row[1] for row in tx.execute(rows.group_by(_told.c.person_id))})
    return found


def people_told(tx: Session, notice_ids: Collection[int]) -> dict[tuple[int, int], bool]:
    """(paper, person) → whether it was put off for this person."""
    found: dict[tuple[int, int], bool] = {}
    for part in chunks(sorted(notice_ids), 900):
        rows = select(_told.c.notice_id, _told.c.person_id, _told.c.put_off).where(_told.c.notice_id.in_(part))
        found |= {(row.notice_id, row.person_id): row.put_off for row in tx.execute(rows)}
    return found


def write_told(tx: Session, told: Mapping[tuple[int, int], bool], day: date) -> None:
    made = insert_of(tx, NoticePerson)
    made = made.on_conflict_do_update(index_elements=["notice_id", "person_id"], set_={"day": made.excluded.day, "put_off": made.excluded.put_off})
    rows = [{"notice_id": notice_id, "person_id": person_id, "day": day, "put_off": put_off} for (notice_id, person_id), put_off in sorted(told.items())]
    for part in chunks(rows, 1000):
        tx.execute(made, part)


def duties_listed(tx: Session, notice_ids: Collection[int]) -> dict[int, list[int]]:
    """Paper → the duties that it lists."""
    found: dict[int, list[int]] = {}
    for part in chunks(sorted(notice_ids), 900):
        rows = select(_line.c.notice_id, _line.c.duty_id).where(_line.c.notice_id.in_(part), _line.c.removed_at.is_(None)).order_by(_line.c.id)
        for row in tx.execute(rows):
            found.setdefault(row.notice_id, []).append(row.duty_id)
    return found
