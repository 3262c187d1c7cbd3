"""Units, posts and people, and the organisation of a campaign. A person holds a post from–to; a duty never belongs to a person."""

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables.base import one_of


class Unit(SQLModel, table=True):
    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("code"), one_of("state", ("active", "merged", "abolished")))

    id: int = Field(default=None, primary_key=True)
    code: str = Field(max_length=16)
    name: str = Field(max_length=120)
    kind: str | None = Field(default=None, max_length=40, index=True)
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    state: str = Field(default="active", max_length=16)
    successor_id: int | None = Field(default=None, foreign_key="unit.id")
    external: bool = False


class UnitAlias(SQLModel, table=True):
    __tablename__ = "unit_alias"
    name: str = Field(primary_key=True, max_length=120)
    unit_id: int = Field(foreign_key="unit.id", index=True)


class Person(SQLModel, table=True):
    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("name", "phone"),)

    id: int = Field(default=None, primary_key=True)
    name: str = Field(max_length=60)
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=120)
    account: str | None = Field(default=None, max_length=80)


class Post(SQLModel, table=True):
    """A post in a unit; `relation` is the audience word of a ladder that it answers to (contact, unit_head, supervisor_leader …)."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("unit_id", "relation", "name"),)

    id: int = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    relation: str = Field(max_length=24)
    name: str = Field(max_length=60)


class Tenure(SQLModel, table=True):
    __tablename__ = "tenure"
    __table_args__ = (UniqueConstraint("person_id", "post_id", "from_on"),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    post_id: int = Field(foreign_key="post.id", index=True)
    from_on: date
    to_on: date | None = None


class Absence(SQLModel, table=True):
    """Somebody on leave, through its last day; messages go to the deputy, looked up when they are sent."""

    __tablename__ = "absence"
    __table_args__ = (
        UniqueConstraint("person_id", "from_on"),
        CheckConstraint("to_on >= from_on", name="ends_after_it_begins"),
        CheckConstraint("deputy_id <> person_id", name="somebody_else"),
    )

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    deputy_id: int | None = Field(default=None, foreign_key="person.id")
    from_on: date
    to_on: date
    entered_by: str = Field(max_length=60)


class Body(SQLModel, table=True):
    """A leading group, its office or a work group of one campaign."""

    __tablename__ = "body"
    __table_args__ = (UniqueConstraint("campaign_id", "kind", "name"), one_of("kind", ("leading_group", "office", "work_group")))

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    kind: str = Field(max_length=16)
    name: str = Field(max_length=120)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")


class BodyMember(SQLModel, table=True):
    __tablename__ = "body_member"
    __table_args__ = (UniqueConstraint("body_id", "role", "name"),)

    id: int = Field(default=None, primary_key=True)
    body_id: int = Field(foreign_key="body.id")
    role: str = Field(max_length=24)
    name: str = Field(max_length=120)
