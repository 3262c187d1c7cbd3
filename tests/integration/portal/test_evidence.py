"""What is pointed out or held back before it is handed in, and how Office files come to be seen."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from sqlmodel import col, select

from campaign.evidence.derived import Derived
from campaign.evidence.files import FileStore
from campaign.evidence.scanning import Guard, ScannerDown
from campaign.portal.place import Place
from campaign.records.duty.evidence import mark_scanned
from campaign.records.tables import Duty, StoredFile, Submission, SubmissionFile
from tests.integration.portal.conftest import Browser, browser, open_account, unit_with
from tests.integration.portal.test_uploads import Sender
from tests.samples.pdf import write_pdf

NUMBER = "11010519491231002X"


@pytest.fixture
def duty_id(place: Place) -> int:
    return unit_with(place, "open")[0]


@pytest.fixture
def contact(place: Place, duty_id: int) -> Browser:
    with place.store.read() as tx:
        tx.get_one(Duty, duty_id)
    return open_account(place, "lian", ("contact", unit_with(place, "open")[1]))


def word(*lines: str) -> bytes:
    document, made = docx.Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(made)
    return made.getvalue()


def hand_in(contact: Browser, duty_id: int, *files: tuple[str, bytes], **form: str) -> tuple[int, str]:
    page = f"/duties/{duty_id}"
    answer = contact.post(f"{page}/submit", form, page=page, files=[("files", one) for one in files] or None)
    return answer.status_code, answer.text


def test_identity_numbers_in_a_file_are_pointed_out_before_it_goes(place: Place, contact: Browser, duty_id: int) -> None:
    status, told = hand_in(contact, duty_id, ("名单.docx", word("张某某", NUMBER)))
    assert (status, "「名单.docx」中有 110105********002X" in told) == (400, True)
    assert hand_in(contact, duty_id, personal="1")[0] == 303, "it waited in the tray"


def test_a_marked_paper_is_not_kept_at_all(place: Place, contact: Browser, duty_id: int) -> None:
    status, told = hand_in(contact, duty_id, ("通知.docx", word("机密★", "通知")))
    assert (status, "不得上传涉密信息" in told) == (400, True)
    assert [path for path in (place.home / "evidence").rglob("*") if path.is_file()] == []


def test_the_same_file_twice_is_one_file_and_is_said(place: Place, contact: Browser, duty_id: int) -> None:
    content = "同一份说明".encode()
    answer = contact.post(f"/duties/{duty_id}/submit", {}, page=f"/duties/{duty_id}", files=[("files", ("一.txt", content)), ("files", ("二.txt", content))])
    assert answer.status_code == 303
    assert "内容相同，只保留一份" in contact.get(answer.headers["location"]).text
    with place.store.read() as tx:
        version = tx.exec(select(Submission).where(Submission.duty_id == duty_id)).one()
        assert len(tx.exec(select(SubmissionFile).where(SubmissionFile.submission_id == version.id)).all()) == 1


def test_a_sensitive_ledger_is_attested_and_not_uploaded(place: Place, contact: Browser, duty_id: int) -> None:
    with place.store.begin() as tx:
        duty = tx.get_one(Duty, duty_id)
        duty.title = "报送《严重精神障碍患者台账》"
        tx.add(duty)
    page = contact.get(f"/duties/{duty_id}").text
    assert "本项是敏感台账，不上传文件" in page
    assert 'type="file"' not in page
    status, told = hand_in(contact, duty_id, ("台账.txt", b"x"))
    assert (status, "敏感台账不要上传" in told) == (400, True)
    assert "敏感台账" in Sender(contact, duty_id).announce("台账.txt", 10).json()["error"]["message"]
    assert hand_in(contact, duty_id, ledgers="20", checked="30", checked_by="张某")[0] == 400
    assert hand_in(contact, duty_id, ledgers="120", checked="20", checked_by="张某")[0] == 303
    with place.store.read() as tx:
        version = tx.exec(select(Submission).where(Submission.duty_id == duty_id)).one()
    assert version.note.startswith("敏感台账核实：台账已建立，共 120 份，抽查 20 份")


class Sniffer:
    up = False

    def found_in(self, path: Path) -> str | None:
        if not self.up:
            raise ScannerDown
        return None


def test_what_has_arrived_waits_for_the_scanner_and_is_not_sent_again(place: Place, contact: Browser, duty_id: int) -> None:
    sniffer = Sniffer()
    guarded = replace(place, kept=FileStore(place.home / "evidence", guard=Guard(sniffer)))
    client = browser(guarded)
    client.log_in("lian")
    sender, content = Sender(client, duty_id), "整治台账".encode()
    made = sender.announce("台账.txt", len(content)).json()
    refused = sender.piece(made["id"], 0, content)
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "scanner_down")
    assert sender.far(made["id"])["received"] == len(content)
    sniffer.up = True
    assert sender.piece(made["id"], len(content), b"").json()["done"] is True
    assert hand_in(client, duty_id)[0] == 303
    with place.store.read() as tx:
        assert tx.exec(select(StoredFile.scan).order_by(col(StoredFile.stored_at).desc())).first() == "clean"


def test_an_infected_file_is_shut_away(place: Place, contact: Browser, duty_id: int) -> None:
    hand_in(contact, duty_id, ("说明.txt", "说明".encode()))
    with place.store.begin() as tx:
        version = tx.exec(select(Submission).where(Submission.duty_id == duty_id)).one()
        file = tx.exec(select(SubmissionFile).where(SubmissionFile.submission_id == version.id)).one()
        mark_scanned(tx, file.sha256, "infected")
    for path in (f"/files/{version.id}/1", f"/files/{version.id}/1/look", f"/files/{version.id}/1/pages/1"):
        answer = contact.get(path)
        assert (answer.status_code, "已隔离" in answer.text) == (400, True)


def test_an_office_file_shows_its_words_until_its_pages_are_there(place: Place, contact: Browser, duty_id: int, tmp_path: Path) -> None:
    may_go = threading.Event()

    def convert(path: Path, out: Path, *, seconds: float) -> Path:
        assert may_go.wait(120)
        return write_pdf(out, [["巡查整改报告"], ["第二页"]])

    hand_in(contact, duty_id, ("报告.docx", word("巡查整改报告")))
    with place.store.read() as tx:
        version = tx.exec(select(Submission).where(Submission.duty_id == duty_id)).one()
    derived = Derived(tmp_path / "derived", place.evidence, convert=convert, available=lambda: True)
    contact.app.state.place.__dict__["derived"] = derived
    look = f"/files/{version.id}/1/look"
    waiting = contact.get(look)
    assert "正在转换" in waiting.text
    assert "巡查整改报告" in waiting.text
    assert waiting.headers["refresh"] == "4"
    may_go.set()
    for _ in range(4000):
        shown = contact.get(look)
        if "refresh" not in shown.headers:
            break
    assert shown.text.count('class="sheet"') == 2
    assert contact.get(f"/files/{version.id}/1/pages/2").headers["content-type"] == "image/jpeg"
    assert contact.get(f"/files/{version.id}/1").content.startswith(b"PK"), "the download is the original"
