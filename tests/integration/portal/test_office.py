"""The office: from a plan's file to a campaign, gates, signatures, requests, people and accounts, each through a plain form."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from sqlmodel import col, select

from campaign.plan.yaml_text import to_yaml
from campaign.portal.place import Place, PrefectWatch
from campaign.records.campaigns import find_campaign, find_phase
from campaign.records.people.rolls import add_alias, person_of, post_of, take_post
from campaign.records.tables import (
    Campaign,
    Duty,
    DutyRequest,
    GateRecord,
    Notice,
    PassRun,
    Person,
    Phase,
    Post,
    StoredFile,
    Submission,
    Tenure,
    Unit,
    UnitAlias,
)
from campaign.rules.calendar import campaign_day
from campaign.work.by import By
from campaign.work.duty.requests import ask_extension, ask_refusal
from tests.integration.portal.conftest import NOW, Browser, Counting, browser, no_prefect, open_account, unit_with
from tests.integration.portal.sample import SLUG, spec


def admin(place: Place, login: str = "guan", name: str = "") -> Browser:
    return open_account(place, login, ("admin", None), name=name)


def one_of(place: Place, model: type, **chosen: object) -> object:
    with place.store.read() as tx:
        return tx.exec(select(model).filter_by(**chosen)).first()


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


def asked(place: Place, kind: str, by: str = "叶知秋") -> tuple[int, int]:
    duty_id, _ = unit_with(place, "open")
    with place.store.begin() as tx:
        duty = tx.get_one(Duty, duty_id)
        if kind == "extend":
            from datetime import date

            request = ask_extension(tx, duty, date(2027, 1, 10), By(by, NOW, "等待数据"))
        else:
            request = ask_refusal(tx, duty, By(by, NOW, "职责不在本单位"), suggested_unit="区卫健局")
        return request.id, duty_id


def test_an_extension_is_granted_with_the_day_that_the_office_chooses(place: Place) -> None:
    request_id, duty_id = asked(place, "extend")
    client = admin(place)
    assert "申请延期到 2027年1月10日" in client.get("/requests").text
    assert client.post(f"/requests/{request_id}", {"what": "grant", "on": "2027-01-05"}, page="/requests").status_code == 303
    with place.store.read() as tx:
        duty = tx.get_one(Duty, duty_id)
    assert duty.due_source == "extended"
    assert "2027年1月5日" in client.get(f"/duties/{duty_id}").text
    assert "已同意" in client.get("/requests?show=decided").text


def test_a_refused_request_keeps_the_duty_and_tells_the_reason(place: Place) -> None:
    request_id, duty_id = asked(place, "refuse")
    client = admin(place)
    assert client.post(f"/requests/{request_id}", {"what": "reject"}, page="/requests").status_code == 409
    assert client.post(f"/requests/{request_id}", {"what": "reject", "reason": "三定方案明确由贵单位负责"}, page="/requests").status_code == 303
    page = client.get(f"/duties/{duty_id}").text
    assert "三定方案明确由贵单位负责" in page


def test_reassigning_moves_the_duty_to_the_other_unit(place: Place) -> None:
    request_id, duty_id = asked(place, "refuse")
    with place.store.read() as tx:
        owner = tx.get_one(Duty, duty_id).unit_id
        heir = tx.exec(select(Unit).where(Unit.id != owner, Unit.state == "active")).first()
    assert heir is not None
    client = admin(place)
    assert client.post(f"/requests/{request_id}", {"what": "reassign", "unit": heir.name, "reason": "同意"}, page="/requests").status_code == 303
    with place.store.read() as tx:
        moved = tx.exec(select(Duty).where(Duty.origin == f"reassign:duty:{duty_id}")).one()
        assert tx.get_one(Duty, duty_id).state == "cancelled"
    assert (moved.unit_id, moved.state) == (heir.id, "open")
    again = client.post(f"/requests/{request_id}", {"what": "waive", "reason": "再来"}, page="/requests")
    assert again.status_code == 409
    assert "没有重复办理" in again.text


def test_nobody_answers_his_own_request(place: Place) -> None:
    request_id, _ = asked(place, "extend", by="邵清和")
    client = admin(place, name="邵清和")
    answer = client.post(f"/requests/{request_id}", {"what": "grant", "on": "2027-01-05"}, page="/requests")
    assert answer.status_code == 409
    assert "不能审批自己的申请" in answer.text
    assert isinstance(one_of(place, DutyRequest, state="open"), DutyRequest)


def test_a_file_goes_only_when_two_persons_agree_and_leaves_its_tombstone(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    contact = open_account(place, "lian", ("contact", unit))
    contact.post(f"/duties/{duty_id}/submit", {"note": "一"}, page=f"/duties/{duty_id}", files=[("files", ("名单.txt", "某人身份证".encode()))])
    version = one_of(place, Submission, duty_id=duty_id)
    assert isinstance(version, Submission)
    path = f"/files/{version.id}/1"
    first, second = admin(place), admin(place, "er")
    assert first.post(f"{path}/withdrawal", {"reason": "误传身份证"}, page=f"{path}/look").status_code == 303
    assert contact.get(path).status_code == 200, "one person removes nothing"
    own = first.post("/withdrawals/1", {"what": "agree"}, page="/requests")
    assert own.status_code == 409
    assert "须由两个人办理" in own.text
    assert second.post("/withdrawals/1", {"what": "agree"}, page="/requests").status_code == 303
    gone = contact.get(path)
    assert gone.status_code == 400
    assert "已按规定撤回" in gone.text
    page = contact.get(f"/duties/{duty_id}").text
    assert "<s>名单.txt</s>" in page
    stored = next(iter(place.home.glob("evidence/*/*/*.withdrawn")))
    assert not stored.with_suffix("").exists()
    file = one_of(place, StoredFile, sha256=stored.stem)
    assert isinstance(file, StoredFile)
    assert file.withdrawn_at is not None


def test_a_withdrawal_that_a_crash_cut_in_two_is_finished_at_the_next_start(place: Place) -> None:
    from campaign.portal.__main__ import finish_withdrawals
    from campaign.records.duty.requests import mark_withdrawn

    duty_id, unit = unit_with(place, "open")
    contact = open_account(place, "lian", ("contact", unit))
    contact.post(f"/duties/{duty_id}/submit", {"note": "一"}, page=f"/duties/{duty_id}", files=[("files", ("名单.txt", "某人身份证".encode()))])
    with place.store.begin() as tx:
        file = tx.exec(select(StoredFile).where(StoredFile.media_type == "text/plain")).one()
        mark_withdrawn(tx, file.sha256, NOW, "误传身份证")
    assert list(place.home.glob(f"evidence/*/*/{file.sha256}"))
    finish_withdrawals(place)
    finish_withdrawals(place)
    assert not list(place.home.glob(f"evidence/*/*/{file.sha256}"))


def test_units_go_out_to_a_table_and_come_back_from_it(place: Place) -> None:
    client = admin(place)
    assert "联系不上" in client.get("/units").text
    table = client.get("/units.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(table.content))
    assert book.active["A1"].value == "单位名称"
    rows = [["单位名称", "岗位", "姓名", "手机"], ["云溪街道桂苑社区", "单位联络员", "楚云深", "13900001111"]]
    sent = openpyxl.Workbook()
    for row in rows:
        sent.active.append(row)
    out = io.BytesIO()
    sent.save(out)
    assert client.post("/units/import", {}, page="/units", files=[("file", ("名册.xlsx", out.getvalue()))]).status_code == 303
    assert "楚云深" in client.get("/units").text


STRANGE = ("=示例局", "+甲办", "-乙办", "@丙站", "'丁所", "示例（区）局")


def test_a_table_that_went_out_comes_back_without_a_change(place: Place) -> None:
    """Also names that a spreadsheet would compute, a post that is called otherwise than its relation, and what is known under two names."""
    with place.store.begin() as tx:
        for number, name in enumerate(STRANGE):
            unit = Unit(code=f"X{number}", name=name, kind="区直单位", external=number == 1)
            tx.add(unit)
            tx.flush()
            add_alias(tx, f"简称{number}", unit)
            add_alias(tx, f"旧 称{number}", unit)
            head = person_of(tx, unit, f"=负责人{number}", f"1390000000{number}", f"a{number}@example.org", f"acc{number}")
            take_post(tx, head, post_of(tx, unit, "group_head", "区长"), campaign_day(NOW))
            take_post(tx, head, post_of(tx, unit, "contact", "联络员"), campaign_day(NOW))
    client = admin(place)
    before = standing_roll(place)
    table = client.get("/units.xlsx").content
    answer = client.post("/units/import", {}, page="/units", files=[("file", ("名册.xlsx", table))])
    assert answer.status_code == 303, answer.text
    assert "新建 0 个单位，到任 0 人，离任 0 人" in client.get("/units").text
    assert standing_roll(place) == before
    assert client.get("/units.xlsx").content == table
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(table)).active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}, "nothing is computed by whoever opens it"
    assert set(STRANGE) <= {cell.value for cell in cells}


def standing_roll(place: Place) -> list[object]:
    with place.store.read() as tx:
        return [[row.model_dump() for row in tx.exec(select(model)).all()] for model in (Unit, UnitAlias, Person, Post, Tenure)]


def test_a_wrong_table_changes_nothing_and_says_where(place: Place) -> None:
    answer = admin(place).post("/units/import", {}, page="/units", files=[("file", ("名册.xlsx", b"no table"))])
    assert answer.status_code == 400
    assert "没有办成" in answer.text


def test_an_account_is_opened_with_a_password_that_is_shown_once(place: Place) -> None:
    client = admin(place)
    unit = one_of(place, Unit, name="区城管局")
    assert isinstance(unit, Unit)
    page = client.post("/users", {"login": "xin", "name": "楚云深", "role": "contact", "unit": unit.name}, page="/users")
    found = re.search(r"一次性口令：<code>([^<]+)</code>", page.text)
    assert found
    assert browser(place).log_in("xin", found[1]).headers["location"] == "/password"
    assert found[1] not in client.get("/users").text
    again = client.post("/users", {"login": "xin", "name": "另一人", "role": "contact"}, page="/users")
    assert again.status_code == 400
    assert 'value="另一人"' in again.text


def test_roles_are_given_taken_and_accounts_closed_on_the_page(place: Place) -> None:
    client = admin(place)
    other = open_account(place, "xin", ("contact", "区城管局"))
    with place.store.read() as tx:
        from campaign.records.people.accounts import account_by_login, grants_of

        account = account_by_login(tx, "xin")
        assert account is not None
        grant = grants_of(tx, [account.id])[account.id][0]
    assert client.post(f"/users/{account.id}", {"what": "grant", "role": "reviewer", "unit": ""}, page="/users").status_code == 303
    assert other.get("/review").status_code == 200
    assert client.post(f"/users/{account.id}", {"what": "revoke", "grant": str(grant.id)}, page="/users").status_code == 303
    assert other.get("/todo").status_code == 403
    assert client.post(f"/users/{account.id}", {"what": "disable"}, page="/users").status_code == 400
    assert client.post(f"/users/{account.id}", {"what": "disable", "reason": "调离"}, page="/users").status_code == 303
    assert other.get("/password").status_code == 303


def test_the_log_names_who_did_what_and_pages_by_id(place: Place) -> None:
    client = admin(place)
    page = client.get("/log?verb=submit").text
    assert "叶知秋" in page
    assert "报送" in page
    first = client.get("/log").text
    older = re.search(r'href="(/log\?[^"]*before=\d+)"', first)
    assert older
    assert client.get(older[1].replace("&amp;", "&")).status_code == 200


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
