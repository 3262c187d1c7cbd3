"""审核员: the oldest first, the file in the page, a verdict on exactly the version that was looked at."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlmodel import col, select

from campaign.portal.place import Place
from campaign.records.tables import Duty, Submission, Unit, Verdict
from campaign.work.by import By
from campaign.work.duty.hand_in import KeptFile, hand_in
from tests.integration.portal.conftest import NOW, Browser, Counting, open_account, unit_with


def reviewer(place: Place, unit: str | None = None, login: str = "shen") -> Browser:
    return open_account(place, login, ("reviewer", unit))


def waiting(place: Place) -> list[int]:
    with place.store.read() as tx:
        rows = tx.exec(select(Submission.id).join(Duty, col(Duty.id) == Submission.duty_id).where(Duty.state == "submitted").order_by(col(Submission.id))).all()
        return list(rows)


def kept(place: Place, name: str, content: bytes) -> KeptFile:
    one = place.evidence.put(io.BytesIO(content), name)
    return KeptFile(one.name, one.sha256, one.size, one.media_type)


def picture(width: int, height: int, taken: str | None = None) -> bytes:
    image = Image.effect_noise((width, height), 40).convert("RGB")
    exif = Image.Exif()
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def new_version(place: Place, *files: KeptFile, note: str = "新的一版") -> tuple[int, int]:
    """(submission, duty) of a version that the demo's people did not make."""
    duty_id, _ = unit_with(place, "open")
    with place.store.begin() as tx:
        version = hand_in(tx, tx.get_one(Duty, duty_id), files, By("叶知秋", NOW - timedelta(minutes=5)), note=note)
        return version.id, duty_id


def test_the_queue_shows_the_oldest_first(place: Place) -> None:
    page = reviewer(place).get("/review").text
    shown = [int(found) for found in re.findall(r'href="/review/(\d+)"', page)]
    assert shown
    assert shown == waiting(place)


def test_a_reviewer_of_one_unit_sees_only_its_versions(place: Place) -> None:
    first = waiting(place)[0]
    with place.store.read() as tx:
        owner = tx.get_one(Unit, tx.get_one(Duty, tx.get_one(Submission, first).duty_id).unit_id).name
    other = next(name for name in ("云溪街道桂苑社区", "云溪街道杏园社区") if name != owner)
    client = reviewer(place, other)
    assert f'href="/review/{first}"' not in client.get("/review").text
    assert client.get(f"/review/{first}").status_code == 404
    assert client.post(f"/review/{first}", {"decision": "accept"}, page="/password").status_code == 404
    assert first in waiting(place)


def test_accepting_leads_to_the_next_in_the_queue(place: Place) -> None:
    client = reviewer(place)
    first, second = waiting(place)[:2]
    answer = client.post(f"/review/{first}", {"decision": "accept"}, page=f"/review/{first}")
    assert answer.headers["location"] == f"/review/{second}"
    with place.store.read() as tx:
        verdict = tx.exec(select(Verdict).where(Verdict.submission_id == first)).one()
    assert (verdict.outcome, verdict.given_by) == ("accepted", "人员shen")


def test_a_return_needs_a_reason_and_ready_ones_are_joined_with_the_typed_one(place: Place) -> None:
    client = reviewer(place)
    first = waiting(place)[0]
    refused = client.post(f"/review/{first}", {"decision": "return"}, page=f"/review/{first}")
    assert refused.status_code == 409
    assert "退回须写明原因" in refused.text
    client.post(f"/review/{first}", {"decision": "return", "ready": ["缺少说明报告", "图片有水印"], "reason": "第三张照片重拍"}, page=f"/review/{first}")
    with place.store.read() as tx:
        verdict = tx.exec(select(Verdict).where(Verdict.submission_id == first)).one()
    assert verdict.reason == "缺少说明报告；图片有水印；第三张照片重拍"


def test_several_are_decided_at_once_and_one_that_cannot_be_stops_no_other(place: Place) -> None:
    client = reviewer(place)
    all_waiting = waiting(place)
    client.post(f"/review/{all_waiting[0]}", {"decision": "accept"}, page=f"/review/{all_waiting[0]}")
    answer = client.post("/review", {"decision": "accept", "version": [str(one) for one in all_waiting]}, page=f"/review/{all_waiting[1]}")
    assert answer.status_code == 400
    assert f"已通过 {len(all_waiting) - 1} 项" in answer.text
    assert "1 项没有办成" in answer.text
    assert waiting(place) == []


def test_the_second_of_two_reviewers_sees_what_the_first_did(place: Place) -> None:
    first = waiting(place)[0]
    one, other = reviewer(place), reviewer(place, login="qian")
    page = other.get(f"/review/{first}").text
    one.post(f"/review/{first}", {"decision": "accept"}, page=f"/review/{first}")
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    answer = other.request("POST", f"/review/{first}", data={"csrf": token[1], "decision": "return", "reason": "写了很久的意见"})
    assert answer.status_code == 409
    assert "人员shen 已对" in answer.text


