"""Who was told of which paper on which day, and how many messages a person has had: queries, and the locks that keep two senders from one person.

The statements are built once, as those of the outbox are: each delivery pass asks them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session

from campaign.records.statements import among, chunks, insert_new, table_of
from campaign.records.tables import NoticeLine, NoticePerson, Person

_told, _person, _line = table_of(NoticePerson), table_of(Person), table_of(NoticeLine)
_KEEP = select(_person.c.id).where(among(_person.c.id)).order_by(_person.c.id).with_for_update(key_share=True)
_COUNT = (
    select(_told.c.person_id, func.count())
    .where(among(_told.c.person_id), _told.c.day == bindparam("b_day"), _told.c.put_off.is_(False))
    .group_by(_told.c.person_id)
)
_TOLD = select(_told.c.notice_id, _told.c.person_id, _told.c.put_off).where(among(_told.c.notice_id))
_TELL = (
    update(_told)
    .where(_told.c.notice_id == bindparam("b_notice_id"), _told.c.person_id == bindparam("b_person_id"))
    .values(day=bindparam("b_day"), put_off=bindparam("b_put_off"))
)
_LISTED = select(_line.c.notice_id, _line.c.duty_id).where(among(_line.c.notice_id), _line.c.removed_at.is_(None)).order_by(_line.c.id)


def keep_persons(tx: Session, person_ids: Collection[int]) -> None:
    """Senders take turns on a person, so that none counts on the last message that another is just giving away."""
    if tx.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time
        tx.execute(_KEEP, {"b_ids": sorted(person_ids)})


def messages_on(tx: Session, person_ids: Collection[int], day: date) -> Counter[int]:
    return Counter({row[0]: row[1] for row in tx.execute(_COUNT, {"b_ids": person_ids, "b_day": day})})


def people_told(tx: Session, notice_ids: Collection[int]) -> dict[tuple[int, int], bool]:
    """(paper, person) → whether it was put off for this person."""
    return {(row.notice_id, row.person_id): row.put_off for row in tx.execute(_TOLD, {"b_ids": notice_ids})}


def write_told(tx: Session, told: Mapping[tuple[int, int], bool], day: date) -> None:
    rows = [{"notice_id": notice_id, "person_id": person_id, "day": day, "put_off": put_off} for (notice_id, person_id), put_off in sorted(told.items())]
    new = 0
    for part in chunks(rows, 1000):
        new += len(insert_new(tx, NoticePerson, part, returning="notice_id"))
    if new < len(rows):  # some were put off before, and are told now
        tx.connection().execute(_TELL, [{f"b_{name}": value for name, value in row.items()} for row in rows])


def duties_listed(tx: Session, notice_ids: Collection[int]) -> dict[int, list[int]]:
    """Paper → the duties that it lists."""
    found: dict[int, list[int]] = {}
    for row in tx.execute(_LISTED, {"b_ids": notice_ids}):
        found.setdefault(row.notice_id, []).append(row.duty_id)
    return found
