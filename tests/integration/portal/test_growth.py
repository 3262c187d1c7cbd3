"""A portal with many duties: what may not grow with the table does not, on both databases. No clock is looked at; tests/bench has the times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from campaign.portal.app import create_app
from campaign.portal.place import Place
from campaign.portal.remembered import Remembered
from campaign.records.store import Store
from tests.bench.large import enlarge
from tests.integration.portal.conftest import NOW, Browser, open_account, place_at
from tests.integration.portal.sample import SLUG, play
from tests.plans import full_scans, watching

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
PAGES = {
    "contact": ("/todo", "/todo?show=red", "/todo?show=done", "/duties/{duty}", "/notices", "/search?q=整治"),
    "reviewer": ("/review",),
    "admin": ("/status", "/campaigns", "/campaigns/large-1", "/campaigns/large-1/duties", "/campaigns/large-1/duties?light=red",
              "/campaigns/large-1/duties?state=accepted", "/campaigns/large-1/phases/2", "/campaigns/large-1/stagger", f"/campaigns/{SLUG}/phases/2", "/sign",
              "/requests", "/units", "/units/区城管局", "/calendar", "/ladders", "/campaigns/large-1/findings", "/campaigns/large-1/adjust",
              "/campaigns/large-1/package", "/campaigns/large-1/preview", "/users", "/log", "/search?q=社区"),
}  # fmt: skip
WEIGHT = 150 * 1024


@pytest.fixture(scope="module")
def sqlite_large(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("grown")
    (home / "campaign.db").write_bytes((played / "campaign.db").read_bytes())
    place = place_at(home)
    enlarge(place.store, duties=4_000, units=120, campaigns=3, now=NOW)
    yield place
    place.store.close()


def pages_of(place: Place) -> Iterator[tuple[str, Browser]]:
    """Each page as it is asked for the first time, with nothing remembered."""
    with place.store.read() as tx:
        duty = tx.execute(text("SELECT id FROM duty WHERE origin = 'bench/10'")).scalar_one()
        unit = tx.execute(text("SELECT name FROM unit WHERE id = (SELECT unit_id FROM duty WHERE id = :id)"), {"id": duty}).scalar_one()
    for role, paths in PAGES.items():
        signed = open_account(place, role, (role, unit if role == "contact" else None))
        for path in paths:
            client = Browser(create_app(replace(place, counts=Remembered())))
            client.cookies = signed.cookies
            yield path.format(duty=duty), client


def hold(place: Place) -> None:
    wrong = []
    for path, client in pages_of(place):
        with watching(place.store) as sent:
            answer = client.get(path)
        assert answer.status_code == 200, path
        if len(sent.asked) > 12:
            wrong.append(f"{path}: {len(sent.asked)} queries\n  " + "\n  ".join(" ".join(one.split())[:160] for one in sent.asked))
        if len(answer.content) > WEIGHT:
            wrong.append(f"{path}: {len(answer.content) // 1024} KB")
        wrong += [f"{path}: {one}" for one in full_scans(place.store, sent)]
    assert not wrong, "\n".join(wrong)


def test_pages_need_twelve_queries_and_scan_no_large_table(sqlite_large: Place) -> None:
    hold(sqlite_large)


@pytest.mark.postgres
def test_pages_need_twelve_queries_and_scan_no_large_table_on_postgresql(postgres_store: Store, tmp_path: Path) -> None:
    play(tmp_path, NOW, store=postgres_store)
    enlarge(postgres_store, duties=4_000, units=120, campaigns=3, now=NOW)
    hold(replace(place_at(tmp_path), store=postgres_store))


def test_a_list_shows_as_many_rows_however_many_duties_there_are(sqlite_large: Place) -> None:
    """Four times the duties change neither the number of queries nor the weight of any list."""
    client = open_account(sqlite_large, "second", ("admin", None))
    _asked(sqlite_large, client)  # what the process remembers from its first page on is read once
    before = _asked(sqlite_large, client)
    with sqlite_large.store.begin() as tx:
        tx.execute(text("""INSERT INTO duty (campaign_id, phase_id, unit_id, kind, origin, title, state, required, due_at, due_source, revision, rung,
                floor_rung, ladder_id, opened_at)
            SELECT campaign_id, phase_id, unit_id, kind, origin || '/' || k, title, state, required, due_at, due_source, 1, 0, 0, ladder_id, opened_at
            FROM duty, (SELECT 1 AS k UNION SELECT 2 UNION SELECT 3) WHERE origin LIKE 'bench/%'"""))  # fmt: skip
    assert _asked(sqlite_large, client) == before


def _asked(place: Place, client: Browser) -> dict[str, tuple[int, int]]:
    found = {}
    for path in ("/campaigns/large-1/duties", "/campaigns/large-1/duties?light=red", "/campaigns/large-1/phases/2", "/review"):
        fresh = Browser(create_app(replace(place, counts=Remembered())))  # how long counts are remembered depends on how slow the machine is
        fresh.cookies = client.cookies
        with watching(place.store) as sent:
            page = fresh.get(path).text
        found[path] = (len(sent.asked), page.count("<li") + page.count("<tr"))
    return found


def test_the_staggered_calendar_shows_a_page_of_one_unit_however_much_there_is_to_move(sqlite_large: Place) -> None:
    client = open_account(sqlite_large, "third", ("admin", None))
    with sqlite_large.store.begin() as tx:
        unit = tx.execute(
            text("""SELECT u.name FROM duty d JOIN unit u ON u.id = d.unit_id JOIN campaign c ON c.id = d.campaign_id
            WHERE c.slug = 'large-1' AND d.item_id IS NOT NULL GROUP BY u.name ORDER BY count(*) DESC LIMIT 1""")
        ).scalar_one()
        tx.execute(
            text("""WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
            INSERT INTO duty (campaign_id, phase_id, unit_id, kind, origin, title, state, required, due_at, due_source, revision, rung, floor_rung,
                ladder_id, opened_at, item_id)
            SELECT d.campaign_id, d.phase_id, d.unit_id, d.kind, 'more/' || d.id || '/' || n.i, d.title, 'waiting', d.required, '2026-12-20 16:00:00',
                'phase', 1, 0, 0, d.ladder_id, d.opened_at, d.item_id
            FROM n, (SELECT d.* FROM duty d JOIN unit u ON u.id = d.unit_id JOIN campaign c ON c.id = d.campaign_id
                    WHERE c.slug = 'large-1' AND u.name = :unit AND d.item_id IS NOT NULL LIMIT 1) d"""),
            {"unit": unit},
        )
    page = f"/campaigns/large-1/stagger?unit={unit}"
    with watching(sqlite_large.store) as sent:
        first = client.get(page).text
    assert len(sent.asked) <= 12
    assert first.count('name="day-') == 200
    second = client.get(f"{page}&page=2").text
    assert 100 <= second.count('name="day-') < 200
    assert set(re.findall(r'name="day-(\d+)', first)).isdisjoint(re.findall(r'name="day-(\d+)', second))
    assert "没有可以倒排的事项" in client.get("/campaigns/large-1/stagger?unit=无此单位").text
