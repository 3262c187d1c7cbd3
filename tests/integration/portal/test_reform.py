"""The working calendar and the reform of a unit as pages: looked at before it is done, refused in words, and what was typed comes back."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest
from sqlmodel import col, func, select

from campaign.portal.place import Place
from campaign.records.planning.calendars import load_calendar
from campaign.records.tables import Duty, Unit
from campaign.records.tables.duties import UNFINISHED
from tests.integration.portal.conftest import Browser, open_account

NOTICE = {
    "year": 2027,
    "days": [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-09", "isOffDay": False},
        {"name": "春节", "date": "2027-02-08", "isOffDay": True},
    ],
}


@pytest.fixture
def client(place: Place) -> Browser:
    return open_account(place, "guan", ("admin", None))


def coded(place: Place, name: str) -> Unit:
    with place.store.read() as tx:
        return tx.exec(select(Unit).where(col(Unit.name) == name)).one()


def owed_by(place: Place, name: str) -> int:
    with place.store.read() as tx:
        asked = select(func.count()).select_from(Duty).where(col(Duty.unit_id) == coded(place, name).id, col(Duty.state).in_([str(one) for one in UNFINISHED]))
        return tx.exec(asked).one()


def table_of_work(client: Browser, code: str) -> list[list[str]]:
    answer = client.get(f"/units/{code}/heirs.csv")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def as_csv(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def test_the_notice_of_a_year_ends_its_estimate(place: Place, client: Browser) -> None:
    assert "2027 年的放假安排还没有导入" in client.get("/calendar?year=2027").text
    sent = client.post("/calendar/import", {}, page="/calendar", files=[("file", ("2027.json", json.dumps(NOTICE).encode()))])
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/calendar?year=2027")
    page = client.get("/calendar?year=2027").text
    assert "还没有导入" not in page
    assert "2027年1月9日（周六）" in page
    with place.store.read() as tx:
        assert load_calendar(tx).is_working(date(2027, 1, 9))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("2027.json", b"<html>", "2027.json"),
        ("2027.json", b"\xff\xfe\x00", "2027.json"),
        ("空.json", b"{}", "空.json"),
    ],
)
def test_a_file_that_is_no_notice_is_refused_by_name(place: Place, client: Browser, name: str, content: bytes, says: str) -> None:
    answer = client.post("/calendar/import", {}, page="/calendar", files=[("file", (name, content))])
    assert answer.status_code == 400
    assert says in answer.text
    assert "请选择" in client.post("/calendar/import", {}, page="/calendar").text


def test_days_are_set_by_hand_with_a_reason(place: Place, client: Browser) -> None:
    wanted = {"first": "2026-11-28", "last": "2026-11-29", "working": "1", "note": "迎检前集中整治"}
    assert client.post("/calendar/days", wanted, page="/calendar").status_code == 303
    page = client.get("/calendar?year=2026").text
    assert "2026年11月29日（周日）" in page
    assert "迎检前集中整治" in page
    with place.store.read() as tx:
        assert load_calendar(tx).is_working(date(2026, 11, 29))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"first": ""}, "请填写开始日期"),
        ({"first": "2026-02-30"}, "2026-02-30"),
        ({"last": "2026-11-01"}, "结束日不早于开始日"),
        ({"last": "2027-11-01"}, "一次最多改"),
        ({"note": ""}, "须写明理由"),
        ({"working": ""}, "请选择上班还是休息"),
    ],
)
def test_days_that_cannot_be_set_change_nothing(place: Place, client: Browser, change: dict[str, str], says: str) -> None:
    wanted = {"first": "2026-11-28", "last": "2026-11-29", "working": "1", "note": "集中整治", **change}
    answer = client.post("/calendar/days", wanted, page="/calendar")
    assert answer.status_code == 400
    assert says in answer.text
    with place.store.read() as tx:
        assert not load_calendar(tx).is_working(date(2026, 11, 28))


def test_a_new_name_is_found_by_the_old_one_too(place: Place, client: Browser) -> None:
    code = coded(place, "区城管局").code
    form = {"what": "rename", "name": "区城市管理和综合执法局", "reason": "机构改革"}
    assert client.post(f"/units/{code}/change", form, page=f"/units/{code}").status_code == 303
    assert "<h1>区城市管理和综合执法局</h1>" in client.get("/units/区城管局").text


def test_a_merger_is_looked_at_first_and_then_moves_everything(place: Place, client: Browser) -> None:
    unit = coded(place, "区住建局")
    owed, other = owed_by(place, "区住建局"), owed_by(place, "区城管局")
    form = {"what": "merge", "heir": "区城管局", "reason": "机构改革", "step": "look"}
    look = client.post(f"/units/{unit.code}/change", form, page=f"/units/{unit.code}")
    assert "预览：还没有办理" in look.text
    assert 'value="区城管局"' in look.text
    owed_by_both = int(re.findall(r"取消重复的 (\d+) 项", look.text)[0])
    assert owed_by(place, "区住建局") == owed > 0
    done = client.post(f"/units/{unit.code}/change", {**form, "step": "do"}, page=f"/units/{unit.code}")
    assert done.status_code == 303
    assert owed_by(place, "区住建局") == 0
    assert owed_by(place, "区城管局") == owed + other - owed_by_both
    assert coded(place, "区住建局").state == "merged"


def test_a_part_is_given_away_as_the_table_says(place: Place, client: Browser) -> None:
    unit = coded(place, "区卫健局")
    head, *rows = table_of_work(client, unit.code)
    rows[0][-1] = "区教育局"
    form = {"what": "split", "reason": "职能划转", "step": "do"}
    before = owed_by(place, "区教育局")
    answer = client.post(f"/units/{unit.code}/change", form, page=f"/units/{unit.code}", files=[("file", ("承接.csv", as_csv([head, *rows])))])
    assert answer.status_code == 303
    assert owed_by(place, "区教育局") == before + 1
    assert coded(place, "区卫健局").state == "active"


def test_an_abolished_unit_leaves_nothing_without_an_owner(place: Place, client: Browser) -> None:
    unit = coded(place, "云溪街道桂苑社区")
    form = {"what": "abolish", "reason": "社区撤并", "step": "do"}
    refused = client.post(f"/units/{unit.code}/change", form, page=f"/units/{unit.code}")
    assert refused.status_code == 400
    assert coded(place, unit.name).state == "active"
    assert client.post(f"/units/{unit.code}/change", {**form, "heir": "云溪街道"}, page=f"/units/{unit.code}").status_code == 303
    assert owed_by(place, unit.name) == 0


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({}, "请选择怎样调整"),
        ({"what": "merge", "reason": "改革"}, "请填写并入哪个单位"),
        ({"what": "merge", "heir": "区水务局", "reason": "改革"}, "区水务局"),
        ({"what": "merge", "heir": "区住建局", "reason": "改革"}, "自己"),
        ({"what": "merge", "heir": "区城管局"}, "请写明理由"),
        ({"what": "split", "reason": "改革"}, "请上传填好的承接分派表"),
        ({"what": "rename", "name": "区城管局", "reason": "改革"}, "区城管局"),
        ({"what": "rename", "name": " ", "reason": "改革"}, "名称"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_moves(place: Place, client: Browser, form: dict[str, str], says: str) -> None:
    unit, owed = coded(place, "区住建局"), owed_by(place, "区住建局")
    answer = client.post(f"/units/{unit.code}/change", {"step": "do", **form}, page=f"/units/{unit.code}")
    assert answer.status_code == 400
    assert says in answer.text
    assert owed_by(place, "区住建局") == owed
    assert coded(place, "区住建局").state == "active"


def test_a_unit_that_is_not_there_is_a_page_not_found(client: Browser) -> None:
    assert client.get("/units/U999").status_code == 404
    assert client.post("/units/U999/change", {"what": "merge"}, page="/units").status_code == 404
