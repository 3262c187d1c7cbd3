"""预告 from the portal: reckoned by a real child process, looked at by day, unit and rung, taken away as a sheet."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from campaign.portal.pages.coming import LINES
from campaign.portal.place import Place
from campaign.records.store import Store
from campaign.work.upkeep.errands import Stand
from tests.integration.portal.conftest import NOW, admin, open_account, place_at
from tests.integration.portal.errands import finished, newest
from tests.integration.portal.sample import SLUG, play

pytestmark = pytest.mark.timeout(900)
PAGE = f"/campaigns/{SLUG}/preview"


def reckoned(place: Place, count: int) -> Path:
    """A preview of two weeks as its child would have left it, with so many lines on the Monday."""
    folder = place.errands.folder / f"{NOW:%Y%m%d%H%M%S%f}-00c0ffee"
    folder.mkdir(parents=True)
    told = {"kind": "preview", "about": SLUG, "asked_by": "邵清和", "asked_at": NOW.isoformat(), "words": [],
            "facts": {"title": "样例", "days": 14, "from": "2026-11-20"}}  # fmt: skip
    line = {"at": "2026-11-23T09:00+08:00", "rung": "催办", "unit": "区教育局", "to": "单位联络员（叶知秋）", "duty": "某项", "duty_id": 999_999,
            "kind": "催办通知单", "signed": False, "why": "11月20日到期，逾期1个工作日进入“催办”"}  # fmt: skip
    (folder / "asked.json").write_text(json.dumps(told), encoding="utf-8")
    (folder / "out.json").write_text(json.dumps([line] * count), encoding="utf-8")
    (folder / "ended.json").write_text(json.dumps({"code": 0, "ended_at": NOW.isoformat()}), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_what_will_be_sent_is_reckoned_beside_the_page_and_each_line_leads_to_its_duty(place: Place) -> None:
    office = admin(place)
    assert "还没有推算" in office.get(PAGE).text
    assert office.post(PAGE, {"days": "14"}).status_code == 303
    assert office.get(PAGE).headers.get("refresh") == "3" or newest(place, "preview").is_over
    assert finished(place, newest(place, "preview").id).stand is Stand.DONE

    page = office.get(PAGE).text
    assert "进入“" in page
    assert re.search(r'<a href="/duties/\d+">', page)
    assert "周六" in page
    assert "休息日，不发文书" in page
    sheet = office.get(f"/campaigns/{SLUG}/preview.xlsx")
    assert sheet.content[:2] == b"PK"
    assert sheet.headers["content-disposition"].startswith("attachment")
    only = office.get(f"{PAGE}?unit=区教育局").text
    assert "区教育局" in only
    assert "<strong>云溪街道</strong>" not in only


def test_a_leader_reckons_and_looks_and_a_contact_person_does_neither(place: Place) -> None:
    reckoned(place, 1)
    leader = open_account(place, "ling", ("leader", None))
    assert "区教育局" in leader.get(PAGE).text
    contact = open_account(place, "lian", ("contact", "区教育局"))
    assert contact.get(PAGE).status_code == 403
    assert contact.get(f"/campaigns/{SLUG}/preview.xlsx").status_code == 403


def test_forty_thousand_lines_are_shown_a_leaf_at_a_time_from_a_short_copy(place: Place) -> None:
    folder = reckoned(place, 40_000)
    office = admin(place)
    page = office.get(PAGE)
    assert page.text.count("<li>") < 200
    assert len(page.content) < 60_000
    assert (folder / LINES).stat().st_size < (folder / "out.json").stat().st_size
    assert "共 40000 件" in page.text
    assert "第 3 页" in office.get(f"{PAGE}?page=3").text
    assert "没有符合条件的文书" in office.get(f"{PAGE}?rung=通报").text
    assert "2026年11月23日" in office.get(f"{PAGE}?day=2026-11-23").text
    assert "休息日，不发文书" in office.get(f"{PAGE}?day=2026-11-22").text
    assert office.get(f"{PAGE}?day=nonsense").status_code == 400


def test_a_line_of_a_duty_that_is_only_foreseen_leads_nowhere(place: Place) -> None:
    reckoned(place, 1)
    assert "/duties/999999" not in admin(place).get(PAGE).text


def test_a_span_that_is_not_offered_is_refused(place: Place) -> None:
    assert admin(place).post(PAGE, {"days": "4000"}).status_code == 400
    assert place.errands.all() == []


@pytest.mark.slow
@pytest.mark.postgres
def test_the_child_opens_the_database_that_the_portal_has_open(postgres_store: Store, tmp_path: Path) -> None:
    play(tmp_path, NOW, store=postgres_store)
    place = replace(place_at(tmp_path), store=postgres_store)
    office = admin(place)
    office.post(PAGE, {"days": "7"})
    done = finished(place, newest(place, "preview").id)
    assert done.stand is Stand.DONE, done.refusal()
    assert "进入“" in office.get(PAGE).text
