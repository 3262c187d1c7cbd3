"""What an administrator changes while a campaign runs, through plain forms: one duty, problems found, dates, suspensions, ladders."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlmodel import col, select

from campaign.portal.place import Place
from campaign.records.tables import Campaign, Duty, DutyKind, Finding, Notice, NoticeLine, Phase, Suspension
from campaign.rules.calendar import due_on
from tests.integration.portal.conftest import NOW, Browser, open_account, unit_with
from tests.integration.portal.sample import LADDERS, SLUG

ADJUST, FINDINGS = f"/campaigns/{SLUG}/adjust", f"/campaigns/{SLUG}/findings"


@pytest.fixture
def client(place: Place) -> Browser:
    return open_account(place, "guan", ("admin", None))


def duty_of(place: Place, duty_id: int) -> Duty:
    with place.store.read() as tx:
        return tx.get_one(Duty, duty_id)


def phase_of(place: Place, number: int) -> Phase:
    with place.store.read() as tx:
        return tx.exec(select(Phase).join(Campaign).where(Campaign.slug == SLUG, Phase.number == number)).one()


def told(place: Place, kind: str) -> set[int]:
    with place.store.read() as tx:
        return {line.duty_id for line in tx.exec(select(NoticeLine).join(Notice).where(Notice.kind == kind)).all()}


def findings(place: Place) -> list[Finding]:
    with place.store.read() as tx:
        return list(tx.exec(select(Finding).join(Campaign).where(Campaign.slug == SLUG).order_by(col(Finding.id))).all())


@pytest.mark.parametrize(("what", "state"), [("waive", "waived"), ("cancel", "cancelled"), ("suspend", "suspended")])
def test_the_office_ends_or_stops_a_duty_with_a_reason_that_the_unit_reads(place: Place, client: Browser, what: str, state: str) -> None:
    duty_id, unit = unit_with(place, "open")
    page = f"/duties/{duty_id}"
    form = {"what": what, "office_reason": "辖区内无此类场所"}
    assert client.post(f"{page}/office", form, page=page).status_code == 303
    assert duty_of(place, duty_id).state == state
    assert "辖区内无此类场所" in open_account(place, "lian", ("contact", unit)).get(page).text


def test_a_duty_goes_on_after_a_rest_and_gets_more_time(place: Place, client: Browser) -> None:
    duty_id, _ = unit_with(place, "open")
    page = f"/duties/{duty_id}"
    client.post(f"{page}/office", {"what": "suspend", "office_reason": "停工"}, page=page)
    assert "恢复计时" in client.get(page).text
    client.post(f"{page}/office", {"what": "resume", "office_reason": ""}, page=page)
    assert client.post(f"{page}/office", {"what": "extend", "until": "2027-01-15", "office_reason": "等待批复"}, page=page).status_code == 303
    found = duty_of(place, duty_id)
    assert found.state == "open"
    assert found.due_at is not None
    assert due_on(found.due_at) == date(2027, 1, 15)
    assert "原期限" in client.get(page).text


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"what": "waive", "office_reason": " "}, "免报须写明理由。"),
        ({"what": "extend", "until": "", "office_reason": "等待批复"}, "请填写延期到哪一天"),
        ({"what": "extend", "until": "2020-01-01", "office_reason": "等待批复"}, "等待批复"),
        ({"what": "erase", "office_reason": "试试"}, "请选择怎样处理"),
    ],
)
def test_what_the_office_cannot_do_is_said_and_what_was_typed_comes_back(place: Place, client: Browser, form: dict[str, str], says: str) -> None:
    duty_id, _ = unit_with(place, "open")
    before = duty_of(place, duty_id)
    answer = client.post(f"/duties/{duty_id}/office", form, page=f"/duties/{duty_id}")
    assert answer.status_code == 400
    assert says in answer.text
    assert "--" not in re.sub(r"<!--|-->|<[^>]*>", "", answer.text)
    assert duty_of(place, duty_id) == before


def test_a_problem_becomes_an_order_that_its_unit_sees(place: Place) -> None:
    inspector = open_account(place, "jian", ("inspector", None))
    known = len(findings(place))
    form = {
        "unit": "区住建局",
        "text": "农贸市场出口积水",
        "site": "望湖路",
        "severity": "major",
        "days": "3",
        "phase": str(phase_of(place, 2).id),
        "key": "k-1",
    }
    assert inspector.post(FINDINGS, form, page=FINDINGS).status_code == 303
    inspector.post(FINDINGS, form, page=FINDINGS)  # the button pressed twice
    found = findings(place)
    assert len(found) == known + 1
    page = inspector.get(FINDINGS).text
    assert "农贸市场出口积水" in page
    assert "望湖路" in page
    with place.store.read() as tx:
        order = tx.exec(select(Duty).where(Duty.finding_id == found[-1].id, Duty.kind == DutyKind.RECTIFY)).one()
    assert f'href="/duties/{order.id}"' in page
    assert "农贸市场出口积水" in open_account(place, "zhu", ("contact", "区住建局")).get("/todo").text


def test_a_problem_entered_by_mistake_is_withdrawn_with_its_order(place: Place, client: Browser) -> None:
    form = {"unit": "区住建局", "text": "登记错了的问题", "phase": str(phase_of(place, 2).id)}
    client.post(FINDINGS, form, page=FINDINGS)
    found = findings(place)[-1]
    assert "撤销问题须写明理由。" in client.post(f"/findings/{found.id}/withdraw", {"reason": ""}, page=FINDINGS).text
    assert client.post(f"/findings/{found.id}/withdraw", {"reason": "与上一条重复"}, page=FINDINGS).status_code == 303
    assert findings(place)[-1].state == "withdrawn"
    assert "登记错了的问题" in client.get(f"{FINDINGS}?state=withdrawn").text
    assert "登记错了的问题" not in client.get(f"{FINDINGS}?state=rectifying").text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"unit": ""}, "请填写哪个单位整改"),
        ({"unit": "区水务局"}, "区水务局"),
        ({"text": " "}, "请写明"),
        ({"phase": ""}, "请选择进行中的阶段"),
        ({"phase": "999999"}, "请选择进行中的阶段"),
        ({"days": "0"}, "1 到 365"),
        ({"days": "三"}, "1 到 365"),
        ({"severity": "huge"}, "请选择严重程度"),
    ],
)
def test_a_problem_that_lacks_something_is_not_entered(place: Place, client: Browser, change: dict[str, str], says: str) -> None:
    known = len(findings(place))
    form = {"unit": "区住建局", "text": "楼道堆物", "phase": str(phase_of(place, 2).id), **change}
    answer = client.post(FINDINGS, form, page=FINDINGS)
    assert answer.status_code == 400
    assert says in answer.text
    assert len(findings(place)) == known


def test_a_phase_gets_another_end_and_what_is_due_with_it_follows(place: Place, client: Browser) -> None:
    form = {"ends_on": "2027-01-29", "reason": "上级调整进度"}
    assert client.post(f"/campaigns/{SLUG}/phases/3/shift", form, page=ADJUST).status_code == 303
    assert phase_of(place, 3).ends_on == date(2027, 1, 29)


def test_units_are_told_of_the_end_that_moved_with_their_phase(place: Place, client: Browser) -> None:
    with place.store.begin() as tx:
        duty = tx.exec(select(Duty).where(Duty.state == "open", Duty.phase_id == phase_of(place, 2).id, Duty.kind == DutyKind.PERFORM)).first()
        assert duty is not None
        duty.due_source, duty.due_at = "phase", phase_of(place, 2).due_at
        tx.add(duty)
    client.post(f"/campaigns/{SLUG}/phases/2/shift", {"ends_on": "2027-01-20", "reason": "上级调整进度"}, page=ADJUST)
    assert duty.id in told(place, "调整通知")


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"ends_on": "", "reason": "调整"}, "请填写新的日期"),
        ({"ends_on": "2027-13-01", "reason": "调整"}, "2027-13-01"),
        ({"ends_on": "2020-01-01", "reason": "调整"}, "早于开始日期"),
        ({"ends_on": "2027-01-29", "reason": ""}, "须写明理由。"),
    ],
)
def test_dates_that_cannot_be_are_refused(place: Place, client: Browser, form: dict[str, str], says: str) -> None:
    before = phase_of(place, 3)
    answer = client.post(f"/campaigns/{SLUG}/phases/3/shift", form, page=ADJUST)
    assert answer.status_code == 400
    assert says in answer.text
    assert phase_of(place, 3) == before


def test_the_inspection_needs_a_date_in_the_plan_before_it_can_move(place: Place, client: Browser) -> None:
    assert "没有写明迎检日期" in client.get(ADJUST).text
    answer = client.post(f"/campaigns/{SLUG}/inspection", {"to": "2027-03-01", "reason": "上级改期"}, page=ADJUST)
    assert answer.status_code == 400
    assert "没有写明迎检日期" in answer.text
    assert "请填写新的迎检日期" in client.post(f"/campaigns/{SLUG}/inspection", {"to": "", "reason": "改期"}, page=ADJUST).text


def test_the_clocks_of_a_unit_stop_with_a_document_and_start_again(place: Place, client: Browser) -> None:
    duty_id, unit = unit_with(place, "open")
    with place.store.begin() as tx:
        heard = tx.get_one(Duty, duty_id)
        heard.acked_at, heard.acked_by = NOW, "示例联络员"
        tx.add(heard)
    form = {"unit": unit, "phase": "", "document": "防汛〔2026〕3号", "reason": "抗洪抢险"}
    assert client.post(f"/campaigns/{SLUG}/suspensions", form, page=ADJUST).status_code == 303
    assert duty_of(place, duty_id).state == "suspended"
    assert "防汛〔2026〕3号" in client.get(ADJUST).text
    with place.store.read() as tx:
        row = tx.exec(select(Suspension).order_by(col(Suspension.id).desc())).first()
    assert row is not None
    assert client.post(f"/suspensions/{row.id}/end", {}, page=ADJUST).status_code == 303
    assert duty_of(place, duty_id).state == "open"
    assert duty_id in told(place, "事项变动告知单")
    again = client.post(f"/suspensions/{row.id}/end", {}, page=ADJUST)
    assert again.status_code == 400
    assert "恢复" in again.text


@pytest.mark.parametrize(("change", "says"), [({"document": ""}, "暂缓须有依据"), ({"reason": ""}, "暂缓须写明理由。"), ({"unit": "区水务局"}, "区水务局")])
def test_a_suspension_without_its_grounds_stops_nothing(place: Place, client: Browser, change: dict[str, str], says: str) -> None:
    duty_id, unit = unit_with(place, "open")
    form = {"unit": unit, "document": "防汛〔2026〕3号", "reason": "抗洪抢险", **change}
    answer = client.post(f"/campaigns/{SLUG}/suspensions", form, page=ADJUST)
    assert answer.status_code == 400
    assert says in answer.text
    assert duty_of(place, duty_id).state == "open"


def test_a_ladder_is_read_in_words_and_then_put_in_force(place: Place, client: Browser) -> None:
    page = client.get("/ladders").text
    assert "提请问责" in page
    text = client.get("/ladders/default.yaml").text.replace("通用逾期督办规则", "整改期间督办规则")
    sent = [("file", ("整改期间.yaml", text.encode()))]
    look = client.post("/ladders/check", {"step": "look", "campaign": SLUG}, page="/ladders", files=sent).text
    assert "检查通过：整改期间督办规则" in look
    assert "催办" in look
    refused = client.post("/ladders/check", {"step": "use", "campaign": SLUG, "reason": ""}, page="/ladders", files=sent)
    assert "更换督办规则须写明理由。" in refused.text
    form = {"step": "use", "campaign": SLUG, "reason": "整改期间从严", "duty_kind": "rectify"}
    done = client.post("/ladders/check", form, page="/ladders", files=sent)
    assert done.status_code == 303
    assert "整改期间" in client.get(f"/ladders?campaign={SLUG}").text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "不是 UTF-8 文本"),
        (b"rungs: [", "规则.yaml"),
        ((LADDERS / "default.yaml").read_bytes().replace("[分管领导, 组长]".encode(), "[路人]".encode()), "路人"),
        ((LADDERS / "default.yaml").read_bytes().replace(b"dwell: 2wd", b"dwell: -2wd"), "-2wd"),
    ],
)
def test_a_ladder_that_cannot_be_right_is_refused_with_the_reason(client: Browser, content: bytes, says: str) -> None:
    answer = client.post("/ladders/check", {"step": "use", "campaign": SLUG, "reason": "试"}, page="/ladders", files=[("file", ("规则.yaml", content))])
    assert answer.status_code == 400
    assert says in answer.text
    assert "请选择" in client.post("/ladders/check", {"step": "look"}, page="/ladders").text


@pytest.mark.parametrize("day", ["0001-01-01", "2999-01-01", "9999-12-31"])
def test_a_day_in_a_year_that_nobody_means_is_refused_on_every_form(place: Place, client: Browser, day: str) -> None:
    duty_id, unit = unit_with(place, "open")
    contact, page = open_account(place, "lian", ("contact", unit)), f"/duties/{duty_id}"
    sent = [
        contact.post(f"{page}/extension", {"wanted_on": day, "reason": "等待"}, page=page),
        client.post(f"{page}/office", {"what": "extend", "until": day, "office_reason": "等待"}, page=page),
        client.post(f"/campaigns/{SLUG}/phases/3/shift", {"ends_on": day, "reason": "调整"}, page=ADJUST),
        client.post(f"/campaigns/{SLUG}/phases/3/shift", {"starts_on": day, "reason": "调整"}, page=ADJUST),
        client.post(f"/campaigns/{SLUG}/inspection", {"to": day, "reason": "调整"}, page=ADJUST),
        client.post("/calendar/days", {"first": day, "working": "1", "note": "调整"}, page="/calendar"),
        client.post(
            f"/campaigns/{SLUG}/burden", {"what": "ask", "unit": unit, "title": "报送", "due_on": day, "phase": str(phase_of(place, 2).id)}, page=ADJUST
        ),
    ]
    assert [(one.status_code, "2000 至 2099" in one.text) for one in sent] == [(400, True)] * len(sent)
    assert client.get(f"/campaigns/{SLUG}/stagger?start={day}").status_code == 200


def test_days_are_counted_from_the_sample_s_now() -> None:
    assert NOW.date() == date(2026, 11, 20), "the dates above lie after it"
