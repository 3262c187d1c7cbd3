"""Stable keys for phases and items.

Owns how a key is made: from the words of the heading or title, never from its place, so that inserting, moving or renumbering entries
leaves the keys of all others alone. A key that is written down is never changed, so it survives any later edit of the words. Two
entries with the same words are told apart by their order (`-2`). A phase that an item names by name is replaced by that phase's key.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable

from campaign.plan.spec import Item, Phase, PlanSpec

_DIRT = re.compile(r"[\W_]+")


def with_keys(spec: PlanSpec) -> PlanSpec:
    """`spec` with a key on each phase and item; the same words give the same keys in every file."""
    taken = {entry.key for entry in _entries(spec) if entry.key}
    phases = tuple(phase if phase.key else phase.model_copy(update={"key": _fresh("p", phase.name, taken)}) for phase in spec.phases)
    key_of_name = {phase.name: phase.key for phase in reversed(phases)}
    known = {phase.key for phase in phases}

    def keyed(item: Item) -> Item:
        changes: dict[str, object] = {}
        if not item.key:
            changes["key"] = _fresh("i", item.title, taken)
        if item.phase and item.phase not in known and item.phase in key_of_name:
            changes["phase"] = key_of_name[item.phase]
        return item.model_copy(update=changes) if changes else item

    phases = tuple(phase.model_copy(update={"tasks": tuple(map(keyed, phase.tasks))}) if phase.tasks else phase for phase in phases)
    return spec.model_copy(update={"phases": phases, "items": tuple(map(keyed, spec.items))})


def _entries(spec: PlanSpec) -> Iterable[Phase | Item]:
    for phase in spec.phases:
        yield phase
        yield from phase.tasks
    yield from spec.items


def _fresh(letter: str, words: str, taken: set[str]) -> str:
    """A key of six letters and digits after its kind: `i-k3f9qa`."""
    plain = _DIRT.sub("", unicodedata.normalize("NFKC", words)).casefold()
    digest = hashlib.blake2s(plain.encode(), digest_size=5).digest()
    base = f"{letter}-{base64.b32encode(digest).decode().lower()[:6]}"
    key, count = base, 1
    while key in taken:
        count += 1
        key = f"{base}-{count}"
    taken.add(key)
    return key
