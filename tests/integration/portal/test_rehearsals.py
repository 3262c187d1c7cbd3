"""演练 from the portal: a real child process plays it, the page waits without a script, and nothing of the records changes."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest

from campaign.plan.yaml_text import to_yaml
from campaign.portal.place import Place
from campaign.work.upkeep.errands import ENDED, Stand
from tests.integration.portal.conftest import NOW, admin, open_account
from tests.integration.portal.errands import finished, newest
from tests.integration.portal.sample import SLUG, spec

pytestmark = pytest.mark.timeout(900)


def records(place: Place) -> str:
    """Every row of every table, but logins."""
    from campaign.records.tables import metadata

    with place.store.read() as tx:
        rows = {table.name: [str(tuple(row)) for row in tx.execute(table.select())] for table in metadata.sorted_tables if "login" not in table.name}
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


@pytest.mark.slow
def test_a_running_campaign_is_played_on_from_today_without_touching_it(place: Place) -> None:
    office = admin(place)
    assert f"/rehearsals?campaign={SLUG}" in office.get(f"/campaigns/{SLUG}").text
    form = office.get(f"/rehearsals?campaign={SLUG}")
    assert "无人办理" in form.text
    before = records(place)
    sent = office.post("/rehearsals", {"campaign": SLUG, "profile": "silent"})
    assert sent.status_code == 303
    address = sent.headers["location"]
    waiting = office.get(address)
    assert waiting.headers["refresh"] == "3"
    assert "这个页面会自己刷新" in waiting.text

    done = finished(place, address.rpartition("/")[2])

    assert done.stand is Stand.DONE
    page = office.get(address)
    assert "refresh" not in page.headers
    for told in ("需要留意", "阶段验收（转段）会怎么说", "各单位每周到期件数", "无人办理", "云溪街道"):
        assert told in page.text
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert records(place) == before
    report = office.get(f"{address}/report.html")
    assert report.text.startswith("<!doctype html>")
    assert report.headers["content-disposition"].startswith("attachment")
    assert office.get(f"{address}/notices.xlsx").content[:2] == b"PK"
    assert "无人办理" in office.get(f"/rehearsals?campaign={SLUG}").text
    assert open_account(place, "second", ("admin", None)).get(address).status_code == 200


@pytest.mark.slow
def test_a_plan_is_rehearsed_before_it_is_launched_and_can_be_gone_back_to(place: Place) -> None:
    office = admin(place)
    plan = spec(NOW)
    few = plan.model_copy(update={"items": plan.items[:2], "title": "演练用的方案"})
    text = to_yaml(few)
    sent = office.post("/launch/rehearse", {"plan": text, "profile": "on-time", "slug": "try"})
    assert sent.status_code == 303
    done = finished(place, newest(place, "rehearsal").id)
    page = office.get(sent.headers["location"]).text
    assert done.stand is Stand.DONE
    assert "演练用的方案" in page
    assert "都按时办结" in page
    assert "回到核对方案" in page
    assert office.get("/campaigns/try").status_code == 404
    back = office.post("/launch/review", {"plan": text, "slug": "try"})
    assert "可以启动" in back.text
    assert "先演练一遍" in back.text


def test_a_plan_that_cannot_be_launched_is_not_rehearsed_and_the_review_page_says_why(place: Place) -> None:
    office = admin(place)
    plan = spec(NOW)
    broken = plan.model_copy(update={"items": (plan.items[0].model_copy(update={"lead_unit": None, "responsible_units": ()}),)})
    answer = office.post("/launch/rehearse", {"plan": to_yaml(broken), "profile": "mixed"})
    assert answer.status_code == 400
    assert "必须先解决" in answer.text
    assert place.errands.all() == []
    assert office.post("/launch/rehearse", {"plan": to_yaml(plan), "profile": "nonsense"}).status_code == 400


def test_an_errand_that_is_not_there_is_said_to_be_gone(place: Place) -> None:
    office = admin(place)
    for path in ("/rehearsals/1", "/rehearsals/20260101000000000000-00000000", "/rehearsals/../etc", "/rehearsals/1/report.html"):
        assert office.get(path).status_code == 404


def test_a_rehearsal_whose_process_is_gone_says_so_and_offers_to_start_again(place: Place) -> None:
    office = admin(place)
    folder = place.errands.folder / f"{NOW:%Y%m%d%H%M%S%f}-0badcafe"
    folder.mkdir(parents=True)
    told = {"kind": "rehearsal", "about": SLUG, "asked_by": "邵清和", "asked_at": (NOW - timedelta(minutes=5)).isoformat(), "words": [],
            "facts": {"title": "样例", "profile": "mixed", "live": True}}  # fmt: skip
    (folder / "asked.json").write_text(json.dumps(told), encoding="utf-8")
    page = office.get(f"/rehearsals/{folder.name}")
    assert "服务器中途停机或重新启动" in page.text
    assert "重新演练" in page.text
    assert "refresh" not in page.headers
    (folder / ENDED).write_text(json.dumps({"code": 2, "ended_at": NOW.isoformat()}), encoding="utf-8")
    (folder / "said.txt").write_text("注意：一\n错误：没有代号为「x」的创建活动：请用 campaign status 查看。\n", encoding="utf-8")
    refused = office.get(f"/rehearsals/{folder.name}").text
    assert "没有代号为「x」的创建活动" in refused
    assert "campaign status" not in refused
