"""What may not be kept for ever: the telephone numbers of people who have left."""

from __future__ import annotations

from datetime import date

from sqlalchemy import exists, or_, update
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Person, Tenure

_person, _tenure = table_of(Person), table_of(Tenure)


def forget_phones(tx: Session, left_before: date) -> list[int]:
    """Whoever held posts and whose last one ended before that day loses telephone number and e-mail; name and history stay. Answers their ids."""
    held = exists().where(_tenure.c.person_id == _person.c.id)
    still = exists().where(_tenure.c.person_id == _person.c.id, or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= left_before))
    known = or_(_person.c.phone.is_not(None), _person.c.email.is_not(None))
    return sorted(tx.execute(update(_person).where(known, held, ~still).values(phone=None, email=None).returning(_person.c.id)).scalars())
