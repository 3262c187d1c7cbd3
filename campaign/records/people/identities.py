"""Who an account is to the organisation's own sign-on: the issuer's subject once it was noted, before that a person's number or address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session

from campaign.records.statements import insert_of, table_of
from campaign.records.tables import Person, PortalAccount, PortalIdentity

_account, _identity, _person = (table_of(model) for model in (PortalAccount, PortalIdentity, Person))


def account_of_identity(tx: Session, issuer: str, subject: str) -> PortalAccount | None:
    joined = select(PortalAccount).join(_identity, _identity.c.account_id == _account.c.id)
    return tx.execute(joined.where(_identity.c.issuer == issuer, _identity.c.subject == subject)).scalar_one_or_none()


def accounts_named(tx: Session, known_as: str) -> list[PortalAccount]:
    """Accounts whose login is this, or whose person has it as number or address. More than one is nobody's: that is for people to settle."""
    wanted = known_as.strip().lower()
    theirs = or_(func.lower(_person.c.account) == wanted, func.lower(_person.c.email) == wanted)
    found = select(PortalAccount).outerjoin(_person, _person.c.id == _account.c.person_id).where(or_(_account.c.login == wanted, theirs))
    return list(tx.execute(found.order_by(_account.c.id).limit(2)).scalars())


def is_linked(tx: Session, account_id: int, issuer: str) -> bool:
    """Whether this issuer already knows the account under some subject."""
    return tx.execute(select(_identity.c.subject).where(_identity.c.account_id == account_id, _identity.c.issuer == issuer)).first() is not None


def link(tx: Session, issuer: str, subject: str, account_id: int, now: datetime) -> None:
    """Noted once; two logins at the same moment note the same."""
    statement = insert_of(tx, PortalIdentity).values(issuer=issuer, subject=subject, account_id=account_id, linked_at=now)
    tx.execute(statement.on_conflict_do_nothing())
