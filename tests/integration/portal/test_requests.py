"""What units ask of the office and how it answers; and a file that goes when two persons agree."""

from __future__ import annotations

from sqlmodel import select

from campaign.portal.place import Place
from campaign.records.tables import (
    Duty,
    DutyRequest,
    StoredFile,
    Submission,
    Unit,
)
from tests.integration.portal.conftest import NOW, admin, asked, one_of, open_account, unit_with


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
