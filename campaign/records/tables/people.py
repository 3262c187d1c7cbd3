"""People, their posts and who stands in for them. A person holds a post from–to; a duty never belongs to a person."""

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from campaign.records.tables import units  # noqa: F401 - foreign keys point there


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
