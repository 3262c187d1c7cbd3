"""Server time and queries of every main page: 100,000 duties on SQLite, 1,000,000 on PostgreSQL, 2,000 units and 50 campaigns. Prints tables.

Run: pytest tests/bench/test_portal_pages.py -m bench -s -k sqlite (or postgresql, whose filling takes some minutes; CAMPAIGN_BENCH_DUTIES for fewer).
Also how fast a large file comes in.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event, text

from campaign.portal.app import create_app
from campaign.portal.place import Place, Remembered
from campaign.records.store import Store
from tests.bench.large import enlarge
from tests.conftest import create_database, database_url
from tests.integration.portal.conftest import NOW, Browser, open_account, place_at, token_on
from tests.integration.portal.sample import SLUG, play

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
DUTIES = {"sqlite": 100_000, "postgresql": 1_000_000}
UNITS, CAMPAIGNS, ROUNDS = 2_000, 50, 30
A_SECOND, SECONDS = 20, 30
UPLOAD = 256 * 1024 * 1024


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home, url = tmp_path_factory.mktemp("large"), None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        create_database(server, "campaign_large", None)
        url = database_url(server, "campaign_large")
    store = Store.open(home, url)
    play(home, NOW, store=store)
    enlarge(store, duties=int(os.environ.get("CAMPAIGN_BENCH_DUTIES", DUTIES[request.param])), units=UNITS, campaigns=CAMPAIGNS, now=NOW)
    yield replace(place_at(home), store=store)
    store.close()


PAGES = {
    "contact": ("/todo", "/todo?show=done", "/duties/{duty}", "/notices", "/search?q=整治"),
    "reviewer": ("/review",),
    "admin": ("/status", "/campaigns", f"/campaigns/{SLUG}", f"/campaigns/{SLUG}/duties?light=red", f"/campaigns/{SLUG}/duties",
              f"/campaigns/{SLUG}/phases/2", "/campaigns/large-7", "/campaigns/large-7/duties?light=red", "/campaigns/large-7/duties",
              "/campaigns/large-7/phases/2", "/campaigns/large-7/phases/2?gate=1", "/campaigns/large-7/stagger",
              "/campaigns/large-7/burden", "/lead", "/requests", "/sign", "/units", "/users", "/log", "/search?q=社区"),
}  # fmt: skip


def browsers(large: Place) -> dict[str, tuple[Browser, list[str]]]:
    """A logged-in browser for each role, all of one portal, and its pages."""
    with large.store.read() as tx:
        duty = tx.execute(text("SELECT id FROM duty WHERE origin = 'bench/10'")).scalar_one()
        unit = tx.execute(text("SELECT name FROM unit WHERE id = (SELECT unit_id FROM duty WHERE id = :id)"), {"id": duty}).scalar_one()
        there = tx.execute(text("SELECT 1 FROM portal_account WHERE login = 'admin'")).first() is not None
    found, app = {}, create_app(replace(large, counts=Remembered()))
    for role, paths in PAGES.items():
        if not there:
            open_account(large, role, (role, unit if role == "contact" else None))
        client = Browser(app)
        assert client.log_in(role).status_code == 303
        found[role] = (client, [path.format(duty=duty) for path in paths])
    return found


def test_server_time_of_every_page(large: Place) -> None:
    seen: list[str] = []
    event.listen(large.store._reader, "before_cursor_execute", lambda *told: seen.append(told[2]))
    for role, (client, paths) in browsers(large).items():
        for path in paths:
            spent, asked, size = [], 0, 0
            for _ in range(ROUNDS):
                seen.clear()
                answer = client.get(path)
                assert answer.status_code == 200, path
                spent.append(server_time(answer))
                asked, size = max(asked, sum(one.startswith(("SELECT", "WITH")) for one in seen)), len(answer.content)
            told = f"first {spent[0]:7.1f} ms   median {statistics.median(spent):6.1f} ms   p95 {p95(spent):6.1f} ms"
            print(f"{role:9} {path:40} {told}   {asked:2} queries   {size / 1024:5.0f} KB")


def test_twenty_requests_a_second(large: Place) -> None:
    """All pages in turn, at their pace whether or not the one before has been answered."""
    visits = [(role, client, path) for role, (client, paths) in browsers(large).items() for path in paths]
    spent: dict[str, list[float]] = {}

    def visit(role: str, client: Browser, path: str) -> None:
        fresh = Browser(client.app)
        fresh.cookies = client.cookies
        answer = fresh.get(path)
        assert answer.status_code == 200, path
        spent.setdefault(f"{role:9} {path}", []).append(server_time(answer))

    start = time.perf_counter()
    with ThreadPoolExecutor(16) as pool:
        coming = []
        for place, one in zip(range(A_SECOND * SECONDS), cycle(visits), strict=False):
            time.sleep(max(0.0, start + place / A_SECOND - time.perf_counter()))
            coming.append(pool.submit(visit, *one))
        for answered in coming:
            answered.result()
    print(f"{len(coming) / (time.perf_counter() - start):.1f} requests a second")
    for name, times in spent.items():
        print(f"{name:55} median {statistics.median(times):6.1f} ms   p95 {p95(times):6.1f} ms")
    print(f"all pages p95 {p95([one for times in spent.values() for one in times]):.1f} ms")


def server_time(answer: httpx.Response) -> float:
    return float(answer.headers["server-timing"].partition("dur=")[2])


def p95(times: list[float]) -> float:
    return sorted(times)[max(0, int(len(times) * 0.95) - 1)]


def test_how_fast_a_large_file_comes_in(large: Place, tmp_path: Path) -> None:
    with large.store.read() as tx:
        duty = tx.execute(text("SELECT id FROM duty WHERE origin = 'bench/11'")).scalar_one()
        unit = tx.execute(text("SELECT name FROM unit WHERE id = (SELECT unit_id FROM duty WHERE id = :id)"), {"id": duty}).scalar_one()
    client = open_account(large, "sender", ("contact", unit))
    headers = {"x-csrf-token": token_on(client.get("/password").text), "content-type": "application/octet-stream"}
    body = json.dumps({"duty": duty, "name": "录像.txt", "size": UPLOAD})
    made = client.request("POST", "/api/uploads", content=body, headers=headers).json()
    piece = b"0123456789abcde\n" * (made["piece"] // 16)
    started, at = time.perf_counter(), 0
    while at < UPLOAD:
        at = client.request("PATCH", f"/api/uploads/{made['id']}", content=piece, headers=headers | {"upload-offset": str(at)}).json()["received"]
    spent = time.perf_counter() - started
    print(f"upload of {UPLOAD >> 20} MB in pieces: {spent:.1f} s, {(UPLOAD >> 20) / spent:.0f} MB/s")
