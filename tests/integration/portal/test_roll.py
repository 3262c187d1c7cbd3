"""Units, people and accounts on the pages: a roll that goes out and comes back, roles given and taken; the log."""

from __future__ import annotations

import io
import re

import openpyxl
from sqlmodel import select

from campaign.portal.place import Place
from campaign.records.people.rolls import add_alias, person_of, post_of, take_post
from campaign.records.tables import (
    Person,
    Post,
    Tenure,
    Unit,
    UnitAlias,
)
from campaign.rules.calendar import campaign_day
from tests.integration.portal.conftest import NOW, admin, browser, one_of, open_account


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
