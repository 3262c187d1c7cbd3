"""Queries over units, posts and people: entering them, and who can be reached."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlmodel import Session

from campaign.records.statements import table_of
from campaign.records.tables import Campaign, Duty, Person, Post, Tenure, Unit, UnitAlias

_unit, _alias, _person, _post, _tenure = table_of(Unit), table_of(UnitAlias), table_of(Person), table_of(Post), table_of(Tenure)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as a list shows it."""

    id: int
    code: str
    name: str
    kind: str | None
    parent: str | None
    state: str
    aliases: tuple[str, ...]
    persons: tuple[dict[str, Any], ...]
    reachable: bool
    external: bool


def next_code(tx: Session) -> str:
    codes = tx.execute(select(_unit.c.code)).scalars()
    return f"U{max((int(code[1:]) for code in codes if re.fullmatch(r'U[0-9]+', code)), default=0) + 1:03}"


def code_taken(tx: Session, code: str, by_other_than: Unit | None) -> bool:
    taken = select(_unit.c.id).where(_unit.c.code == code)
    if by_other_than is not None:
        taken = taken.where(_unit.c.id != by_other_than.id)
    return tx.execute(taken.limit(1)).first() is not None


def add_alias(tx: Session, name: str, unit: Unit) -> None:
    tx.add(UnitAlias(name=name[:120], unit_id=unit.id))
    tx.flush()


def post_of(tx: Session, unit: Unit, relation: str, name: str) -> Post:
    found: Post | None = tx.execute(
        select(Post).where(_post.c.unit_id == unit.id, _post.c.relation == relation, _post.c.name == name[:60])
    ).scalar_one_or_none()
    if found is None:
        found = Post(unit_id=unit.id, relation=relation, name=name[:60])
        tx.add(found)
        tx.flush()
    return found


def person_of(tx: Session, unit: Unit, name: str, phone: str | None, email: str | None, account: str | None) -> Person:
    """The person of this name and number; else who of this name holds a post in the unit, with the number corrected; else a new one."""
    found: Person | None = None
    if phone is not None:
        found = tx.execute(select(Person).where(_person.c.name == name, _person.c.phone == phone)).scalar_one_or_none()
    if found is None:
        here = select(_tenure.c.person_id).join(_post, _post.c.id == _tenure.c.post_id).where(_post.c.unit_id == unit.id)
        found = tx.execute(select(Person).where(_person.c.name == name, _person.c.id.in_(here)).order_by(_person.c.id.desc()).limit(1)).scalar_one_or_none()
    if found is None:
        found = Person(name=name[:60])
    found.phone, found.email, found.account = phone or found.phone, email or found.email, account or found.account
    tx.add(found)
    tx.flush()
    return found


def take_post(tx: Session, person: Person, post: Post, today: date) -> bool:
    """False when the person holds it already."""
    now_held = and_(_tenure.c.person_id == person.id, _tenure.c.post_id == post.id, _tenure.c.to_on.is_(None))
    if tx.execute(select(_tenure.c.id).where(now_held)).first() is not None:
        return False
    same_day: Tenure | None = tx.execute(
        select(Tenure).where(_tenure.c.person_id == person.id, _tenure.c.post_id == post.id, _tenure.c.from_on == today)
    ).scalar_one_or_none()
    tenure = same_day or Tenure(person_id=person.id, post_id=post.id, from_on=today)
    tenure.to_on = None
    tx.add(tenure)
    tx.flush()
    return True


def leave_posts(tx: Session, unit_id: int, relation: str, staying: Collection[int], today: date) -> list[str]:
    """End the tenures of everybody else in posts of this relation; answers who left."""
    rows = tx.execute(
        select(Tenure, Person.name, _unit.c.name.label("unit"))  # type: ignore[call-overload]  # a column of a table class beside the class itself
        .join(_post, _post.c.id == _tenure.c.post_id)
        .join(_person, _person.c.id == _tenure.c.person_id)
        .join(_unit, _unit.c.id == _post.c.unit_id)
        .where(_post.c.unit_id == unit_id, _post.c.relation == relation, _tenure.c.to_on.is_(None), _tenure.c.person_id.not_in(list(staying)))
    ).all()
    for tenure, _, _ in rows:
        if tenure.from_on >= today:
            tx.delete(tenure)  # entered by mistake: nobody was told anything yet
        else:
            tenure.to_on = today - timedelta(days=1)
            tx.add(tenure)
    tx.flush()
    return [f"{unit}：{name}" for _, name, unit in rows]


def move_people(tx: Session, unit: Unit, into: Unit, today: date) -> list[str]:
    """Everybody who holds a post in `unit` today holds it in `into` from today on; answers who. A second head becomes 分管领导, for a unit has one."""
    held = and_(_post.c.unit_id == unit.id, or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= today))
    rows = tx.execute(
        select(Tenure, Person, _post.c.relation, _post.c.name.label("post"))
        .join(_post, _post.c.id == _tenure.c.post_id)
        .join(_person, _person.c.id == _tenure.c.person_id)
        .where(held)
        .order_by(_tenure.c.id)
    ).all()
    heads = select(_tenure.c.person_id).join(_post, _post.c.id == _tenure.c.post_id).where(_post.c.unit_id == into.id, _post.c.relation == "unit_head")
    head = tx.execute(heads.where(or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= today)).limit(1)).scalar_one_or_none()
    moved = []
    for tenure, person, relation, post in rows:
        second = relation == "unit_head" and head not in (None, person.id)
        take_post(tx, person, post_of(tx, into, *(("supervisor_leader", "分管领导") if second else (relation, post))), today)
        if tenure.from_on >= today:
            tx.delete(tenure)
        else:
            tenure.to_on = today - timedelta(days=1)
            tx.add(tenure)
        moved.append(f"{person.name}({'分管领导' if second else post})")
    tx.flush()
    return list(dict.fromkeys(moved))


