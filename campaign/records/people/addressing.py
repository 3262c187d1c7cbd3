"""Who can be reached today: holders of posts who have an address, and for those on leave whoever stands in for them.

Asked when something is sent, never before, so a successor and a deputy are found without anybody changing a duty or a paper.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import BindParameter, bindparam, or_, select
from sqlmodel import Session

from campaign.records.statements import among, insert_new, table_of
from campaign.records.tables import Absence, Body, BodyMember, ItemUnit, NoticeLine, Person, Post, Tenure, Unit
from campaign.records.tables.duties import duty_table as duty

PersonRow = tuple[str, str, str | None, str | None, str | None, int | None]
"""(relation, name, phone, email, account, id), as the way out takes them."""
MOST_DEPUTIES = 5
_person, _post, _tenure, _absence = (table_of(model) for model in (Person, Post, Tenure, Absence))
_line, _part, _body, _member = (table_of(model) for model in (NoticeLine, ItemUnit, Body, BodyMember))
_TODAY: BindParameter[date] = bindparam("b_today")

# Built once: every sending asks them.
_HOLDING = (
    select(_post.c.unit_id, _post.c.relation, _person.c.id, _person.c.name, _person.c.phone, _person.c.email, _person.c.account)
    .join(_tenure, _tenure.c.post_id == _post.c.id)
    .join(_person, _person.c.id == _tenure.c.person_id)
    .where(among(_post.c.unit_id), _tenure.c.from_on <= _TODAY, or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= _TODAY))
    .order_by(_post.c.relation, _person.c.id)
)
_AWAY = select(_absence.c.person_id, _absence.c.deputy_id).where(_absence.c.from_on <= _TODAY, _absence.c.to_on >= _TODAY).order_by(_absence.c.from_on)
_PERSONS = select(_person.c.id, _person.c.name, _person.c.phone, _person.c.email, _person.c.account).where(among(_person.c.id))
_LED = (
    select(duty.c.campaign_id, _part.c.unit_id, duty.c.id)
    .join(_line, _line.c.duty_id == duty.c.id)
    .join(_part, _part.c.item_id == duty.c.item_id)
    .where(among(_line.c.notice_id), _line.c.removed_at.is_(None), _part.c.role == "lead", _part.c.unit_id != duty.c.unit_id)
    .order_by(duty.c.campaign_id, _part.c.unit_id, duty.c.id)
)
_HEADS = (
    select(_body.c.campaign_id, _person.c.id, _person.c.name, _person.c.phone, _person.c.email, _person.c.account)
    .join(_member, _member.c.body_id == _body.c.id)
    .join(_person, _person.c.name == _member.c.name)
    .where(among(_body.c.campaign_id), _body.c.kind == "leading_group", _member.c.role == "head")
    .where(_person.c.id.in_(select(_tenure.c.person_id).where(or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= _TODAY))))
    .order_by(_person.c.id)
)


def people_of(tx: Session, unit_ids: Collection[int], today: date) -> dict[int, list[PersonRow]]:
    """Unit → who answers for it today. Who is away without a deputy counts only where nobody else holds such a post."""
    rows = tx.execute(_HOLDING, {"b_ids": unit_ids, "b_today": today}).all()
    deputies = _away(tx, today)
    stand_in = _persons(tx, {one for one in deputies.values() if one is not None})
    here: dict[int, list[PersonRow]] = {}
    away: dict[tuple[int, str], list[PersonRow]] = {}
    for row in rows:
        own: PersonRow = (row.relation, row.name, row.phone, row.email, row.account, row.id)
        if row.id not in deputies:
            if any(own[2:5]):
                here.setdefault(row.unit_id, []).append(own)
            continue
        deputy = stand_in.get(_last_deputy(deputies, row.id) or 0)
        if deputy is not None and any(deputy[1:4]):
            here.setdefault(row.unit_id, []).append((row.relation, *deputy))
        elif any(own[2:5]):
            away.setdefault((row.unit_id, row.relation), []).append(own)
    for (unit_id, relation), people in away.items():
        if not any(one[0] == relation for one in here.get(unit_id, ())):
            here.setdefault(unit_id, []).extend(people)
    return here


def person_row(tx: Session, person_id: int, today: date) -> list[PersonRow]:
    """One person, or the deputy, if there is an address."""
    deputies = _away(tx, today)
    found = _persons(tx, {person_id, _last_deputy(deputies, person_id) or person_id})
    chosen = found.get(_last_deputy(deputies, person_id) or person_id) or found.get(person_id)
    return [("successor", *chosen)] if chosen is not None and any(chosen[1:4]) else []


def heads_of(tx: Session, campaign_ids: Collection[int], today: date) -> dict[int, list[PersonRow]]:
    """Campaign → the heads of its leading group whom the register knows by name; of two persons of one name nobody knows which is meant."""
    found: dict[int, list[PersonRow]] = {}
    for row in tx.execute(_HEADS, {"b_ids": campaign_ids, "b_today": today}):
        if row.phone or row.email or row.account:
            found.setdefault(row.campaign_id, []).append(("group_head", row.name, row.phone, row.email, row.account, row.id))
    return {campaign_id: people for campaign_id, people in found.items() if len({one[1] for one in people}) == len(people)}


def led_lines(tx: Session, notice_ids: Collection[int]) -> list[tuple[int, int, int]]:
    """(campaign, lead unit, duty) of what these papers list, where another unit leads the item."""
    return [(row[0], row[1], row[2]) for row in tx.execute(_LED, {"b_ids": notice_ids})]


def enter_absence(tx: Session, person_id: int, deputy_id: int | None, from_on: date, to_on: date, by: str) -> None:
    """Entered again for the same first day, the later word counts."""
    known = tx.execute(select(Absence).where(_absence.c.person_id == person_id, _absence.c.from_on == from_on)).scalar_one_or_none()
    if known is None:
        insert_new(tx, Absence, [{"person_id": person_id, "deputy_id": deputy_id, "from_on": from_on, "to_on": to_on, "entered_by": by}])
        return
    known.deputy_id, known.to_on, known.entered_by = deputy_id, to_on, by
    tx.add(known)


def persons_named(tx: Session, unit: Unit, name: str, today: date) -> list[Person]:
    """Who of this name holds a post in the unit today; else anywhere."""
    holding = select(_tenure.c.person_id).join(_post, _post.c.id == _tenure.c.post_id)
    holding = holding.where(_tenure.c.from_on <= today, or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= today))
    for held in (holding.where(_post.c.unit_id == unit.id), holding):
        found = list(tx.execute(select(Person).where(_person.c.name == name, _person.c.id.in_(held)).order_by(_person.c.id)).scalars())
        if found:
            return found
    return []


def _away(tx: Session, today: date) -> dict[int, int | None]:
    return {row.person_id: row.deputy_id for row in tx.execute(_AWAY, {"b_today": today})}


def _last_deputy(deputies: dict[int, int | None], person_id: int) -> int | None:
    """A deputy on leave has a deputy too; a circle ends with nobody."""
    at: int | None = person_id
    for _ in range(MOST_DEPUTIES):
        if at is None or at not in deputies:
            return at if at != person_id else None
        at = deputies[at]
    return None


def _persons(tx: Session, ids: Collection[int]) -> dict[int, tuple[str, str | None, str | None, str | None, int | None]]:
    found: dict[int, tuple[str, str | None, str | None, str | None, int | None]] = {}
    if ids:
        for row in tx.execute(_PERSONS, {"b_ids": ids}):
            found[row.id] = (row.name, row.phone, row.email, row.account, row.id)
    return found
