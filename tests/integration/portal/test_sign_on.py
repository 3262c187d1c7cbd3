"""The organisation's own sign-on against a real small provider: who gets in, and everything that must keep somebody out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import text
from sqlmodel import select

from campaign.errors import CampaignError
from campaign.portal.__main__ import sign_on_from
from campaign.portal.oidc import SignOn
from campaign.portal.place import Place
from campaign.records.tables import Person, PortalAccount, PortalIdentity, Tenure
from campaign.work.by import By
from campaign.work.people import accounts
from config.settings import Settings
from tests.integration.portal.conftest import NOW, PASSWORD, Browser, browser, open_account, password_hash
from tests.integration.portal.provider import CLIENT, SECRET, Provider, running_provider


@pytest.fixture(scope="module")
def only_provider() -> Iterator[Provider]:
    with running_provider(NOW) as provider:
        yield provider


@pytest.fixture
def provider(only_provider: Provider) -> Iterator[Provider]:
    person = dict(only_provider.person)
    yield only_provider
    only_provider.person, only_provider.lies = person, {}


def client_of(place: Place, provider: Provider, **settings: object) -> Browser:
    return browser(place, open_board=False, sign_on=SignOn(provider.address, CLIENT, SECRET, **settings))  # type: ignore[arg-type]  # some of its options


def follow(client: Browser, after: str = "/password") -> httpx.Response:
    """As a browser does: to the provider, which lets everybody in, and back."""
    sent = client.get(f"/login/oidc?next={after}")
    assert sent.status_code == 303, sent.text
    back = httpx.get(sent.headers["location"], trust_env=False, timeout=60)
    assert back.status_code == 302
    assert back.headers["location"].startswith("http://testserver/login/oidc/back?")
    return client.get(back.headers["location"].removeprefix("http://testserver"))


def known(place: Place, login: str = "yezhiqiu", name: str = "叶知秋") -> None:
    open_account(place, login, ("contact", "云溪街道"), name=name)


def test_the_login_page_offers_the_sign_on_and_keeps_the_password(place: Place, provider: Provider) -> None:
    page = client_of(place, provider, label="青岚区统一认证").get("/login?next=/todo").text
    assert 'href="/login/oidc?next=/todo">用青岚区统一认证登录' in page
    assert 'name="password"' in page
    assert "/login/oidc" not in browser(place).get("/login").text
    assert browser(place).get("/login/oidc").status_code == 404


def test_the_visitor_is_sent_off_with_state_nonce_and_a_hashed_verifier(place: Place, provider: Provider) -> None:
    client = client_of(place, provider)
    sent = urlsplit(client.get("/login/oidc").headers["location"])
    asked = {name: values[0] for name, values in parse_qs(sent.query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://testserver/login/oidc/back"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert "openid" in asked["scope"].split()


def test_whoever_has_an_account_by_number_gets_in_and_is_known_by_subject_from_then_on(place: Place, provider: Provider) -> None:
    known(place)
    provider.person["employee_number"] = "yezhiqiu"
    client = client_of(place, provider)
    entered = follow(client, "/todo")
    assert entered.headers["location"] == "/todo"
    assert "HttpOnly" in entered.headers["set-cookie"]
    assert client.get("/todo").status_code == 200
    provider.person["employee_number"] = "somebody-else"
    assert follow(client_of(place, provider)).status_code == 303, "the subject is what counts"
    with place.store.read() as tx:
        noted = tx.exec(select(PortalIdentity)).one()
        told = tx.execute(text("SELECT verb, actor FROM event WHERE verb IN ('account_link', 'login') ORDER BY id")).all()
    assert (noted.issuer, noted.subject) == (provider.address, "s-001")
    assert ("account_link", "system") in [tuple(row) for row in told]


def test_a_verified_address_of_the_accounts_person_is_enough_and_an_unverified_one_is_not(place: Place, provider: Provider) -> None:
    known(place)
    with place.store.begin() as tx:
        person = tx.exec(select(Person)).first()
        assert person is not None
        person.email = "ye@qinglan.example"
        account = accounts.need_account(tx, "yezhiqiu")
        account.person_id = person.id
        tx.add_all([person, account])
    provider.person |= {"email": "Ye@qinglan.example", "email_verified": False}
    refused = follow(client_of(place, provider))
    assert refused.status_code == 403
    assert "还没有对应的账号" in refused.text
    provider.person["email_verified"] = True
    assert follow(client_of(place, provider)).status_code == 303


def test_nobody_gets_an_account_by_logging_in_unless_that_is_set(place: Place, provider: Provider) -> None:
    assert follow(client_of(place, provider)).status_code == 403
    client = client_of(place, provider, make_accounts=True)
    assert follow(client).status_code == 303
    assert client.get("/password").status_code == 200
    assert client.get("/todo").status_code == 403, "an account that made itself has no role"


def test_two_accounts_for_one_number_are_nobodys(place: Place, provider: Provider) -> None:
    known(place, "a001", "甲")
    known(place, "b001", "乙")
    with place.store.begin() as tx:
        person = tx.exec(select(Person)).first()
        assert person is not None
        person.account = "a001"
        second = accounts.need_account(tx, "b001")
        second.person_id = person.id
        tx.add_all([person, second])
    provider.person["employee_number"] = "a001"
    refused = follow(client_of(place, provider))
    assert refused.status_code == 403
    assert "不止一个账号" in refused.text


def test_a_number_that_went_to_somebody_new_does_not_open_the_old_account(place: Place, provider: Provider) -> None:
    known(place)
    provider.person["employee_number"] = "yezhiqiu"
    assert follow(client_of(place, provider)).status_code == 303
    provider.person["sub"] = "s-002"
    refused = follow(client_of(place, provider))
    assert refused.status_code == 403
    assert "另一个人" in refused.text


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"nonce": "of-another-login"}, id="wrong nonce"),
        pytest.param({"aud": "another-application"}, id="wrong audience"),
        pytest.param({"iss": "https://other.example"}, id="wrong issuer"),
        pytest.param({"exp": int((NOW - timedelta(minutes=5)).timestamp())}, id="expired"),
        pytest.param({"iat": int((NOW + timedelta(hours=2)).timestamp()), "exp": int((NOW + timedelta(hours=3)).timestamp())}, id="from the future"),
        pytest.param({"key": RSAKey.generate_key(2048, private=True)}, id="another key"),
        pytest.param({"alg": "none"}, id="unsigned"),
        pytest.param({"exp": "morgen"}, id="no number"),
    ],
)
def test_a_token_that_does_not_fit_lets_nobody_in(place: Place, provider: Provider, lie: dict[str, object]) -> None:
    known(place)
    provider.person["employee_number"] = "yezhiqiu"
    provider.lies = lie
    client = client_of(place, provider)
    refused = follow(client)
    assert refused.status_code == 403
    assert "不能通过校验" in refused.text
    assert client.get("/todo").status_code == 303, "still logged out"


def test_a_provider_that_names_itself_otherwise_is_not_spoken_to(place: Place, provider: Provider) -> None:
    provider.lies = {"issuer": "https://other.example"}
    answer = client_of(place, provider).get("/login/oidc")
    assert answer.status_code == 503
    assert "不一致" in answer.text


def test_the_way_back_needs_the_state_of_this_browser(place: Place, provider: Provider) -> None:
    known(place)
    provider.person["employee_number"] = "yezhiqiu"
    victim, attacker = client_of(place, provider), client_of(place, provider)
    back = httpx.get(attacker.get("/login/oidc").headers["location"], trust_env=False, timeout=60).headers["location"].removeprefix("http://testserver")
    assert victim.get(back).status_code == 400, "no login was begun here"
    victim.get("/login/oidc")
    assert victim.get(back).status_code == 403
    assert victim.get("/login/oidc/back?state=%E5%85%B6&code=x").status_code in (400, 403)
    assert victim.get("/todo").status_code == 303


def test_a_code_works_once_and_only_with_its_verifier(place: Place, provider: Provider) -> None:
    known(place)
    provider.person["employee_number"] = "yezhiqiu"
    client = client_of(place, provider)
    back = httpx.get(client.get("/login/oidc").headers["location"], trust_env=False, timeout=60).headers["location"].removeprefix("http://testserver")
    kept = client.cookies["oidc"]
    assert client.get(back).status_code == 303
    client.cookies.set("oidc", kept)
    assert client.get(back).status_code == 403


def test_whom_the_provider_refuses_may_try_the_password(place: Place, provider: Provider) -> None:
    provider.lies = {"error": "access_denied"}
    refused = follow(client_of(place, provider))
    assert refused.status_code == 403
    assert "没有同意这次登录" in refused.text
    assert 'name="password"' in refused.text


def test_a_provider_that_is_down_is_said_plainly_and_the_password_still_works(place: Place) -> None:
    known(place)
    client = browser(place, open_board=False, sign_on=SignOn("http://127.0.0.1:9", CLIENT, SECRET))
    answer = client.get("/login/oidc")
    assert answer.status_code == 503
    assert "统一身份认证没有响应" in answer.text
    assert client.log_in("yezhiqiu").status_code == 303


def test_a_closed_account_and_one_whose_person_left_stay_out(place: Place, provider: Provider) -> None:
    known(place)
    provider.person["employee_number"] = "yezhiqiu"
    assert follow(client_of(place, provider)).status_code == 303
    with place.store.begin() as tx:
        tenure = tx.exec(select(Tenure)).first()
        assert tenure is not None
        account = accounts.need_account(tx, "yezhiqiu")
        account.person_id, tenure.to_on = tenure.person_id, date(2026, 11, 19)
        tx.add_all([account, tenure])
    assert "已停用" in follow(client_of(place, provider)).text
    with place.store.begin() as tx:
        tenure = tx.exec(select(Tenure).where(Tenure.id == tenure.id)).one()
        tenure.to_on = None
        tx.add(tenure)
        accounts.disable(tx, accounts.need_account(tx, "yezhiqiu"), By("系统管理员", NOW, "调离"))
    assert "已停用" in follow(client_of(place, provider)).text


def test_a_first_password_is_worth_nothing_after_a_login_by_sign_on(place: Place, provider: Provider) -> None:
    with place.store.begin() as tx:
        accounts.add_account(tx, "yezhiqiu", "叶知秋", password_hash(), By("系统管理员", NOW))
    provider.person["employee_number"] = "yezhiqiu"
    client = client_of(place, provider)
    assert follow(client, "/").headers["location"] == "/"
    assert client.get("/").status_code == 200, "no password to change"
    assert browser(place).log_in("yezhiqiu", PASSWORD).status_code == 403
    with place.store.read() as tx:
        assert not tx.exec(select(PortalAccount).where(PortalAccount.login == "yezhiqiu")).one().must_change


def test_logging_out_ends_the_session_here_and_offers_to_end_the_providers(place: Place, provider: Provider) -> None:
    known(place)
    provider.person["employee_number"] = "yezhiqiu"
    client = client_of(place, provider)
    follow(client)
    left = client.post("/logout", page="/password")
    assert left.headers["location"] == "/login?left=1"
    assert f'href="{provider.address}/logout?client_id=campaign' in client.get("/login?left=1").text
    assert client.get("/todo").status_code == 303


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example"])
def test_the_way_back_never_leads_elsewhere(place: Place, provider: Provider, elsewhere: str) -> None:
    known(place)
    provider.person["employee_number"] = "yezhiqiu"
    assert follow(client_of(place, provider), elsewhere).headers["location"] == "/"


def test_half_a_setting_and_plain_http_are_refused_at_the_start() -> None:
    with pytest.raises(CampaignError, match="CAMPAIGN_OIDC_CLIENT_ID"):
        sign_on_from(Settings(oidc_issuer="https://sso.example"))
    with pytest.raises(CampaignError, match="https://"):
        sign_on_from(Settings(oidc_issuer="http://sso.example", oidc_client_id="campaign"))
    assert sign_on_from(Settings(oidc_issuer="http://sso.example", oidc_client_id="campaign", oidc_allow_http=True)) is not None
    assert sign_on_from(Settings()) is None
