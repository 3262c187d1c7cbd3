"""Server time, CPU and queries of every main page: 100,000 duties on SQLite, 1,000,000 on PostgreSQL, 2,000 units and 50 campaigns. Prints tables.

Run: pytest tests/bench/test_portal_pages.py -m bench -s -k sqlite (or postgresql; CAMPAIGN_BENCH_DUTIES for fewer, CAMPAIGN_BENCH_KEEP=FOLDER to fill the
database once and find it there the next time). The mixed load goes over the network to a portal that is a process of its own.
"""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from itertools import cycle
from urllib.parse import quote

import httpx
import pytest
from sqlalchemy import event, text

from campaign.portal.app import create_app
from campaign.portal.place import Place
from campaign.portal.remembered import Remembered
from campaign.records.store import Store
from tests.bench.kept import Large, large_database
from tests.bench.portal_process import Portal, running
from tests.integration.portal.conftest import NOW, PASSWORD, Browser, open_account, place_at, token_on
from tests.integration.portal.sample import SLUG

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
ROUNDS = 30
A_SECOND, SECONDS = 20, 30
QUIET_SECONDS = 3
"""The portal hangs up on whoever has said nothing for five."""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Large]:
    with large_database(request.param, tmp_path_factory.mktemp("large")) as found:
        yield found


@pytest.fixture(scope="module")
def large(database: Large) -> Iterator[Place]:
    store = Store.open(database.home, database.url)
    yield replace(place_at(database.home), store=store)
    store.close()


PAGES = {
    "contact": ("/todo", "/todo?show=done", "/duties/{duty}", "/notices", "/search?q=整治"),
    "reviewer": ("/review",),
    "admin": ("/status", "/campaigns", f"/campaigns/{SLUG}", f"/campaigns/{SLUG}/duties?light=red", f"/campaigns/{SLUG}/duties",
              f"/campaigns/{SLUG}/phases/2", "/campaigns/large-7", "/campaigns/large-7/duties?light=red", "/campaigns/large-7/duties",
              "/campaigns/large-7/phases/2", "/campaigns/large-7/phases/2?gate=1", "/campaigns/large-7/stagger",
              "/campaigns/large-7/burden", "/lead", "/requests", "/sign", "/units", "/users", "/log", "/search?q=社区"),
}  # fmt: skip


def paths_of(large: Place) -> dict[str, list[str]]:
    """Each role's pages, with the duty that the contact person looks at; who is not there yet gets an account."""
    with large.store.read() as tx:
        duty = tx.execute(text("SELECT id FROM duty WHERE origin = 'bench/10'")).scalar_one()
        unit = tx.execute(text("SELECT name FROM unit WHERE id = (SELECT unit_id FROM duty WHERE id = :id)"), {"id": duty}).scalar_one()
        there = set(tx.execute(text("SELECT login FROM portal_account")).scalars())
    for role in PAGES.keys() - there:
        open_account(large, role, (role, unit if role == "contact" else None))
    return {role: [path.format(duty=duty) for path in paths] for role, paths in PAGES.items()}


def browsers(large: Place) -> dict[str, tuple[Browser, list[str]]]:
    """A logged-in browser for each role, all of one portal in this process, and its pages."""
    found, app = {}, create_app(replace(large, counts=Remembered()))
    for role, paths in paths_of(large).items():
        client = Browser(app)
        assert client.log_in(role).status_code == 303
        found[role] = (client, paths)
    return found


def test_server_time_of_every_page(large: Place) -> None:
    """One after the other, at first with nothing remembered; the CPU is that of this process, the asking included."""
    seen: list[str] = []
    event.listen(large.store._reader, "before_cursor_execute", lambda *told: seen.append(told[2]))
    for role, (client, paths) in browsers(large).items():
        for path in paths:
            spent, asked, size, began = [], 0, 0, time.process_time()
            for _ in range(ROUNDS):
                seen.clear()
                answer = client.get(path)
                assert answer.status_code == 200, path
                spent.append(server_time(answer))
                asked, size = max(asked, sum(one.startswith(("SELECT", "WITH")) for one in seen)), len(answer.content)
            cpu = (time.process_time() - began) / ROUNDS * 1000
            told = f"first {spent[0]:7.1f} ms   median {statistics.median(spent):6.1f} ms   p95 {p95(spent):6.1f} ms   CPU {cpu:5.1f} ms"
            print(f"{role:9} {path:40} {told}   {asked:2} queries   {size / 1024:5.0f} KB")


