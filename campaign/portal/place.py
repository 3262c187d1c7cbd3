"""What every page needs from outside a request: the records, the clock, Prefect's whereabouts, and how open the portal is.

One `Place` a process, made at the edge (`__main__`, or a test) and handed to the app; pages read no settings.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from campaign.engine.client import Engine
from campaign.evidence.arriving import Arriving
from campaign.evidence.derived import Derived
from campaign.evidence.files import FileStore
from campaign.plan.files.libreoffice import convert, find_office
from campaign.portal.oidc import SignOn
from campaign.portal.remembered import Remembered
from campaign.records.store import Store
from campaign.work.upkeep.errands import Errands

PREFECT_FRESH_SECONDS = 5.0
FIRST_LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Sight:
    """What was last seen of Prefect. `up` is None until the first look has ended."""

    up: bool | None
    ui_url: str


class PrefectWatch:
    """Looks whether Prefect answers, beside the requests: a page never waits for a hung server."""

    def __init__(self, connect: Callable[[], Engine]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._looking: threading.Thread | None = None
        self._sight = Sight(None, "")

    def engine(self) -> Engine:
        """A connection for one call; addresses may move, so it is found anew each time. The caller closes it."""
        return self._connect()

    def look(self) -> Sight:
        with self._lock:
            stale = time.monotonic() - self._looked_at > PREFECT_FRESH_SECONDS
            if stale and (self._looking is None or not self._looking.is_alive()):
                self._looking = threading.Thread(target=self._ask, name="prefect-watch", daemon=True)
                self._looking.start()
            looking, unknown = self._looking, self._sight.up is None
        if unknown and looking is not None:
            looking.join(FIRST_LOOK_SECONDS)
        return self._sight

    def _ask(self) -> None:
        engine = self._connect()
        try:
            self._sight = Sight(engine.is_healthy(), engine.ui_url)
        finally:
            engine.close()
            self._looked_at = time.monotonic()


@dataclass(frozen=True)
class Place:
    """`open_board` lets whoever sits at this machine see the overview without logging in; `hosts` are the names the portal answers to."""

    store: Store
    home: Path
    prefect: PrefectWatch
    ladders: Path
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]", "testserver")
    open_board: bool = True
    secure_cookies: bool = False
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    counts: Remembered[Any] = field(default_factory=Remembered)
    sign_on: SignOn | None = None
    kept: FileStore | None = None
    """Where files are kept, when it is not simply the data folder."""
    converts: bool = False

    @cached_property
    def evidence(self) -> FileStore:
        return self.kept or FileStore(self.home / "evidence")

    @cached_property
    def derived(self) -> Derived:
        """Office files as PDF, to look at; where this portal converts none, only those that are there."""
        return Derived(self.home / "derived", self.evidence, convert=convert, available=lambda: self.converts and find_office() is not None)

    def remove_bytes(self, sha256: str, reason: str) -> None:
        """Of a withdrawn file, wherever they are: the original and what was made of it."""
        self.derived.forget(sha256)
        self.evidence.withdraw(sha256, reason=reason, now=self.clock())

    @cached_property
    def arriving(self) -> Arriving:
        """Where uploads wait until they are whole."""
        return Arriving(self.home / "uploads")

    @cached_property
    def errands(self) -> Errands:
        """What takes too long for a page is done by a child process; its folder is here."""
        return Errands(self.home / "errands", self.store.url.render_as_string(hide_password=False))
