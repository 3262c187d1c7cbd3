"""Who may log in and with which roles, their sessions, and failed attempts. Passwords and session tokens are kept as hashes only."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import people, units  # noqa: F401 - foreign keys point there
from campaign.records.tables.base import one_of, where

ROLES = ("admin", "leader", "lead_unit", "unit_head", "contact", "reviewer", "third_party", "expert", "inspector", "auditor")


class PortalAccount(SQLModel, table=True):
    """`name` is the actor that the log will name, so no two accounts share one. `password_until` limits a first password that somebody else has seen."""

    __tablename__ = "portal_account"
    __table_args__ = (UniqueConstraint("login"), UniqueConstraint("name"), one_of("state", ("active", "disabled")))

    id: int = Field(default=None, primary_key=True)
    login: str = Field(max_length=40)
    name: str = Field(max_length=60)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    password_hash: str = Field(max_length=200)
    must_change: bool = True
    password_until: datetime | None = None
    state: str = Field(default="active", max_length=16)
    created_at: datetime
    disabled_at: datetime | None = None
    disabled_reason: str | None = None


class PortalGrant(SQLModel, table=True):
    """A role of an account, over a unit and everything below it; without a unit, over the whole house."""

    __tablename__ = "portal_grant"
    __table_args__ = (
        one_of("role", ROLES),
        where("uq_portal_grant_unit", "account_id", "role", "unit_id", condition="unit_id IS NOT NULL", unique=True),
        where("uq_portal_grant_house", "account_id", "role", condition="unit_id IS NULL", unique=True),
    )

    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="portal_account.id")
    role: str = Field(max_length=16)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)


class PortalSession(SQLModel, table=True):
    """A login that can be revoked. The cookie holds the token, this table only its sha256."""

    __tablename__ = "portal_session"

    token_sha256: str = Field(primary_key=True, max_length=64)
    account_id: int = Field(foreign_key="portal_account.id", index=True)
    csrf: str = Field(max_length=64)
    created_at: datetime
    expires_at: datetime = Field(index=True)
    revoked_at: datetime | None = None


class PortalIdentity(SQLModel, table=True):
    """Who an account is to the organisation's own sign-on (OIDC): the issuer's unchanging subject, noted when it was first matched."""

    __tablename__ = "portal_identity"

    issuer: str = Field(primary_key=True, max_length=300)
    subject: str = Field(primary_key=True, max_length=255)
    account_id: int = Field(foreign_key="portal_account.id", index=True)
    linked_at: datetime


class LoginThrottle(SQLModel, table=True):
    """Failures by login name and by address; a locked key is refused without looking at the password."""

    __tablename__ = "login_throttle"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    key: str = Field(primary_key=True, max_length=80)
    failures: int = 0
    since: datetime
    locked_until: datetime | None = None
