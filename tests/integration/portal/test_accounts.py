"""Accounts: logging in and out, first passwords, throttling, sessions that can be revoked, and forms that only our own pages may send."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from campaign.errors import CampaignError, Conflict
from campaign.portal.place import Place
from campaign.records.tables import PortalAccount, Tenure
from campaign.work.by import By
from campaign.work.people import accounts
from campaign.work.people.first_accounts import DEMO_PASSWORD, demo_logins, first_administrator
from tests.integration.portal.conftest import NOW, PASSWORD, browser, open_account, password_hash, token_on, unit_with

CLOSED = {"open_board": False}


def test_a_closed_portal_sends_visitors_to_the_login_and_back(place: Place) -> None:
    client = browser(place, **CLOSED)
    answer = client.get("/status?page=2")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/status%3Fpage%3D2"
    open_account(place, "zhao", ("contact", "云溪街道"))
    entered = client.post("/login", {"login": "zhao", "password": PASSWORD, "next": "/status?page=2"}, page="/login?next=/status%3Fpage%3D2")
    assert entered.headers["location"] == "/status?page=2"
    assert client.get("/status").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_login_never_leads_elsewhere(place: Place, elsewhere: str) -> None:
    open_account(place, "zhao", ("contact", "云溪街道"))
    client = browser(place)
    assert client.post("/login", {"login": "zhao", "password": PASSWORD, "next": elsewhere}).headers["location"] == "/"


def test_wrong_name_and_wrong_password_are_answered_alike_and_the_name_comes_back(place: Place) -> None:
    open_account(place, "zhao", ("contact", "云溪街道"))
    wrong = [browser(place).log_in(login, "不是这个口令啊") for login in ("zhao", "nobody")]
    assert {answer.status_code for answer in wrong} == {403}
    assert "登录名或口令不对" in wrong[0].text
    assert wrong[0].text.count("登录名或口令不对") == wrong[1].text.count("登录名或口令不对")
    assert 'value="zhao"' in wrong[0].text


def test_five_failures_lock_the_login_and_time_opens_it_again(place: Place) -> None:
    open_account(place, "zhao", ("contact", "云溪街道"))
    client = browser(place)
    for _ in range(5):
        assert client.log_in("zhao", "不是这个口令啊").status_code == 403
    locked = client.log_in("zhao")
    assert locked.status_code == 429
    assert "15 分钟后" in locked.text or "16 分钟后" in locked.text
    later = browser(place, clock=lambda: NOW + timedelta(minutes=16))
    assert later.log_in("zhao").status_code == 303


def test_the_cookie_is_http_only_and_a_new_login_has_a_new_token(place: Place) -> None:
    open_account(place, "zhao", ("contact", "云溪街道"))
    client = browser(place)
    first = client.log_in("zhao").headers["set-cookie"]
    assert "HttpOnly" in first
    assert "SameSite=lax" in first
    before = client.cookies["campaign_session"]
    client.log_in("zhao")
    assert client.cookies["campaign_session"] != before
    stale = browser(place, **CLOSED)
    stale.cookies.set("campaign_session", before)
    assert stale.get("/status").status_code == 303, "the session before the new login has ended"


def test_the_database_keeps_neither_tokens_nor_passwords(place: Place) -> None:
    client = open_account(place, "zhao", ("contact", "云溪街道"))
    with place.store.read() as tx:
        kept = str(tx.execute(text("SELECT * FROM portal_session")).all()) + str(tx.execute(text("SELECT * FROM portal_account")).all())
    assert client.cookies["campaign_session"] not in kept
    assert PASSWORD not in kept
    assert "argon2id" in kept


def test_behind_https_the_cookie_is_bound_to_the_host(place: Place) -> None:
    open_account(place, "zhao", ("contact", "云溪街道"))
    client = browser(place, secure_cookies=True)
    client.base = "https://testserver"
    cookie = client.log_in("zhao").headers["set-cookie"]
    assert "__Host-campaign=" in cookie
    assert "Secure" in cookie


def test_logging_out_ends_the_session_for_good(place: Place) -> None:
    client = open_account(place, "zhao", ("contact", "云溪街道"))
    token = client.cookies["campaign_session"]
    assert client.post("/logout", page="/password").status_code == 303
    again = browser(place, **CLOSED)
    again.cookies.set("campaign_session", token)
    assert again.get("/status").status_code == 303


def test_a_session_ends_after_twelve_hours(place: Place) -> None:
    client = open_account(place, "zhao", ("contact", "云溪街道"))
    later = browser(place, clock=lambda: NOW + timedelta(hours=12, minutes=1), **CLOSED)
    later.cookies = client.cookies
    assert later.get("/status").status_code == 303


def test_a_first_password_opens_nothing_but_its_own_change(place: Place) -> None:
    password = first_administrator(place.store, NOW)
    assert password is not None
    client = browser(place)
    assert client.log_in("admin", password).headers["location"] == "/password"
    assert client.get("/status").headers["location"] == "/password"
    changed = client.post("/password", {"old": password, "password": "天高云淡-望断南飞雁", "again": "天高云淡-望断南飞雁"}, page="/password")
    assert changed.status_code == 303
    assert client.get("/status").status_code == 200
    assert browser(place).log_in("admin", password).status_code == 403


def test_the_first_administrator_is_made_once(place: Place) -> None:
    assert first_administrator(place.store, NOW)
    assert first_administrator(place.store, NOW) is None


def test_a_first_password_expires(place: Place) -> None:
    password = first_administrator(place.store, NOW)
    assert password is not None
    answer = browser(place, clock=lambda: NOW + timedelta(days=8)).log_in("admin", password)
    assert "已过期" in answer.text


@pytest.mark.parametrize(
    ("old", "new", "again", "told"),
    [
        pytest.param("不对的口令啊啊啊", "天高云淡-望断南飞雁", "天高云淡-望断南飞雁", "原口令不对", id="wrong old"),
        pytest.param(PASSWORD, "天高云淡-望断南飞雁", "天高云淡-望断", "不一致", id="not the same"),
        pytest.param(PASSWORD, "短口令", "短口令", "太短", id="short"),
        pytest.param(PASSWORD, "aaaaaaaaaaaa", "aaaaaaaaaaaa", "容易被猜到", id="weak"),
        pytest.param(PASSWORD, PASSWORD, PASSWORD, "不能与原口令相同", id="the old one"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_its_reason(place: Place, old: str, new: str, again: str, told: str) -> None:
    client = open_account(place, "zhao", ("contact", "云溪街道"))
    answer = client.post("/password", {"old": old, "password": new, "again": again}, page="/password")
    assert answer.status_code == 400
    assert told in answer.text


def test_a_form_without_the_token_of_the_session_is_refused_and_gives_back_what_was_typed(place: Place) -> None:
    client = open_account(place, "zhao", ("contact", "云溪街道"))
    answer = client.request("POST", "/logout", data={"csrf": "x" * 32, "note": "写了很久的说明"})
    assert answer.status_code == 400
    assert "写了很久的说明" in answer.text
    assert browser(place).request("POST", "/login", data={"login": "zhao", "password": PASSWORD}).status_code == 400


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"referer": "https://evil.example/x"}])
def test_a_form_from_another_site_is_refused_even_with_the_token(place: Place, headers: dict[str, str]) -> None:
    client = open_account(place, "zhao", ("contact", "云溪街道"))
    token = token_on(client.get("/password").text)
    answer = client.request("POST", "/logout", data={"csrf": token}, headers=headers)
    assert answer.status_code == 400
    assert client.get("/password").status_code == 200


def test_a_post_after_the_session_ended_gives_the_text_back_and_leads_to_the_login(place: Place) -> None:
    client = browser(place, **CLOSED)
    answer = client.request("POST", "/password", data={"note": "写了很久的说明"}, headers={"referer": "http://testserver/status"})
    assert answer.status_code == 401
    assert "写了很久的说明" in answer.text
    assert "/login?next=/status" in answer.text


def test_a_hand_in_whose_session_ended_meanwhile_gives_the_text_back(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    client = open_account(place, "zhao", ("contact", unit))
    client.get(f"/duties/{duty_id}")
    later = browser(place, clock=lambda: NOW + timedelta(hours=13), **CLOSED)
    later.cookies = client.cookies
    path = f"/duties/{duty_id}/submit"
    answer = later.request(
        "POST", path, data={"note": "写了很久的说明"}, files=[("files", ("台账.txt", b"1"))], headers={"referer": f"http://testserver/duties/{duty_id}"}
    )
    assert answer.status_code == 401
    assert "写了很久的说明" in answer.text
    assert f"/login?next=/duties/{duty_id}" in answer.text
    stranger = browser(place, **CLOSED).request("POST", path, data={"note": "写了很久的说明"}, files=[("files", ("台账.txt", b"1"))])
    assert stranger.status_code == 401
    assert "写了很久的说明" not in stranger.text, "the large form of somebody unknown is not read"


def test_a_forged_number_of_another_units_duty_is_not_there_and_stands_in_the_log(place: Place) -> None:
    duty_id, unit = unit_with(place, "open")
    other = "区教育局" if unit != "区教育局" else "云溪街道"
    client = open_account(place, "zhao", ("contact", other), ("reviewer", other), ("lead_unit", other))
    for method, path in (("GET", ""), ("POST", "/ack"), ("POST", "/submit"), ("POST", "/refusal")):
        path = f"/duties/{duty_id}{path}"
        answer = client.get(path) if method == "GET" else client.post(path, {"note": "试试", "reason": "试试"}, page="/password")
        assert answer.status_code == 404, path
        assert "不在您的权限范围内" in answer.text
    with place.store.read() as tx:
        told = tx.execute(text("SELECT actor, reason FROM event WHERE verb = 'denied' ORDER BY id")).all()
    assert [tuple(row) for row in told][:2] == [("人员zhao", f"GET /duties/{duty_id}"), ("人员zhao", f"POST /duties/{duty_id}/ack")]
    assert len(told) == 4


def test_closing_an_account_ends_its_sessions_at_once(place: Place) -> None:
    client = open_account(place, "zhao", ("contact", "云溪街道"))
    with place.store.begin() as tx:
        accounts.disable(tx, accounts.need_account(tx, "zhao"), By("系统管理员", NOW, "调离"))
    assert client.get("/password").status_code == 303
    assert browser(place).log_in("zhao").status_code == 403


def test_an_account_is_closed_the_day_its_person_leaves(place: Place) -> None:
    client = open_account(place, "zhao", ("contact", "云溪街道"))
    with place.store.begin() as tx:
        account = accounts.need_account(tx, "zhao")
        tenure = tx.exec(select(Tenure)).first()
        assert tenure is not None
        account.person_id = tenure.person_id
        tx.add(account)
    assert client.get("/password").status_code == 200
    with place.store.begin() as tx:
        tenure = tx.exec(select(Tenure).where(Tenure.person_id == account.person_id)).one()
        tenure.to_on = date(2026, 11, 19)
        tx.add(tenure)
    assert client.get("/password").status_code == 303
    assert browser(place).log_in("zhao").status_code == 403


def test_the_last_administrator_cannot_be_closed(place: Place) -> None:
    first_administrator(place.store, NOW)
    with place.store.begin() as tx, pytest.raises(Conflict, match="最后一个管理员"):
        accounts.disable(tx, accounts.need_account(tx, "admin"), By("admin", NOW, "试试"))


def test_no_two_accounts_share_a_login_or_a_name(place: Place) -> None:
    open_account(place, "zhao", ("contact", "云溪街道"), name="季怀瑾")
    for login, name in (("zhao", "另一人"), ("qian", "季怀瑾")):
        with place.store.begin() as tx, pytest.raises(Conflict):
            accounts.add_account(tx, login, name, password_hash(), By("系统管理员", NOW))
    with place.store.begin() as tx, pytest.raises(CampaignError, match="登录名应为"):
        accounts.add_account(tx, "赵", "某人", password_hash(), By("系统管理员", NOW))


def test_demo_logins_work_on_this_machine_only(place: Place) -> None:
    logins = demo_logins(place.store, NOW)
    assert [login for login, _ in logins] == ["demo-admin", "demo-reviewer", "demo-contact", "demo-head", "demo-leader"]
    assert demo_logins(place.store, NOW) == logins
    assert "demo-admin" in browser(place).get("/login").text
    assert browser(place).log_in("demo-contact", DEMO_PASSWORD).status_code == 303
    public = browser(replace(place, open_board=False))
    assert "demo-admin" not in public.get("/login").text
    assert public.log_in("demo-admin", DEMO_PASSWORD).status_code == 403


def test_every_change_of_an_account_is_in_the_log(place: Place) -> None:
    open_account(place, "zhao", ("contact", "云溪街道"))
    with place.store.begin() as tx:
        account = accounts.need_account(tx, "zhao")
        accounts.reset_password(tx, account, password_hash(), By("系统管理员", NOW, "忘记口令"))
    with place.store.read() as tx:
        verbs = list(tx.execute(text("SELECT verb FROM event WHERE subject = 'account' ORDER BY id")).scalars())
        reset = tx.exec(select(PortalAccount).where(PortalAccount.login == "zhao")).one()
    assert verbs == ["account_add", "account_grant", "login", "account_reset"]
    assert reset.must_change
