"""A plan laid out for the rules that check it: each item with its place and its phase, dates as days.

Owns what several rules need, worked out once. Days that count from the launch, the inspection or an event have no date yet and
are None here; a rule that compares dates leaves them alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from campaign.plan.lines import LineMap, Place
from campaign.plan.spec import Item, Phase, PlanSpec

PLACEHOLDER = re.compile(r"_{2,}|[×xX]{2,}|20(?:[×xX_]{2}|--|——)|[○〇]{2,}|…{2,}")
_BLANK_NAME = re.compile(r"[\s_×xX○—\-….:、,。]*")


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found. `place` is where in the plan (for the YAML line), `source_line` the line of the source."""

    code: str
    message: str
    place: Place | None = None
    source_line: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item where it stands: in the plan's list or among a phase's tasks."""

    item: Item
    place: Place
    phase: Phase | None

    @property
    def name(self) -> str:
        number = f"{self.item.number} " if self.item.number else ""
        title = self.item.title if len(self.item.title) <= 30 else self.item.title[:29] + "…"
        return f"「{number}{title}」"

    def hit(self, code: str, message: str, *field: str) -> Hit:
        return Hit(code, message, (*self.place, *field), self.item.line)


@dataclass(frozen=True, slots=True)
class View:
    spec: PlanSpec
    lines: LineMap
    today: date
    known_units: frozenset[str] | None
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, spec: PlanSpec, lines: LineMap, today: date, known_units: frozenset[str] | None) -> View:
        return cls(spec, lines, today, known_units, tuple(_entries(spec)))

    @property
    def phases(self) -> Iterator[tuple[int, Phase]]:
        return enumerate(self.spec.phases)


def _entries(spec: PlanSpec) -> Iterator[Entry]:
    by_key = {name: phase for phase in reversed(spec.phases) for name in (phase.name, phase.key) if name}
    for row, phase in enumerate(spec.phases):
        for column, task in enumerate(phase.tasks):
            yield Entry(task, ("phases", row, "tasks", column), phase)
    for row, item in enumerate(spec.items):
        yield Entry(item, ("items", row), by_key.get(item.phase) if item.phase else None)


def day_of(when: str | None) -> date | None:
    """The calendar day of an absolute time; None for what is not dated yet."""
    if when is None or not when[:4].isdigit():
        return None
    try:
        return date.fromisoformat(when[:10])
    except ValueError:
        return None


def is_blank(name: str | None) -> bool:
    """No unit: nothing, or only the underscores and crosses of a form that was not filled in."""
    return name is None or _BLANK_NAME.fullmatch(name) is not None


def leads_of(item: Item) -> tuple[str, ...]:
    names = (item.lead_unit,) if isinstance(item.lead_unit, str) else item.lead_unit or ()
    return tuple(name for name in names if not is_blank(name))


def plain(text: str) -> str:
    """Words without spaces and punctuation, to compare titles."""
    return re.sub(r"[\W_]+", "", text)
