"""Files in pieces: whole at the end, resumed after a break, and never somebody else's."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlmodel import select

from campaign.portal.pages import uploads
from campaign.portal.place import Place
from campaign.records.tables import Duty, StoredFile, Submission, Upload
from tests.integration.portal.conftest import NOW, Browser, browser, open_account, token_on, unit_with

CONTENT = "整治台账，逐行登记\n".encode() * 50_000


class Sender:
    """What the page's script does, without a browser."""

    def __init__(self, client: Browser, duty_id: int) -> None:
        self.client, self.duty_id = client, duty_id
        self.token = token_on(client.get("/password").text)

    def announce(self, name: str, size: int) -> httpx.Response:
        body = json.dumps({"duty": self.duty_id, "name": name, "size": size})
        return self.client.request("POST", "/api/uploads", content=body, headers=self._headers())

    def piece(self, upload_id: str, offset: int, content: bytes) -> httpx.Response:
        return self.client.request("PATCH", f"/api/uploads/{upload_id}", content=content, headers=self._headers() | {"upload-offset": str(offset)})

    def far(self, upload_id: str) -> dict[str, Any]:
        told: dict[str, Any] = self.client.get(f"/api/uploads/{upload_id}").json()
        return told

    def _headers(self) -> dict[str, str]:
        return {"x-csrf-token": self.token, "content-type": "application/octet-stream"}


@pytest.fixture
def sender(place: Place) -> Sender:
    duty_id, unit = unit_with(place, "open")
    return Sender(open_account(place, "lian", ("contact", unit)), duty_id)


def test_pieces_become_one_file_that_goes_with_the_next_hand_in(place: Place, sender: Sender) -> None:
    made = sender.announce("台账.txt", len(CONTENT)).json()
    half = len(CONTENT) // 2
    assert sender.piece(made["id"], 0, CONTENT[:half]).json()["received"] == half
    done = sender.piece(made["id"], half, CONTENT[half:]).json()
    assert done["done"] is True
    page = f"/duties/{sender.duty_id}"
    assert "台账.txt" in sender.client.get(page).text
    assert sender.client.post(f"{page}/submit", {"note": "见附件"}, page=page).status_code == 303
    with place.store.read() as tx:
        version = tx.exec(select(Submission).where(Submission.duty_id == sender.duty_id)).one()
        stored = tx.exec(select(StoredFile).where(StoredFile.sha256 == hashlib.sha256(CONTENT).hexdigest())).one()
    assert stored.size == len(CONTENT)
    assert sender.client.get(f"/files/{version.id}/1").content == CONTENT
    assert list(place.arriving.folder.iterdir()) == []


def test_after_a_break_it_goes_on_where_it_stopped(sender: Sender) -> None:
    made = sender.announce("台账.txt", len(CONTENT)).json()
    sender.piece(made["id"], 0, CONTENT[:1000])
    assert sender.far(made["id"])["received"] == 1000
    wrong = sender.piece(made["id"], 0, CONTENT)
    assert wrong.status_code == 409
    assert sender.far(made["id"])["received"] == 1000
    assert sender.piece(made["id"], 1000, CONTENT[1000:]).json()["done"] is True
    assert sender.piece(made["id"], 0, b"x").json()["done"] is True, "a late repetition changes nothing"


def test_an_upload_survives_a_new_login(place: Place, sender: Sender) -> None:
    made = sender.announce("台账.txt", len(CONTENT)).json()
    sender.piece(made["id"], 0, CONTENT[:1000])
    again = browser(place)
    again.log_in("lian")
    assert Sender(again, sender.duty_id).far(made["id"])["received"] == 1000


def test_more_than_was_announced_is_refused(sender: Sender) -> None:
    made = sender.announce("台账.txt", 10).json()
    assert sender.piece(made["id"], 0, b"x" * 11).status_code == 400


def test_an_upload_of_somebody_else_does_not_exist(place: Place, sender: Sender) -> None:
    made = sender.announce("台账.txt", 10).json()
    other = Sender(open_account(place, "other", ("contact", "云溪街道桂苑社区")), sender.duty_id)
    assert other.piece(made["id"], 0, b"x" * 10).status_code == 404
    assert other.client.get(f"/api/uploads/{made['id']}").status_code == 404
    assert other.announce("台账.txt", 10).status_code == 404, "nor does the duty"


@pytest.mark.parametrize(
    ("name", "size", "told"),
    [
        pytest.param("空.txt", 0, "空文件", id="empty"),
        pytest.param("大.zip", 5 * 1024**3, "上限", id="too large"),
        pytest.param("木马.exe", 10, "不接收 .exe", id="program"),
    ],
)
def test_what_will_not_do_is_refused_before_it_is_sent(sender: Sender, name: str, size: int, told: str) -> None:
    answer = sender.announce(name, size)
    assert answer.status_code == 400
    assert told in answer.json()["error"]["message"]


def test_no_room_on_the_disk_is_said_before_it_is_sent(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SPARE_BYTES", 10**18)
    answer = sender.announce("台账.txt", 10)
    assert answer.status_code == 400
    assert "磁盘空间不足" in answer.json()["error"]["message"]


def test_a_file_whose_content_is_something_else_is_dropped_with_its_reason(place: Place, sender: Sender) -> None:
    made = sender.announce("假.pdf", 4).json()
    answer = sender.piece(made["id"], 0, b"MZ\0\0")
    assert answer.status_code == 400
    assert sender.client.get(f"/api/uploads/{made['id']}").status_code == 404
    assert list(place.arriving.folder.iterdir()) == []


def test_a_name_with_a_path_is_only_a_name(sender: Sender) -> None:
    made = sender.announce("../../etc/\u202epasswd.txt", 3).json()
    assert sender.piece(made["id"], 0, b"abc").json()["name"] == "passwd.txt"


def test_without_the_token_nothing_is_taken(sender: Sender) -> None:
    made = sender.announce("台账.txt", 10).json()
    answer = sender.client.request("PATCH", f"/api/uploads/{made['id']}", content=b"x" * 10, headers={"upload-offset": "0"})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "stale_form"


def test_forgotten_pieces_go_after_three_days(place: Place, sender: Sender) -> None:
    made = sender.announce("台账.txt", 10).json()
    sender.piece(made["id"], 0, b"x")
    later = replace(place, clock=lambda: NOW + uploads.FORGOTTEN_AFTER * 2)
    client = browser(later)
    client.log_in("lian")
    assert Sender(client, sender.duty_id).announce("另一份.txt", 10).status_code == 201
    with place.store.read() as tx:
        assert tx.get(Upload, made["id"]) is None
        assert tx.get_one(Duty, sender.duty_id).state == "open"
    assert not place.arriving.part(made["id"]).exists()


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"duty": "x", "name": "a", "size": 1}'])
def test_an_unreadable_announcement_is_refused_in_words(sender: Sender, body: str) -> None:
    answer = sender.client.request("POST", "/api/uploads", content=body, headers=sender._headers())
    assert answer.status_code == 400
    assert "刷新页面" in answer.json()["error"]["message"]


def test_a_form_is_no_announcement(sender: Sender) -> None:
    answer = sender.client.request("POST", "/api/uploads", data={"csrf": sender.token, "duty": "1"})
    assert answer.status_code == 400
