"""Which material of a changed plan is which one of the records: by key, else by name, never by its place.

Owns the matching and what has to be asked. Refuses to guess between two of the same name that differ in nothing else, and to take a new name
for an old one: then the old one ends, the new one begins, and a person is asked to write the key if they are the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_DIRT = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class KnownMaterial:
    """One of the records; without a key of its own it answers to `m3`, its number."""

    number: int
    name: str
    key: str | None = None
    removed: bool = False
    terms: tuple[object, ...] = ()
    """What else is asked of it (copies, form, deadline): tells two of the same name apart."""

    @property
    def answers_to(self) -> str:
        return self.key or f"m{self.number}"


@dataclass(frozen=True, slots=True)
class WantedMaterial:
    name: str
    key: str | None = None
    terms: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Matching:
    numbers: tuple[int, ...]
    """For each wanted material its number: a known one's, or the next that was never used."""
    asked: tuple[str, ...]


def match_materials(known: Sequence[KnownMaterial], wanted: Sequence[WantedMaterial]) -> Matching:
    """Two known (1 台账, 2 总结) and wanted 照片, 总结, 台账 are 3, 2 and 1."""
    left = {one.number: one for one in known}
    numbers: dict[int, int] = {}
    asked: list[str] = []

    def take(place: int, number: int) -> None:
        numbers[place] = number
        del left[number]

    by_key = {one.answers_to: one.number for one in known if one.key is None} | {one.key: one.number for one in known if one.key is not None}
    for place, one in enumerate(wanted):
        if one.key is not None and by_key.get(one.key) in left:
            take(place, by_key[one.key])
    for exactly in (True, False):
        for removed in (False, True):
            for place, one in enumerate(wanted):
                if place in numbers:
                    continue
                same = [row for row in left.values() if row.removed is removed and _same(row, one, exactly=exactly)]
                if not same:
                    continue
                if not exactly and not removed and len(same) > _alike(wanted, numbers, one):
                    asked.append(f"「{one.name}」在原方案里有 {len(same)} 份，现在少了：按先后对应，如对应有误请写上 key({_keys(same)})")
                take(place, min(same, key=lambda row: row.number).number)
    gone = [row for row in left.values() if not row.removed]
    fresh = [place for place in range(len(wanted)) if place not in numbers]
    if gone and fresh:
        names = "、".join(wanted[place].name for place in fresh)
        asked.append(f"资料「{names}」可能由「{'、'.join(row.name for row in gone)}」改写而来：如是同一份资料，请为它写上 key（{_keys(gone)}），以免取消后重建")
    following = max((row.number for row in known), default=0)
    for place in fresh:
        following += 1
        numbers[place] = following
    return Matching(tuple(numbers[place] for place in range(len(wanted))), tuple(asked))


def _same(row: KnownMaterial, one: WantedMaterial, *, exactly: bool) -> bool:
    if one.key is not None and row.key is not None and one.key != row.key:
        return False
    return _plain(row.name) == _plain(one.name) and (not exactly or row.terms == one.terms)


def _alike(wanted: Sequence[WantedMaterial], numbers: dict[int, int], one: WantedMaterial) -> int:
    """How many of this name are still to be placed."""
    return sum(1 for place, other in enumerate(wanted) if place not in numbers and _plain(other.name) == _plain(one.name))


def _keys(rows: Sequence[KnownMaterial]) -> str:
    return "、".join(f"「{row.name}」为 {row.answers_to}" for row in rows)


def _plain(name: str) -> str:
    return _DIRT.sub("", unicodedata.normalize("NFKC", name)).casefold()
