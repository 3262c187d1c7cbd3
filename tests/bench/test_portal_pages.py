"""Server time of every main page with 100,000 duties of 2,000 units on SQLite, and how fast a gigabyte comes in. Measures; prints a table.

Run: pytest tests/bench/test_portal_pages.py -m bench -s
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from campaign.portal.place import Place, Remembered
from tests.integration.portal.conftest import NOW, browser, open_account, place_at, token_on
from tests.integration.portal.sample import SLUG, play

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
DUTIES, UNITS, ROUNDS = 100_000, 2_000, 40
UPLOAD = 256 * 1024 * 1024
COPIED = ("campaign_id", "phase_id", "kind", "title", "required", "due_source", "ladder_id", "opened_at", "item_id")
STATES = "CASE i % 10 WHEN 0 THEN 'open' WHEN 1 THEN 'open' WHEN 2 THEN 'returned' WHEN 3 THEN 'waiting' ELSE 'accepted' END"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("large")
    play(home, NOW).close()
    place = place_at(home)
    names = ", ".join(COPIED)
    with place.store.begin() as tx:
        tx.execute(text("UPDATE unit SET code = 'X' || code"))
        tx.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :units) "
                "INSERT INTO unit (code, name, state, external) SELECT 'B' || i, '社区' || i, 'active', 0 FROM n"
            ),
            {"units": UNITS},
        )
        first = tx.execute(text("SELECT min(id) FROM unit WHERE code = 'B1'")).scalar_one()
        tx.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :duties), "
                "model AS (SELECT * FROM duty WHERE kind = 'perform' AND state = 'open' LIMIT 1) "
                f"INSERT INTO duty ({names}, unit_id, origin, state, due_at, revision, rung, floor_rung) "
                f"SELECT {names}, :first + i % :units, 'bench/' || i, {STATES}, datetime(:now, '-20 days', '+' || (i % 60) || ' days'), 1, 0, 0 FROM n, model"
            ),
            {"duties": DUTIES, "units": UNITS, "first": first, "now": NOW.replace(tzinfo=None).isoformat(sep=" ")},
        )
        tx.execute(text("ANALYZE"))
    yield place
    place.store.close()


PAGES = {
    "contact": ("/todo", "/todo?show=done", "/duties/{duty}", "/notices", "/search?q=整治"),
    "reviewer": ("/review",),
    "admin": ("/status", "/campaigns", f"/campaigns/{SLUG}", f"/campaigns/{SLUG}/duties?light=red", f"/campaigns/{SLUG}/duties",
              f"/campaigns/{SLUG}/phases/2", "/requests", "/sign", "/units", "/users", "/log", "/search?q=社区"),
}  # fmt: skip


def test_server_time_of_every_page(large: Place) -> None:
    with large.store.read() as tx:
        duty = tx.execute(text("SELECT id FROM duty WHERE origin = 'bench/10'")).scalar_one()
        unit = tx.execute(text("SELECT name FROM unit WHERE id = (SELECT unit_id FROM duty WHERE id = :id)"), {"id": duty}).scalar_one()
    for role, paths in PAGES.items():
        open_account(large, role, (role, unit if role == "contact" else None))
        client = browser(replace(large, counts=Remembered()))
        client.log_in(role)
        for path in paths:
            spent = []
            for _ in range(ROUNDS):
                answer = client.get(path.format(duty=duty))
                assert answer.status_code == 200, path
                spent.append(float(answer.headers["server-timing"].partition("dur=")[2]))
            ordered = sorted(spent)
            print(f"{role:9} {path:40} median {statistics.median(spent):6.1f} ms   p95 {ordered[int(ROUNDS * 0.95) - 1]:6.1f} ms   most {ordered[-1]:6.1f} ms")


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
