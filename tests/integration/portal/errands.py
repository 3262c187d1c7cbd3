"""Waiting for the child process of an errand, as a page never does: until the lock that it holds is free."""

from __future__ import annotations

import fcntl

from campaign.portal.place import Place
from campaign.work.upkeep.errands import ALIVE, Errand


def finished(place: Place, errand_id: str) -> Errand:
    """The errand when its child process is gone."""
    with (place.errands.find(errand_id).folder / ALIVE).open("rb") as alive:
        fcntl.flock(alive, fcntl.LOCK_SH)
    return place.errands.find(errand_id)


def newest(place: Place, kind: str) -> Errand:
    return place.errands.all(kind)[0]
