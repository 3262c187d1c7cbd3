"""The office: from a plan's file to a campaign, gates, triggers and signatures, each through a plain form."""

from __future__ import annotations

import re

import pytest
from sqlmodel import col, select

from campaign.plan.yaml_text import to_yaml
from campaign.portal.place import Place, PrefectWatch
from campaign.records.campaigns import find_campaign, find_phase
from campaign.records.tables import (
    Campaign,
    GateRecord,
    Notice,
    PassRun,
    Phase,
    Unit,
)
from tests.integration.portal.conftest import NOW, Counting, admin, asked, browser, no_prefect, one_of, open_account
from tests.integration.portal.sample import SLUG, spec


def test_an_administrator_begins_at_the_overview_with_links(place: Place) -> None:
    page = admin(place).get("/").text
    assert f'href="/campaigns/{SLUG}"' in page
    assert "从方案启动" in admin(place, "er").get("/campaigns").text


def test_a_campaign_shows_phases_units_red_list_and_passes(place: Place) -> None:
    page = admin(place).get(f"/campaigns/{SLUG}").text
    for words in ("<svg", "集中推进阶段", "各单位进度", "红灯事项（逾期）清单", "最近运行", "试运行中"):
        assert words in page


def test_the_duties_of_a_campaign_are_filtered_and_paged(place: Place) -> None:
    client = admin(place)
    red = client.get(f"/campaigns/{SLUG}/duties?light=red").text
    assert 'class="light red"' in red
    assert 'class="light green"' not in red
    first, second = (client.get(f"/campaigns/{SLUG}/duties?page={page}").text for page in (1, 2))
    assert set(re.findall(r'href="/duties/(\d+)"', first)).isdisjoint(re.findall(r'href="/duties/(\d+)"', second))
    assert "没有符合条件的事项" in client.get(f"/campaigns/{SLUG}/duties?state=suspended").text


def test_the_duties_of_one_unit_are_found_by_its_name_and_a_part_of_a_name_offers_candidates(place: Place) -> None:
    client = admin(place)
    mine = client.get(f"/campaigns/{SLUG}/duties?unit=区教育局").text
    assert set(re.findall(r'data-label="单位">([^<]+)<', mine)) == {"区教育局"}
    near = client.get(f"/campaigns/{SLUG}/duties?unit=教育&light=red").text
    assert 'data-label="单位"' not in near
    (link,) = re.findall(r'<li><a href="([^"]+)">区教育局</a>', near)
    assert set(re.findall(r'data-label="单位">([^<]+)<', client.get(link.replace("&amp;", "&")).text)) <= {"区教育局"}
    assert "没有叫「火星」的单位" in client.get(f"/campaigns/{SLUG}/duties?unit=火星").text


def test_two_thousand_units_are_not_sent_with_every_form_but_offered_when_something_was_typed(place: Place) -> None:
    with place.store.begin() as tx:
        tx.add_all([Unit(code=f"m{number}", name=f"第{number}社区") for number in range(300)])
    client = admin(place)
    empty = client.get("/users").text
    assert len(re.findall(r"<option value=\"第\d+社区", empty)) == 0
    refused = client.post("/users", {"login": "wang", "name": "王一", "role": "contact", "unit": "第29"}, page="/users").text
    assert "没有单位「第29」" in refused
    assert re.findall(r"<option value=\"(第\d+社区)", refused) == ["第29社区", *(f"第29{last}社区" for last in range(10))]


def test_a_plan_is_read_reviewed_and_launched_in_two_steps(empty_place: Place) -> None:
    client = admin(empty_place)
    text = to_yaml(spec(NOW))
    review = client.post("/launch/review", {"year": "2026"}, page="/launch", files=[("file", ("方案.yaml", text.encode()))])
    assert review.status_code == 200
    for words in ("可以启动", "集中推进阶段", "开展背街小巷环境整治", "区城管局", "秦牧野"):
        assert words in review.text
    assert one_of(empty_place, Campaign) is None, "reading launches nothing"
    done = client.post("/launch", {"plan": text, "slug": "wenming"}, page="/launch")
    assert done.headers["location"] == "/campaigns/wenming"
    assert "应办事项" in client.get("/campaigns/wenming").text


