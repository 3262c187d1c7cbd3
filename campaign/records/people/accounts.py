"""Queries about accounts: who a session belongs to and what they may reach, lists for the office, and the counting of failed logins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, or_, select, update
from sqlmodel import Session

from campaign.records.statements import insert_of, table_of
from campaign.records.tables import LoginThrottle, Person, PortalAccount, PortalGrant, PortalSession, Tenure, Unit

_account, _grant, _session, _throttle = (table_of(model) for model in (PortalAccount, PortalGrant, PortalSession, LoginThrottle))
_person, _tenure, _unit = table_of(Person), table_of(Tenure), table_of(Unit)


@dataclass(frozen=True, slots=True)
class Signed:
    """Who is logged in. `grants` are (role, unit or None for the whole house)."""

    account_id: int
    login: str
    name: str
    must_change: bool
    csrf: str
    grants: tuple[tuple[str, int | None], ...]


def signed_in(tx: Session, token_sha256: str, now: datetime, today: date) -> Signed | None:
    """The account of a live session, with its roles, in one query; nobody whose account is closed or whose person has left."""
    current = exists().where(_tenure.c.person_id == _account.c.person_id, or_(_tenure.c.to_on.is_(None), _tenure.c.to_on >= today))
    ever = exists().where(_tenure.c.person_id == _account.c.person_id)
    rows = tx.execute(
        select(
            _account.c.id,
            _account.c.login,
            _account.c.name,
            _account.c.must_change,
            _session.c.csrf,
            _grant.c.role,
            _grant.c.unit_id,
        )
        .join(_session, _session.c.account_id == _account.c.id)
        .outerjoin(_grant, _grant.c.account_id == _account.c.id)
        .where(
            _session.c.token_sha256 == token_sha256,
            _session.c.revoked_at.is_(None),
            _session.c.expires_at > now,
            _account.c.state == "active",
            or_(_account.c.person_id.is_(None), ~ever, current),
        )
        .order_by(_grant.c.id)
    ).all()
    if not rows:
        return None
    first = rows[0]
    grants = tuple((row.role, row.unit_id) for row in rows if row.role is not None)
    return Signed(first.id, first.login, first.name, bool(first.must_change), first.csrf, grants)


def open_session(tx: Session, account_id: int, token_sha256: str, csrf: str, now: datetime, until: datetime) -> None:
    tx.execute(insert(_session).values(token_sha256=token_sha256, account_id=account_id, csrf=csrf, created_at=now, expires_at=until))
    tx.execute(delete(_session).where(_session.c.expires_at < now - timedelta(days=30)))


def session_was(tx: Session, token_sha256: str) -> bool:
    """A session with this token, living or ended."""
    return tx.execute(select(_session.c.account_id).where(_session.c.token_sha256 == token_sha256)).first() is not None


def revoke_session(tx: Session, token_sha256: str, now: datetime) -> None:
    tx.execute(update(_session).where(_session.c.token_sha256 == token_sha256, _session.c.revoked_at.is_(None)).values(revoked_at=now))


def revoke_all(tx: Session, account_id: int, now: datetime, *, but: str = "") -> int:
    rows = update(_session).where(_session.c.account_id == account_id, _session.c.revoked_at.is_(None), _session.c.token_sha256 != but)
    return len(tx.execute(rows.values(revoked_at=now).returning(_session.c.token_sha256)).all())


def account_by_login(tx: Session, login: str) -> PortalAccount | None:
    return tx.execute(select(PortalAccount).where(_account.c.login == login)).scalar_one_or_none()


def account_by_name(tx: Session, name: str) -> PortalAccount | None:
    return tx.execute(select(PortalAccount).where(_account.c.name == name)).scalar_one_or_none()


def any_account(tx: Session) -> bool:
    return tx.execute(select(_account.c.id).limit(1)).first() is not None


def only_the_first(tx: Session) -> bool:
    """Nobody but the first administrator is here, and the first password still stands."""
    rows = tx.execute(select(_account.c.login, _account.c.must_change).limit(2)).all()
    return len(rows) == 1 and rows[0].login == "admin" and bool(rows[0].must_change)


def any_demo(tx: Session) -> list[Any]:
    """Demo logins that are open, for the login page of a demonstration."""
    return list(
        tx.execute(select(_account.c.login, _account.c.name).where(_account.c.login.like("demo-%"), _account.c.state == "active").order_by(_account.c.id))
    )


def grants_of(tx: Session, account_ids: Sequence[int]) -> dict[int, list[Any]]:
    rows = select(_grant.c.id, _grant.c.account_id, _grant.c.role, _grant.c.unit_id, _unit.c.name.label("unit")).outerjoin(
        _unit, _unit.c.id == _grant.c.unit_id
    )
    found: dict[int, list[Any]] = {}
    for row in tx.execute(rows.where(_grant.c.account_id.in_(list(account_ids))).order_by(_grant.c.id)):
        found.setdefault(row.account_id, []).append(row)
    return found


def list_accounts(tx: Session, *, wanted: str = "", limit: int, offset: int = 0) -> list[Any]:
    rows = select(_account.c.id, _account.c.login, _account.c.name, _account.c.state, _account.c.must_change, _account.c.created_at)
    if wanted:
        rows = rows.where(or_(_account.c.login.contains(wanted, autoescape=True), _account.c.name.contains(wanted, autoescape=True)))
    return list(tx.execute(rows.order_by(_account.c.state, _account.c.id).limit(limit).offset(offset)))


def has_grant(tx: Session, account_id: int, role: str, unit_id: int | None) -> bool:
    same = and_(_grant.c.account_id == account_id, _grant.c.role == role, _grant.c.unit_id.is_not_distinct_from(unit_id))
    return tx.execute(select(_grant.c.id).where(same)).first() is not None


def move_grants(tx: Session, unit_id: int, into_id: int) -> list[str]:
    """Roles over a unit become roles over its successor, each once; answers whose."""
    rows = select(_grant.c.id, _grant.c.account_id, _grant.c.role, _account.c.name).join(_account, _account.c.id == _grant.c.account_id)
    names = []
    for row in tx.execute(rows.where(_grant.c.unit_id == unit_id).order_by(_grant.c.id)).all():
        if has_grant(tx, row.account_id, row.role, into_id):
            tx.execute(delete(_grant).where(_grant.c.id == row.id))
        else:
            tx.execute(update(_grant).where(_grant.c.id == row.id).values(unit_id=into_id))
        names.append(row.name)
    return list(dict.fromkeys(names))


def other_admins(tx: Session, account_id: int) -> int:
    """Open accounts with the administrator's role beside this one."""
    rows = (
        select(func.count(_account.c.id.distinct()))
        .join(_grant, _grant.c.account_id == _account.c.id)
        .where(_account.c.state == "active", _grant.c.role == "admin", _account.c.id != account_id)
    )
    return int(tx.execute(rows).scalar_one())