def people_in(tx: Session, unit: Unit, today: date) -> list[str]:
    rows = (
        select(_person.c.name)
        .join(_tenure, _tenure.c.person_id == _person.c.id)
        .join(_post, _post.c.id == _tenure.c.post_id)
        .where(_post.c.unit_id == unit.id, or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= today))
    )
    return list(dict.fromkeys(tx.execute(rows.order_by(_person.c.id)).scalars()))


def _nobody_to_reach(today: date) -> ColumnElement[bool]:
    address = or_(_person.c.phone.is_not(None), _person.c.email.is_not(None), _person.c.account.is_not(None))
    held = exists().where(
        _post.c.unit_id == _unit.c.id, _tenure.c.post_id == _post.c.id, _person.c.id == _tenure.c.person_id, _tenure.c.from_on <= today,
        or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= today), address,
    )  # fmt: skip
    return ~held


def unreachable_units(tx: Session, today: date) -> list[str]:
    """Active units without anybody who has a post today and an address."""
    return list(tx.execute(select(_unit.c.name).where(_unit.c.state == "active", _nobody_to_reach(today)).order_by(_unit.c.code)).scalars())


def unreachable_among(tx: Session, campaign_id: int, today: date) -> list[str]:
    """Of the units that a campaign asks something of, those without anybody to reach; the office knows itself."""
    duty, campaign = table_of(Duty), table_of(Campaign)
    asked = select(_unit.c.name).where(_unit.c.id.in_(select(duty.c.unit_id).where(duty.c.campaign_id == campaign_id)))
    office = select(campaign.c.office_unit_id).where(campaign.c.id == campaign_id)
    engaged = set(tx.execute(asked.where(_unit.c.id.not_in(office))).scalars())
    return [name for name in unreachable_units(tx, today) if name in engaged]


def count_units(tx: Session, today: date) -> tuple[int, int]:
    """Active units, and how many of them nobody can be reached in."""
    counted = select(func.count(), func.sum(case((_nobody_to_reach(today), 1), else_=0))).select_from(_unit).where(_unit.c.state == "active")
    total, unreachable = tx.execute(counted).one()
    return total, int(unreachable or 0)


def page_of_units(tx: Session, today: date, *, unreachable: bool, limit: int, offset: int) -> list[UnitLine]:
    """Active units in the order of their codes; with nobody to reach only, where that is asked."""
    chosen = select(_unit.c.id).where(_unit.c.state == "active").order_by(_unit.c.code).limit(limit).offset(offset)
    if unreachable:
        chosen = chosen.where(_nobody_to_reach(today))
    return list_units(tx, today, ids=list(tx.execute(chosen).scalars()))


def list_units(tx: Session, today: date, *, kind: str | None = None, merged: bool = False, ids: Sequence[int] | None = None) -> list[UnitLine]:
    """All, or those of `ids`, which are few."""
    above = _unit.alias("above")
    rows = select(_unit, above.c.name.label("parent")).outerjoin(above, above.c.id == _unit.c.parent_id).order_by(_unit.c.code)
    if kind is not None:
        rows = rows.where(_unit.c.kind == kind)
    if not merged:
        rows = rows.where(_unit.c.state == "active")
    known = select(_alias.c.unit_id, _alias.c.name).order_by(_alias.c.name)
    if ids is not None:
        rows, known = rows.where(_unit.c.id.in_(ids)), known.where(_alias.c.unit_id.in_(ids))
    aliases: dict[int, list[str]] = {}
    for row in tx.execute(known):
        aliases.setdefault(row.unit_id, []).append(row.name)
    persons: dict[int, list[dict[str, Any]]] = {}
    held = (
        select(_post.c.unit_id, _post.c.relation, _post.c.name.label("post"), _person.c.name, _person.c.phone, _person.c.email, _person.c.account)
        .join(_tenure, _tenure.c.post_id == _post.c.id)
        .join(_person, _person.c.id == _tenure.c.person_id)
        .where(_tenure.c.from_on <= today, or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= today))
        .order_by(_post.c.relation, _person.c.id)
    )
    if ids is not None:
        held = held.where(_post.c.unit_id.in_(ids))
    for row in tx.execute(held):
        persons.setdefault(row.unit_id, []).append({name: getattr(row, name) for name in ("relation", "post", "name", "phone", "email", "account")})
    return [
        UnitLine(
            row.id, row.code, row.name, row.kind, row.parent, row.state, tuple(aliases.get(row.id, ())), tuple(persons.get(row.id, ())),
            any(one["phone"] or one["email"] or one["account"] for one in persons.get(row.id, ())), row.external,
        )
        for row in tx.execute(rows)
    ]  # fmt: skip
