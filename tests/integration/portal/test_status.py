"""The overview: right at once, plain when something is down, and readable while somebody else writes."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta

from campaign.portal.place import Place
from campaign.records.campaigns import find_campaign
from campaign.work.status import campaign_status
from tests.integration.portal.conftest import NOW, Counting, admin, browser
from tests.integration.portal.sample import SLUG


def test_the_overview_shows_phases_lights_red_list_papers_and_passes(place: Place) -> None:
    page = browser(place).get("/").text
    for words in ("青岚区文明城区创建三年行动实施方案", "集中推进阶段", "红灯事项（逾期）清单", "待签发文书", "通报", "督办巡检", "已逾期", "<svg"):
        assert words in page
    assert "红名单" not in page


def test_a_light_is_always_colour_shape_and_word(place: Place) -> None:
    page = browser(place).get("/").text
    assert 'class="light red"><span aria-hidden="true">●</span> 逾期' in page
    assert 'class="light yellow"><span aria-hidden="true">▲</span> 临近' in page
    assert 'class="light green"><span aria-hidden="true">■</span> 正常' in page


def test_the_json_is_what_the_command_line_prints(place: Place) -> None:
    client = browser(place)
    with place.store.read() as tx:
        wanted = campaign_status(tx, find_campaign(tx, SLUG), NOW)
    answer = client.get("/api/status", params={"campaign": SLUG}).json()
    assert answer == json.loads(json.dumps(wanted))
    assert {"campaign", "now", "phases"} <= set(answer)
    assert set(answer["phases"][0]) == {"key", "name", "kind", "state", "start", "end", "lights", "blockers"}
    assert isinstance(client.get("/api/status").json(), list), "two campaigns are running"


def test_page_and_json_count_the_same_lights(place: Place) -> None:
    answer = browser(place).get("/api/status", params={"campaign": SLUG}).json()
    red = sum(phase["lights"]["red"] for phase in answer["phases"])
    assert red > 0
    assert f"逾期 {red}</span>" in browser(place).get("/").text


def test_an_unknown_campaign_is_a_sentence_in_json(place: Place) -> None:
    answer = browser(place).get("/api/status", params={"campaign": "civilty"})
    assert answer.status_code == 404
    assert "civility" in answer.json()["error"]["message"]


def test_a_standing_clock_and_a_silent_prefect_are_said_plainly(place: Place) -> None:
    client = browser(place)
    assert "督办时钟还没有运行过" in client.get("/").text
    with place.store.begin() as tx:
        from campaign.records import leases

        hold = leases.take_in(tx, "clock", "somebody", -35 * 60 - 1)
        assert hold is not None
    page = client.get("/").text
    assert "督办时钟已停 35 分钟" in page
    assert "Prefect 没有响应" in page


def test_an_empty_database_says_the_next_step(empty_place: Place) -> None:
    page = browser(empty_place).get("/")
    assert page.status_code == 200
    assert "campaign launch" in page.text


def test_pages_answer_while_another_process_writes(place: Place) -> None:
    writer = sqlite3.connect(place.home / "campaign.db", isolation_level=None)
    try:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE campaign SET title = title")
        answer = browser(place).get("/")
        assert answer.status_code == 200
        assert browser(place).get("/readyz").status_code == 200
    finally:
        writer.close()


def test_health_needs_no_database_and_readiness_tells_what_stands(place: Place) -> None:
    client = browser(place)
    assert client.get("/healthz").json() == {"alive": True}
    answer = client.get("/readyz").json()
    assert answer["ready"] is True
    assert answer["prefect"] is False
    assert answer["clock_stopped_seconds"] == -1


def test_the_overview_needs_at_most_twelve_queries(place: Place, counting: Counting) -> None:
    client = browser(place)
    client.get("/")
    with counting() as seen:
        client.get("/")
    asked = [one for one in seen.statements if not one.startswith(("BEGIN", "PRAGMA", "ROLLBACK"))]
    assert len(asked) <= 12, "\n".join(asked)


def test_what_is_not_there_is_said_in_chinese_on_a_page_of_ours(place: Place) -> None:
    answer = browser(place).get("/no/such/page")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert "回到首页" in answer.text
    assert browser(place).get("/status?page=abc").status_code == 404


def test_every_answer_carries_the_security_headers(place: Place) -> None:
    client = browser(place)
    for path in ("/", "/static/portal.css", "/no/such/page", "/healthz"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_a_foreign_host_name_is_refused(place: Place) -> None:
    answer = browser(place).get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "域名" in answer.text


def test_our_own_defect_is_a_page_with_a_number(place: Place) -> None:
    def broken() -> object:
        raise ZeroDivisionError

    answer = browser(place, clock=broken).get("/")
    assert answer.status_code == 500
    assert "故障编号" in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


def test_nothing_is_fetched_from_elsewhere(place: Place) -> None:
    page = browser(place).get("/").text
    assert 'src="http' not in page
    assert 'rel="stylesheet" href="/static/portal.css"' in page
    assert "style=" not in page
    css = browser(place).get("/static/portal.css").text
    assert "url(" not in css
    assert css.count("\n") <= 300


def test_pages_say_how_long_is_left(place: Place) -> None:
    from campaign.portal.wording import deadline
    from campaign.records.planning.calendars import load_calendar
    from campaign.rules.calendar import campaign_day, due_at_of_day

    with place.store.read() as tx:
        calendar = load_calendar(tx)
    today = campaign_day(NOW)
    said = {days: deadline(due_at_of_day(today + timedelta(days=days)), NOW, calendar) for days in (-2, 0, 1, 3, 5)}
    assert said == {-2: "已逾期 2 天", 0: "今天到期", 1: "明天到期", 3: "还剩 1 个工作日", 5: "还剩 3 个工作日"}


def test_who_has_just_written_is_known_for_a_minute_whichever_portal_answers(place: Place) -> None:
    """By a cookie: it has the next page show no count from before the write."""
    client = admin(place)
    client.cookies.delete("wrote")
    assert "wrote" not in client.get("/status").cookies
    assert float(client.post("/users", {"login": ""}, page="/users").cookies["wrote"]) > 1_700_000_000
