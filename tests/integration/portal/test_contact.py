"""联络员: sees what the unit owes and nothing else, hands it in, and loses neither a file nor a word when something is refused."""

from __future__ import annotations

import re

import pytest
from sqlmodel import col, select

from campaign.portal.place import Place
from campaign.records.campaigns import need_unit
from campaign.records.tables import Duty, Notice, StoredFile, Submission, Unit, Upload, Verdict
from campaign.work.by import By
from campaign.work.duty.change_duty import acknowledge
from tests.integration.portal.conftest import NOW, Browser, Counting, open_account, unit_with

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
PDF += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
TEXT = "整治情况：清理楼道 12 处。\n".encode()


def contact(place: Place, unit: str, login: str = "lian") -> Browser:
    return open_account(place, login, ("contact", unit))


def state_of(place: Place, duty_id: int) -> str:
    with place.store.read() as tx:
        return tx.get_one(Duty, duty_id).state


def test_after_the_login_a_contact_person_is_at_the_list(place: Place) -> None:
    _, unit = unit_with(place, "open")
    client = contact(place, unit)
    assert client.get("/").headers["location"] == "/todo"


def test_the_list_shows_the_units_own_duties_with_light_deadline_and_reason(place: Place) -> None:
    duty_id, unit = unit_with(place, "returned")
    page = contact(place, unit).get("/todo").text
    assert f'href="/duties/{duty_id}"' in page
    assert "退回原因：缺少说明报告" in page
    assert re.search(r'class="light (red|yellow)"><span aria-hidden="true">[●▲]</span>', page)
    assert re.search(r"还剩 \d+ 个工作日|今天到期|明天到期|已逾期 \d+ 天", page)


def test_the_list_shows_no_other_unit(place: Place) -> None:
    client = contact(place, "云溪街道杏园社区")
    listed = {int(found) for show in ("todo", "done", "submitted") for found in re.findall(r'href="/duties/(\d+)"', client.get(f"/todo?show={show}").text)}
    with place.store.read() as tx:
        owners = {tx.get_one(Unit, tx.get_one(Duty, one).unit_id).name for one in listed}
    assert owners <= {"云溪街道杏园社区"}


def test_a_street_sees_its_communities_when_they_lie_below_it(place: Place) -> None:
    with place.store.begin() as tx:
        street, community = (tx.exec(select(Unit).where(Unit.name == name)).one() for name in ("云溪街道", "云溪街道杏园社区"))
        community.parent_id = street.id
        tx.add(community)
        duty = tx.exec(select(Duty).where(Duty.unit_id == community.id)).first()
        assert duty is not None
        duty_id = duty.id
    assert contact(place, "云溪街道").get(f"/duties/{duty_id}").status_code == 200
    assert contact(place, "柳荫街道", "other").get(f"/duties/{duty_id}").status_code == 404


@pytest.mark.parametrize("action", ["ack", "submit", "extension", "refusal"])
def test_another_units_duty_does_not_exist_for_a_contact_person(place: Place, action: str) -> None:
    duty_id, _ = unit_with(place, "open")
    client = contact(place, "云溪街道桂苑社区")
    assert client.get(f"/duties/{duty_id}").status_code == 404
    form = {"note": "别的单位", "reason": "别的单位", "wanted_on": "2027-01-10"}
    assert client.post(f"/duties/{duty_id}/{action}", form, page="/password").status_code == 404
    assert state_of(place, duty_id) == "open"