def test_a_plan_that_is_wanting_is_shown_with_its_places_and_stays_editable(empty_place: Place) -> None:
    client = admin(empty_place)
    text = to_yaml(spec(NOW)).replace("lead_unit: 区城管局", "lead_unit: null", 1)
    review = client.post("/launch/review", {"plan": text}, page="/launch")
    assert "必须先解决" in review.text
    assert "启动</button>" not in review.text
    refused = client.post("/launch", {"plan": text, "slug": "wenming"}, page="/launch")
    assert refused.status_code == 400
    assert "开展背街小巷环境整治" in refused.text
    assert one_of(empty_place, Campaign) is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00bad", "标题: [".encode()])
def test_a_file_that_is_no_plan_is_refused_in_words(empty_place: Place, content: bytes) -> None:
    answer = admin(empty_place).post("/launch/review", {"year": "2026"}, page="/launch", files=[("file", ("方案.yaml", content))])
    assert answer.status_code == 400
    assert "没有办成" in answer.text


def test_a_gate_names_its_blockers_and_offers_what_the_rule_allows(place: Place) -> None:
    client = admin(place)
    page = client.get(f"/campaigns/{SLUG}/phases/2").text
    assert "项条件未满足" in page
    assert "现在不能选" in page
    answer = client.post(f"/campaigns/{SLUG}/phases/2/gate", {"outcome": "pass", "reason": "写了很久的理由"}, page=f"/campaigns/{SLUG}/phases/2")
    assert answer.status_code == 409
    assert "还不能「通过」" in answer.text
    assert "写了很久的理由" in answer.text


def test_holding_needs_a_reason_and_is_recorded(place: Place) -> None:
    client = admin(place)
    path = f"/campaigns/{SLUG}/phases/2"
    assert client.post(f"{path}/gate", {"outcome": "hold"}, page=path).status_code == 409
    assert client.post(f"{path}/gate", {"outcome": "hold", "reason": "等材料"}, page=path).status_code == 303
    assert "暂缓转段" in client.get(path).text
    gate = one_of(place, GateRecord, outcome="held")
    assert gate is not None


def test_overruling_takes_a_leader_that_the_plan_names(place: Place) -> None:
    path = f"/campaigns/{SLUG}/phases/2"
    form = {"outcome": "overrule", "reason": "区委决定"}
    assert admin(place).post(f"{path}/gate", form, page=path).status_code == 409
    leader = open_account(place, "ling", ("leader", None), name="秦牧野")
    assert leader.post(f"{path}/gate", form, page=path).status_code == 303
    with place.store.read() as tx:
        assert find_phase(tx, find_campaign(tx, SLUG), "p2").state == "closed"


def test_triggering_without_prefect_says_so_and_loses_nothing(place: Place) -> None:
    path = f"/campaigns/{SLUG}/phases/2"
    answer = admin(place).post(f"{path}/run", {"reason": "提前催办"}, page=path)
    assert answer.status_code == 503
    assert "Prefect 没有响应" in answer.text
    assert "提前催办" in answer.text, "the reason comes back"
    assert "不经 Prefect 直接办理" in answer.text
    assert "campaign up" not in answer.text.partition("<main")[2], "whoever reads pages types no commands"


def test_without_prefect_the_same_pass_is_carried_out_here(place: Place) -> None:
    path = f"/campaigns/{SLUG}/phases/2"
    client = admin(place)
    done = client.post(f"{path}/run", {"reason": "提前催办", "how": "plain"}, page=path)
    assert done.status_code == 303
    assert "已直接办理阶段「集中推进阶段」" in client.get(path).text
    with place.store.read() as tx:
        run = tx.exec(select(PassRun).where(PassRun.name == "phase").order_by(col(PassRun.id).desc())).first()
    assert run is not None
    assert (run.state, run.actor) == ("done", "人员guan")


def test_triggering_starts_the_deployment_in_the_visitors_name(place: Place) -> None:
    import httpx

    from campaign.engine.client import Engine

    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        made = {"id": "run-1", "name": "样例", "state": {"type": "SCHEDULED", "name": "Scheduled"}}
        return httpx.Response(200, json={"id": "dep-1"} if request.method == "GET" else made)

    watch = PrefectWatch(lambda: Engine("http://prefect.test/api", transport=httpx.MockTransport(answer)))
    admin(place)
    client = browser(place, prefect=watch)
    client.log_in("guan")
    path = f"/campaigns/{SLUG}/phases/2"
    assert client.post(f"{path}/run", {"reason": "提前催办"}, page=path).status_code == 303
    body = asked[-1].read().decode()
    assert "人员guan" in body.encode().decode("unicode_escape", "ignore") or "人员guan" in body
    assert "run-1" in client.get(path).text
    no_prefect().close()


def test_a_planned_phase_is_opened_and_a_closed_one_needs_a_reason(place: Place) -> None:
    client = admin(place)
    path = f"/campaigns/{SLUG}/phases/3"
    assert client.post(f"{path}/open", page=path).status_code == 303
    with place.store.begin() as tx:
        phase = find_phase(tx, find_campaign(tx, SLUG), "p3")
        phase.state, phase.closed_at = "closed", NOW
        tx.add(phase)
    assert client.post(f"{path}/open", {"reason": ""}, page="/password").status_code == 409
    assert client.post(f"{path}/open", {"reason": "补做"}, page="/password").status_code == 303


def test_signing_issues_a_paper_in_the_signers_name_with_a_number(place: Place) -> None:
    client = open_account(place, "ling", ("leader", None), name="邵清和")
    draft = one_of(place, Notice, state="draft")
    assert isinstance(draft, Notice)
    assert "以「邵清和」名义签发" in client.get("/sign").text
    assert client.post(f"/sign/{draft.id}", {"what": "sign"}, page="/sign").status_code == 303
    with place.store.read() as tx:
        issued = tx.get_one(Notice, draft.id)
    assert (issued.state, issued.signed_by) == ("issued", "邵清和")
    assert issued.number
    again = client.post(f"/sign/{draft.id}", {"what": "sign"}, page="/sign")
    assert again.status_code == 409
    assert "已由 邵清和 签发" in again.text
    assert client.post(f"/sign/{draft.id}", {"what": "serve", "to": "叶知秋"}, page="/sign").status_code == 303


def test_withdrawing_a_draft_needs_a_reason(place: Place) -> None:
    client = admin(place)
    draft = one_of(place, Notice, state="draft")
    assert isinstance(draft, Notice)
    assert client.post(f"/sign/{draft.id}", {"what": "withdraw"}, page="/sign").status_code == 409
    assert client.post(f"/sign/{draft.id}", {"what": "withdraw", "reason": "已另行约谈"}, page="/sign").status_code == 303


def test_search_finds_within_ones_reach_only(place: Place) -> None:
    assert "开展背街小巷环境整治" in admin(place).get("/search?q=背街小巷").text
    contact = open_account(place, "lian", ("contact", "区教育局"))
    assert "没有找到" in contact.get("/search?q=背街小巷").text
    assert contact.get("/search?q=%25").status_code == 200


@pytest.mark.parametrize(
    "path", ["/campaigns", f"/campaigns/{SLUG}", f"/campaigns/{SLUG}/duties", "/sign", "/requests", "/units", "/users", "/log", "/search?q=整治", "/launch"]
)
def test_an_administrators_pages_need_at_most_twelve_queries(place: Place, counting: Counting, path: str) -> None:
    client = admin(place)
    asked(place, "extend")
    client.get(path)
    with counting() as seen:
        assert client.get(path).status_code == 200
    statements = [one for one in seen.statements if not one.startswith(("BEGIN", "PRAGMA", "ROLLBACK"))]
    assert len(statements) <= 12, "\n\n".join(statements)


def test_a_phase_with_its_gate_needs_at_most_twelve_queries(place: Place, counting: Counting) -> None:
    client = admin(place)
    with place.store.read() as tx:
        numbers = tx.exec(select(Phase.number).join(Campaign, col(Campaign.id) == Phase.campaign_id).where(Campaign.slug == SLUG, Phase.state == "open")).all()
    for number in numbers:
        client.get(f"/campaigns/{SLUG}/phases/{number}")  # the working calendar is read once a process
        with counting() as seen:
            assert client.get(f"/campaigns/{SLUG}/phases/{number}").status_code == 200
        assert len([one for one in seen.statements if not one.startswith(("BEGIN", "PRAGMA", "ROLLBACK"))]) <= 12