def person_left(tx: Session, person_id: int, today: date) -> bool:
    """All posts that this person ever held have ended."""
    ends = list(tx.execute(select(_tenure.c.to_on).where(_tenure.c.person_id == person_id)).scalars())
    return bool(ends) and all(end is not None and end < today for end in ends)


def locked_until(tx: Session, keys: Sequence[str], now: datetime) -> datetime | None:
    found: datetime | None = tx.execute(
        select(func.max(_throttle.c.locked_until)).where(_throttle.c.key.in_(list(keys)), _throttle.c.locked_until > now)
    ).scalar_one()
    return found


def count_failure(tx: Session, key: str, now: datetime, *, window: timedelta, limit: int, lock: timedelta) -> None:
    """One more failure within the window; the limit locks the key and starts counting anew."""
    row = tx.execute(select(_throttle.c.failures, _throttle.c.since).where(_throttle.c.key == key)).one_or_none()
    fresh = row is None or row.since < now - window
    failures = 1 if fresh or row is None else row.failures + 1
    locked = failures >= limit
    values = {
        "failures": 0 if locked else failures,
        "since": now if fresh or locked or row is None else row.since,
        "locked_until": now + lock if locked else None,
    }
    statement = insert_of(tx, LoginThrottle).values(key=key, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))


def forget_failures(tx: Session, key: str) -> None:
    tx.execute(delete(_throttle).where(_throttle.c.key == key))