def test_the_page_says_what_exactly_is_asked_and_why_the_deadline_is_what_it_is(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    page = contact(place, unit).get(f"/duties/{duty_id}").text
    for words in ("要交什么", "期限", "方案为本事项规定的期限", "文件名建议", "不得上传涉密信息", "申请延期", "申请退单", "签收"):
        assert words in page


def test_acknowledging_is_recorded_once_with_its_name(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    client = contact(place, unit)
    assert client.post(f"/duties/{duty_id}/ack", page=f"/duties/{duty_id}").status_code == 303
    page = client.get(f"/duties/{duty_id}").text
    assert "已签收" in page
    assert "人员lian" in page


def test_files_and_note_become_a_version_that_waits_for_its_review(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    client = contact(place, unit)
    files = [("files", ("整治 台账.txt", TEXT)), ("files", ("照片.pdf", PDF))]
    answer = client.post(f"/duties/{duty_id}/submit", {"note": "已完成。"}, page=f"/duties/{duty_id}", files=files)
    assert answer.status_code == 303
    assert state_of(place, duty_id) == "submitted"
    page = client.get(f"/duties/{duty_id}").text
    assert "第 1 版已收到并保存" in page
    assert "整治 台账.txt" in page
    assert "等待审核" in page
    with place.store.read() as tx:
        version = tx.exec(select(Submission).where(Submission.duty_id == duty_id)).one()
        stored = tx.exec(select(StoredFile).where(StoredFile.media_type == "text/plain")).one()
    assert version.submitted_by == "人员lian"
    download = client.get(f"/files/{version.id}/1")
    assert download.content == TEXT
    assert download.headers["content-disposition"].startswith("attachment")
    assert download.headers["x-content-type-options"] == "nosniff"
    assert stored.size == len(TEXT)


def test_figures_are_computed_into_a_rate(place: Place) -> None:
    duty_id, unit = unit_with(place, "open", "perform")
    client = contact(place, unit)
    form = {"note": "本周进展", "part": "45", "whole": "50", "basis": "沿街门店"}
    assert client.post(f"/duties/{duty_id}/submit", form, page=f"/duties/{duty_id}").status_code == 303
    assert "分子 45 / 分母 50 = 90.0%（口径：沿街门店）" in client.get(f"/duties/{duty_id}").text


@pytest.mark.parametrize(
    ("form", "files", "told"),
    [
        pytest.param({"note": "写了很久的说明", "part": "abc", "whole": "3"}, [], "应填数字", id="figures"),
        pytest.param({"note": "写了很久的说明", "part": "1", "whole": "0"}, [], "分母应大于 0", id="zero"),
        pytest.param({"note": "写了很久的说明"}, [("files", ("空.pdf", b""))], "空文件", id="empty file"),
        pytest.param({"note": "写了很久的说明"}, [("files", ("程序.exe", b"MZ" + b"\0" * 200))], "不接收", id="program"),
        pytest.param({"note": "写了很久的说明"}, [("files", ("假的.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 200))], "扩展名", id="wrong type"),
        pytest.param({"note": "写了很久的说明"}, [], "至少一个文件", id="no file"),
    ],
)
def test_what_is_refused_gives_the_text_back(place: Place, form: dict[str, str], files: list[object], told: str) -> None:
    duty_id, unit = unit_with(place, "open")
    client = contact(place, unit)
    answer = client.post(f"/duties/{duty_id}/submit", form, page=f"/duties/{duty_id}", **({"files": files} if files else {}))
    assert answer.status_code == 400
    assert told in answer.text
    assert "写了很久的说明</textarea>" in answer.text
    assert state_of(place, duty_id) == "open"


def test_an_identity_number_is_pointed_out_before_it_is_handed_in(place: Place) -> None:
    duty_id, unit = unit_with(place, "open", "perform")
    client = contact(place, unit)
    form = {"note": "责任人身份证 11010519491231002X"}
    refused = client.post(f"/duties/{duty_id}/submit", form, page=f"/duties/{duty_id}")
    assert refused.status_code == 400
    assert "110105********002X" in refused.text
    assert client.post(f"/duties/{duty_id}/submit", form | {"personal": "1"}, page=f"/duties/{duty_id}").status_code == 303


def test_a_classified_mark_is_never_taken(place: Place) -> None:
    duty_id, unit = unit_with(place, "open", "perform")
    client = contact(place, unit)
    files = [("files", ("机密★会议记录.txt", TEXT))]
    refused = client.post(f"/duties/{duty_id}/submit", {"note": "说明", "personal": "1"}, page=f"/duties/{duty_id}", files=files)
    assert refused.status_code == 400
    assert "密级标志「机密」" in refused.text
    assert not list(place.home.glob("evidence/*/*/*")), "nor is a byte of it kept"


def test_good_files_beside_a_bad_one_are_kept_and_go_with_the_next_try(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    client = contact(place, unit)
    files = [("files", ("台账.txt", TEXT)), ("files", ("空.pdf", b""))]
    refused = client.post(f"/duties/{duty_id}/submit", {"note": "说明"}, page=f"/duties/{duty_id}", files=files)
    assert "已收到、还没有报送的文件" in refused.text
    assert "台账.txt" in refused.text
    assert client.post(f"/duties/{duty_id}/submit", {"note": "说明"}, page=f"/duties/{duty_id}").status_code == 303
    page = client.get(f"/duties/{duty_id}").text
    assert "台账.txt" in page
    with place.store.read() as tx:
        assert tx.exec(select(Upload)).all() == []


def test_a_file_in_the_tray_can_be_left_out(place: Place) -> None:
    duty_id, unit = unit_with(place, "open", "perform")
    client = contact(place, unit)
    client.post(f"/duties/{duty_id}/submit", {"note": "", "part": "x", "whole": "1"}, page=f"/duties/{duty_id}", files=[("files", ("多余.txt", TEXT))])
    client.post(f"/duties/{duty_id}/submit", {"note": "说明"}, page=f"/duties/{duty_id}", files=[("files", ("空.pdf", b"")), ("files", ("多余.txt", TEXT))])
    client.post(f"/duties/{duty_id}/submit", {"note": "说明"}, page=f"/duties/{duty_id}", files=[("files", ("多余.txt", TEXT)), ("files", ("空.pdf", b""))])
    with place.store.read() as tx:
        waiting = [row.id for row in tx.exec(select(Upload)).all()]
    assert waiting
    assert client.post(f"/duties/{duty_id}/submit", {"note": "说明", "drop": waiting}, page=f"/duties/{duty_id}").status_code == 303
    with place.store.read() as tx:
        assert tx.exec(select(Upload)).all() == []
    assert "多余.txt</a>" not in client.get(f"/duties/{duty_id}").text


def test_a_deadline_that_passed_while_typing_does_not_lose_the_hand_in(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    client = contact(place, unit)
    answer = client.post(f"/duties/{duty_id}/submit", {"note": "晚了一点"}, page=f"/duties/{duty_id}", files=[("files", ("台账.txt", TEXT))])
    assert answer.status_code == 303


def test_a_finished_duty_says_so_and_gives_the_text_back(place: Place) -> None:
    duty_id, unit = unit_with(place, "accepted")
    client = contact(place, unit)
    answer = client.post(f"/duties/{duty_id}/submit", {"note": "写了很久的说明"}, page="/password", files=[("files", ("台账.txt", TEXT))])
    assert answer.status_code == 400
    assert "已办结" in answer.text


def test_material_of_an_earlier_duty_can_be_used_again(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    client = contact(place, unit)
    client.post(f"/duties/{duty_id}/submit", {"note": "一"}, page=f"/duties/{duty_id}", files=[("files", ("共用台账.txt", TEXT))])
    with place.store.read() as tx:
        own = tx.get_one(Duty, duty_id).unit_id
        other = tx.exec(select(Duty).where(Duty.unit_id == own, Duty.state == "open", Duty.kind == "perform", Duty.id != duty_id)).first()
        version = tx.exec(select(Submission).where(Submission.duty_id == duty_id)).one()
    assert other is not None
    page = client.get(f"/duties/{other.id}").text
    assert "用于其他指标的材料，是否复用？" in page
    assert "共用台账.txt" in page
    assert client.post(f"/duties/{other.id}/submit", {"reuse": f"{version.id}-1"}, page=f"/duties/{other.id}").status_code == 303
    stranger = contact(place, "云溪街道桂苑社区", "stranger")
    with place.store.read() as tx:
        rows = select(Duty).where(Duty.unit_id == need_unit(tx, "云溪街道桂苑社区").id, Duty.state == "open", col(Duty.notice_id).is_(None))
        theirs = tx.exec(rows).first()
    assert theirs is not None
    assert stranger.post(f"/duties/{theirs.id}/submit", {"reuse": f"{version.id}-1"}, page=f"/duties/{theirs.id}").status_code == 404


def test_a_stranger_gets_neither_file_nor_preview(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    client = contact(place, unit)
    client.post(f"/duties/{duty_id}/submit", {"note": "一"}, page=f"/duties/{duty_id}", files=[("files", ("台账.txt", TEXT))])
    with place.store.read() as tx:
        version = tx.exec(select(Submission).where(Submission.duty_id == duty_id)).one()
    assert "清理楼道 12 处" in client.get(f"/files/{version.id}/1/look").text
    stranger = contact(place, "云溪街道桂苑社区", "stranger")
    for path in ("", "/look", "/pages/1"):
        assert stranger.get(f"/files/{version.id}/1{path}").status_code == 404


def test_asking_for_an_extension_keeps_the_deadline_until_the_answer(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    client = contact(place, unit)
    answer = client.post(f"/duties/{duty_id}/extension", {"wanted_on": "2027-01-10", "reason": "等待区里数据"}, page=f"/duties/{duty_id}")
    assert answer.status_code == 303
    page = client.get(f"/duties/{duty_id}").text
    assert "申请延期：等待答复" in page
    again = client.post(f"/duties/{duty_id}/extension", {"wanted_on": "2027-01-11", "reason": "再申请一次"}, page=f"/duties/{duty_id}")
    assert again.status_code == 400
    assert "不用重复申请" in again.text
    assert "再申请一次" in again.text


def test_asking_to_be_relieved_needs_a_reason(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    client = contact(place, unit)
    assert client.post(f"/duties/{duty_id}/refusal", {"reason": " "}, page=f"/duties/{duty_id}").status_code == 400
    assert client.post(f"/duties/{duty_id}/refusal", {"reason": "职责在城管", "suggested_unit": "区城管局"}, page=f"/duties/{duty_id}").status_code == 303
    assert "建议交由 区城管局" in client.get(f"/duties/{duty_id}").text


def test_confirming_a_paper_delivers_it_and_is_said_once(place: Place) -> None:
    with place.store.begin() as tx:
        notice = tx.exec(select(Notice).where(Notice.state == "delivered", Notice.kind == "督办通知书")).first()
        assert notice is not None
        notice.state, notice.delivered_at = "issued", None
        tx.add(notice)
        unit, notice_id = tx.get_one(Unit, notice.unit_id).name, notice.id
    client = contact(place, unit)
    assert "待确认" in client.get("/notices").text
    assert client.post(f"/notices/{notice_id}/read", page=f"/notices/{notice_id}").status_code == 303
    with place.store.read() as tx:
        assert tx.get_one(Notice, notice_id).state == "delivered"
    assert "人员lian" in client.get(f"/notices/{notice_id}").text
    assert "确认已读</button>" not in client.get(f"/notices/{notice_id}").text
    assert contact(place, "云溪街道桂苑社区", "stranger").get(f"/notices/{notice_id}").status_code == 404


def test_a_verdict_and_its_reason_are_on_the_page(place: Place) -> None:
    duty_id, unit = unit_with(place, "returned")
    page = contact(place, unit).get(f"/duties/{duty_id}").text
    assert "退回原因：" in page
    assert "缺少说明报告" in page
    with place.store.read() as tx:
        assert tx.exec(select(Verdict)).first() is not None


@pytest.mark.slow
def test_the_database_being_busy_is_said_and_loses_no_text(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    duty_id, unit = unit_with(place, "open", "perform")
    client = contact(place, unit)
    page = client.get(f"/duties/{duty_id}")
    token = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert token
    with place.store.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
        connection.rollback()
    other = sqlite3.connect(place.home / "campaign.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        answer = client.request("POST", f"/duties/{duty_id}/submit", data={"csrf": token[1], "note": "写了很久的说明"})
    finally:
        other.close()
    assert answer.status_code == 503
    assert "数据库正忙" in answer.text
    assert "写了很久的说明</textarea>" in answer.text


@pytest.mark.parametrize("path", ["/todo", "/duties/{}", "/notices"])
def test_a_contact_persons_pages_need_at_most_twelve_queries(place: Place, counting: Counting, path: str) -> None:
    duty_id, unit = unit_with(place, "open")
    client = contact(place, unit)
    with place.store.begin() as tx:
        acknowledge(tx, tx.get_one(Duty, duty_id), By("某人", NOW))
    client.get(path.format(duty_id))
    with counting() as seen:
        assert client.get(path.format(duty_id)).status_code == 200
    asked = [one for one in seen.statements if not one.startswith(("BEGIN", "PRAGMA", "ROLLBACK"))]
    assert len(asked) <= 12, "\n\n".join(asked)


def test_the_list_is_light_enough_for_a_slow_phone(place: Place) -> None:
    _, unit = unit_with(place, "open")
    client = contact(place, unit)
    page = client.get("/todo").text
    assets = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    weight = len(page.encode()) + sum(len(client.get(asset).content) for asset in assets)
    assert len(assets) + 1 <= 10
    assert weight <= 150_000