def test_a_newer_version_is_not_decided_by_the_look_at_an_older_one(place: Place) -> None:
    client = reviewer(place)
    first = waiting(place)[0]
    with place.store.begin() as tx:
        duty = tx.get_one(Duty, tx.get_one(Submission, first).duty_id)
        hand_in(tx, duty, [kept(place, "新版.txt", "新的内容".encode())], By("叶知秋", NOW), note="新版")
    answer = client.post(f"/review/{first}", {"decision": "accept"}, page="/password")
    assert answer.status_code == 409
    assert "第 2 版" in answer.text


def test_nobody_reviews_what_he_handed_in_himself(place: Place) -> None:
    client = open_account(place, "shuang", ("reviewer", None), ("contact", "柳荫街道"), name="叶知秋")
    first = waiting(place)[0]
    answer = client.post(f"/review/{first}", {"decision": "accept"}, page=f"/review/{first}")
    assert answer.status_code == 409
    assert "由他人办理" in answer.text


def test_text_pdf_and_pictures_are_shown_in_the_page(place: Place) -> None:
    from tests.integration.portal.test_contact import PDF

    files = (kept(place, "说明.txt", "清理楼道十二处".encode()), kept(place, "照片.jpg", picture(900, 700)), kept(place, "扫描.pdf", PDF))
    version, _ = new_version(place, *files)
    client = reviewer(place)
    page = client.get(f"/review/{version}").text
    assert "清理楼道十二处" in page
    for number in (2, 3):
        assert f'src="/files/{version}/{number}/pages/1"' in page
        drawn = client.get(f"/files/{version}/{number}/pages/1")
        assert drawn.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(drawn.content)).width <= 1000
    assert client.get(f"/files/{version}/3/pages/2").status_code == 404
    assert client.get(f"/files/{version}/1/pages/1").status_code == 404


def test_office_files_are_shown_as_words_and_tables(place: Place) -> None:
    import docx
    import openpyxl

    word, sheet = docx.Document(), openpyxl.Workbook()
    word.add_paragraph("整治工作总结")
    sheet.active.append(["点位", "数量"])
    out = [io.BytesIO(), io.BytesIO()]
    word.save(out[0])
    sheet.save(out[1])
    version, _ = new_version(place, kept(place, "总结.docx", out[0].getvalue()), kept(place, "台账.xlsx", out[1].getvalue()))
    page = reviewer(place).get(f"/review/{version}").text
    assert "整治工作总结" in page
    assert "<td>点位</td>" in page


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(picture(300, 200), "图片较小（300×200）", id="small"),
        pytest.param(picture(900, 700, "2025:01:02 10:00:00"), "照片拍摄于 2025年01月02日", id="old"),
    ],
)
def test_flags_inform_and_never_reject(place: Place, content: bytes, told: str) -> None:
    version, _ = new_version(place, kept(place, "照片.jpg", content))
    client = reviewer(place)
    assert told in client.get(f"/review/{version}").text
    assert client.post(f"/review/{version}", {"decision": "accept"}, page=f"/review/{version}").status_code == 303


def test_the_same_file_elsewhere_is_pointed_out(place: Place) -> None:
    same = kept(place, "通用照片.jpg", picture(900, 700))
    new_version(place, same)
    version, _ = new_version(place, same, note="另一项")
    assert "同一文件也用于" in reviewer(place).get(f"/review/{version}").text


def test_a_missing_file_is_said_in_the_page(place: Place) -> None:
    page = reviewer(place).get(f"/review/{waiting(place)[0]}")
    assert page.status_code == 200
    assert "资料库中没有文件" in page.text


def test_what_is_shown_of_a_file_is_text_never_markup(place: Place) -> None:
    version, _ = new_version(place, kept(place, "说明.txt", "见 <b>附件</b> 与 <img src=x>".encode()), note="<script>alert(1)</script>")
    page = reviewer(place).get(f"/review/{version}").text
    assert "<script>alert" not in page
    assert "&lt;b&gt;附件" in page


@pytest.mark.parametrize("path", ["/review", "/review/{}"])
def test_a_reviewers_pages_need_at_most_twelve_queries(place: Place, counting: Counting, path: str) -> None:
    client = reviewer(place)
    path = path.format(waiting(place)[0])
    client.get(path)
    with counting() as seen:
        assert client.get(path).status_code == 200
    asked = [one for one in seen.statements if not one.startswith(("BEGIN", "PRAGMA", "ROLLBACK"))]
    assert len(asked) <= 12, "\n\n".join(asked)
