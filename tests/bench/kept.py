"""The large database of the portal's benches: filled once a run, or kept in the folder that CAMPAIGN_BENCH_KEEP names and found there the next time.

What is kept is brought to the newest revision when it is opened, and filled anew where another number of duties is asked for.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from campaign.records.store import Store
from tests.bench.large import enlarge
from tests.conftest import create_database, database_url, drop_database
from tests.integration.portal.conftest import NOW
from tests.integration.portal.sample import play
from tests.postgres import postgres_in

DUTIES = {"sqlite": 100_000, "postgresql": 1_000_000}
UNITS, CAMPAIGNS = 2_000, 50
NAME, FILLED = "campaign_large", "filled.txt"


@dataclass(frozen=True)
class Large:
    """A filled database: where its files are, its address (None is SQLite in `home`), and PostgreSQL's first process."""

    home: Path
    url: str | None
    server_pid: int | None = None


def wanted(kind: str) -> int:
    return int(os.environ.get("CAMPAIGN_BENCH_DUTIES", DUTIES[kind]))


@contextmanager
def large_database(kind: str, folder: Path) -> Iterator[Large]:
    """In the folder that is to be kept, or else in `folder`, which is not."""
    kept = os.environ.get("CAMPAIGN_BENCH_KEEP")
    place = Path(kept) / kind if kept else folder / kind
    home = place / "home"
    home.mkdir(parents=True, exist_ok=True)
    if kind == "sqlite":
        yield _filled(place, Large(home, None), wanted(kind))
        return
    with postgres_in(place / "server") as address:
        pid = int((place / "server" / "postmaster.pid").read_text().split()[0])
        yield _filled(place, Large(home, database_url(address, NAME), pid), wanted(kind), address)


def _filled(place: Path, large: Large, duties: int, address: str | None = None) -> Large:
    note = place / FILLED
    if note.exists() and note.read_text() == str(duties):
        return large
    note.unlink(missing_ok=True)
    shutil.rmtree(large.home)
    if address is not None:
        drop_database(address, NAME)
        create_database(address, NAME, None)
    store = Store.open(large.home, large.url)
    play(large.home, NOW, store=store)
    enlarge(store, duties=duties, units=UNITS, campaigns=CAMPAIGNS, now=NOW)
    store.close()
    note.write_text(str(duties))
    return large