@dataclass
class Seen:
    """Milliseconds of one page, as the portal counted them and as they passed outside it."""

    inside: list[float] = field(default_factory=list)
    outside: list[float] = field(default_factory=list)


def test_twenty_requests_a_second(database: Large, large: Place) -> None:
    """All pages in turn, at their pace whether or not the one before has been answered."""
    paths = paths_of(large)
    with ExitStack() as stack:
        portal = stack.enter_context(running(database.home, database.url, NOW, database_pid=database.server_pid))
        visits = [(role, cookie_of(portal, role), path) for role in paths for path in paths[role]]
        visit = stack.enter_context(closing(Visitor(portal)))
        for one in visits:
            visit(*one)
        visit.seen.clear()
        began, database_began, start = portal.cpu(), portal.database_cpu(), time.perf_counter()
        with ThreadPoolExecutor(16) as pool:
            coming = []
            for place, one in zip(range(A_SECOND * SECONDS), cycle(visits), strict=False):
                time.sleep(max(0.0, start + place / A_SECOND - time.perf_counter()))
                coming.append(pool.submit(visit, *one))
            for answered in coming:
                answered.result()
        count = len(coming)
        print(f"\n{count / (time.perf_counter() - start):.1f} requests a second, memory at most {portal.memory():.0f} MB")
        for name, times in visit.seen.items():
            print(f"{name:55} median {statistics.median(times.inside):6.1f} ms   p95 {p95(times.inside):6.1f} ms   outside {p95(times.outside):6.1f} ms")
        inside, outside = ([one for seen in visit.seen.values() for one in getattr(seen, side)] for side in ("inside", "outside"))
        print(f"all pages: p95 {p95(inside):.1f} ms, outside {p95(outside):.1f} ms; pages over 100 ms: {sum(p95(s.inside) > 100 for s in visit.seen.values())}")
        cpu, of_database = portal.cpu() - began, portal.database_cpu() - database_began
        print(f"CPU a request: portal {cpu / count * 1000:.1f} ms, PostgreSQL {of_database / count * 1000:.1f} ms")


class Visitor:
    """Asks for pages over connections that stay open, one a thread."""

    def __init__(self, portal: Portal) -> None:
        self.host = portal.url.removeprefix("http://")
        self.seen: dict[str, Seen] = {}
        self._lines: list[http.client.HTTPConnection] = []
        self._mine = threading.local()

    def __call__(self, role: str, cookie: str, path: str) -> None:
        if not hasattr(self._mine, "line"):
            self._mine.line = http.client.HTTPConnection(self.host)
            self._lines.append(self._mine.line)
        elif time.monotonic() - self._mine.used > QUIET_SECONDS:
            self._mine.line.close()
        started = time.perf_counter()
        self._mine.line.request("GET", quote(path, safe="/?&="), headers={"cookie": cookie})
        answer = self._mine.line.getresponse()
        answer.read()
        self._mine.used = time.monotonic()
        passed = (time.perf_counter() - started) * 1000
        assert answer.status == 200, path
        seen = self.seen.setdefault(f"{role:9} {path}", Seen())
        seen.inside.append(float(answer.headers["server-timing"].partition("dur=")[2]))
        seen.outside.append(passed)

    def close(self) -> None:
        for line in self._lines:
            line.close()


def cookie_of(portal: Portal, login: str) -> str:
    with httpx.Client(base_url=portal.url) as client:
        answer = client.post("/login", data={"csrf": token_on(client.get("/login").text), "login": login, "password": PASSWORD})
        assert answer.status_code == 303
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def server_time(answer: httpx.Response) -> float:
    return float(answer.headers["server-timing"].partition("dur=")[2])


def p95(times: list[float]) -> float:
    return sorted(times)[max(0, int(len(times) * 0.95) - 1)]
