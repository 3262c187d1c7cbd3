"""What a rehearsal or a preview tells, as values: notices, load, gates, warnings. The names of their fields are the keys of `--json`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class NoticeTold:
    """One duty on one notice. `to` is whom the ladder addresses, with names where people are registered."""

    at: str
    rung: str
    unit: str
    to: str
    duty: str | None
    kind: str
    notice: int
    number: str | None
    duty_id: int | None
    due_on: str | None
    state: str


@dataclass(frozen=True, slots=True)
class Coming:
    """One duty on one paper to be; `signed` papers are drafted then and go out when somebody signs."""

    at: str
    rung: str
    unit: str
    to: str
    duty: str | None
    duty_id: int | None
    kind: str
    signed: bool
    why: str

    @property
    def day(self) -> str:
        return self.at[:10]


@dataclass(frozen=True, slots=True)
class WeekLoad:
    unit: str
    code: str
    week: str
    starts_on: str
    due: int
    office: bool


@dataclass(frozen=True, slots=True)
class GateWords:
    phase: str
    on: str
    outcome: str
    blockers: list[str]
    leftovers: int
    assumed: bool


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    name: str
    starts_on: str | None
    ends_on: str | None


@dataclass
class Rehearsal:
    """What `--json` prints."""

    campaign: str
    profile: str
    seed: int
    starts_on: str
    ends_on: str
    phases: list[PhaseSpan]
    notices: list[NoticeTold]
    load: list[WeekLoad]
    gates: list[GateWords]
    warnings: list[str]
    totals: dict[str, Any]
    days: dict[str, dict[str, int]] = field(default_factory=dict)
    """Day → unit → how many are due on it, where it is more than three."""
    rest_weeks: list[str] = field(default_factory=list)
    """Mondays of the weeks in which a day from Monday to Friday rests."""
