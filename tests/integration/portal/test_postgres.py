"""Every page on PostgreSQL too: the queries are spelled for both databases, and only running them shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from campaign.portal.place import Place, PrefectWatch
from campaign.records.store import Store
from tests.integration.portal.conftest import NOW, no_prefect, open_account, unit_with
from tests.integration.portal.sample import LADDERS, SLUG, play

pytestmark = pytest.mark.postgres
PAGES = {
    "admin": (
        "/status",
        "/campaigns",
        f"/campaigns/{SLUG}",
        f"/campaigns/{SLUG}/duties?light=yellow",
        f"/campaigns/{SLUG}/phases/2",
        "/sign",
        "/requests",
        "/units",
        "/units/区城管局",
        "/units/区城管局/heirs.csv",
        "/calendar",
        "/ladders",
        f"/campaigns/{SLUG}/findings?state=rectifying",
        f"/campaigns/{SLUG}/adjust",
        "/users",
        "/log?verb=submit",
        "/search?q=整治",
        "/search?q=12",
        "/notices",
        "/review",
        f"/api/status?campaign={SLUG}",
        "/readyz",
    ),
    "contact": ("/todo", "/todo?show=red", "/todo?show=done", "/notices", "/search?q=整治"),
    "reviewer": ("/review",),
}


def test_every_page_opens_and_a_material_goes_round(postgres_store: Store, tmp_path: Path) -> None:
    play(tmp_path, NOW, store=postgres_store)
    place = Place(store=postgres_store, home=tmp_path, prefect=PrefectWatch(no_prefect), ladders=LADDERS, clock=lambda: NOW)
    duty_id, unit = unit_with(place, "open")
    clients = {role: open_account(place, role, (role, unit if role == "contact" else None)) for role in PAGES}
    for role, paths in PAGES.items():
        for path in paths:
            assert clients[role].get(path).status_code == 200, f"{role} {path}"
    page = f"/duties/{duty_id}"
    contact, reviewer = clients["contact"], clients["reviewer"]
    contact.post(f"{page}/extension", {"wanted_on": "2027-03-01", "reason": "等待数据"}, page=page)
    assert contact.post(f"{page}/submit", {"note": "完成"}, page=page, files=[("files", ("台账.txt", "清理十二处".encode()))]).status_code == 303
    version = re.findall(r'href="/files/(\d+)/1"', contact.get(page).text)[0]
    assert reviewer.post(f"/review/{version}", {"decision": "accept"}, page=f"/review/{version}").status_code == 303
    assert "已办结" in contact.get(page).text
    assert clients["admin"].get("/requests").status_code == 200
