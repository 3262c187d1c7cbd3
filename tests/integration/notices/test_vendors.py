"""Chat vendors and the SMS gateway against a server that behaves as they do: what each answer means, and that nothing secret is written down."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from campaign.notices.addressees import Addressee
from campaign.notices.channels.base import Channel, Sent
from campaign.notices.channels.dingtalk_robot import DingtalkRobot
from campaign.notices.channels.feishu_robot import FeishuRobot
from campaign.notices.channels.http import Patience, shared_client
from campaign.notices.channels.sms import BadGateway, SmsGateway
from campaign.notices.channels.wecom_app import WecomApp
from campaign.notices.channels.wecom_robot import WecomRobot
from campaign.notices.wording import compose
from campaign.records.papers.outbox import Line, Outgoing
from tests.integration.notices.vendors import CORP, KEY, SECRET, Vendor, vendor_open
from tests.unit.notices.samples import CONTACT, ISSUED, notice

LONG = Patience(connect=60, answer=60, total=120)
"""So that a machine with much else to do is not taken for a vendor that does not answer."""
SHORT = Patience(connect=60, answer=0.4), Patience(connect=60, answer=2)
"""For a vendor that does not answer; the second leaves time to answer for its token."""
HEAD = Addressee("吴二", "13900005678", "wu@example.cn", "wu2", "unit_head")


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with vendor_open() as found:
        yield found


def made(kind: str, vendor: Vendor) -> Channel:
    patience = SHORT[kind == "app"] if vendor.mood == "slow" else LONG
    client = shared_client(patience)
    makers: dict[str, Callable[[], Channel]] = {
        "wecom": lambda: WecomRobot(vendor.wecom, client, allow_local=True, patience=patience),
        "dingtalk": lambda: DingtalkRobot(vendor.dingtalk, client, secret=SECRET, allow_local=True, patience=patience),
        "feishu": lambda: FeishuRobot(vendor.feishu, client, secret=SECRET, allow_local=True, patience=patience),
        "app": lambda: WecomApp(vendor.url("app"), client, corp_id="corp1", agent_id="1000002", secret=CORP, allow_local=True, patience=patience),
        "sms": lambda: SmsGateway(vendor.url("sms/send"), client, secret=SECRET, busy="code=429", allow_local=True, patience=patience),
    }
    return makers[kind]()


@pytest.fixture
def channel_of(vendor: Vendor) -> Iterator[Callable[[str], Channel]]:
    channels: list[Channel] = []

    def make(kind: str) -> Channel:
        channels.append(made(kind, vendor))
        return channels[-1]

    yield make
    for channel in channels:
        channel.close()


def send(channel: Channel, outgoing: Outgoing | None = None, *people: Addressee) -> Sent:
    outgoing = outgoing or notice(kind="督办通知书", number="东文创办督〔2026〕12号")
    return channel.send(compose(outgoing), outgoing, people or [CONTACT], now=ISSUED)


KINDS = ("wecom", "dingtalk", "feishu", "app", "sms")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("mood", "outcome", "words"),
    [
        ("ok", "delivered", ""),
        ("busy", "failed", "繁忙"),
        ("refused", "refused", "拒收"),
        ("slow", "unknown", "没有收到答复"),
        ("cut", "unknown", "中断"),
        ("page", "refused", "网页"),
        ("status503", "failed", "HTTP 503"),
    ],
)
def test_each_vendors_answer_is_read_as_one_of_four_words(
    vendor: Vendor, channel_of: Callable[[str], Channel], kind: str, mood: str, outcome: str, words: str
) -> None:
    vendor.mood = mood
    sent = send(channel_of(kind))
    assert (sent.outcome, words in sent.detail) == (outcome, True), sent
    assert len([path for path in vendor.asked if "gettoken" not in path]) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_keys_and_numbers_stand_neither_in_details_nor_in_any_log(
    vendor: Vendor, channel_of: Callable[[str], Channel], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = channel_of(kind)
    details = send(channel).detail
    vendor.mood = "refused"
    details += send(channel).detail
    for secret in (KEY, SECRET, CORP, "token-1-abcdef", "13800001234" if kind == "sms" else KEY):
        assert secret not in details
        assert secret not in caplog.text
    assert "HTTP Request" in caplog.text


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_group_reads_title_and_number_and_no_unit(vendor: Vendor, channel_of: Callable[[str], Channel], kind: str) -> None:
    sent = send(channel_of(kind))
    ((_, body),) = vendor.said
    told = json.dumps(body, ensure_ascii=False)
    assert "督办通知书" in told
    assert "东文创办督〔2026〕12号" in told
    for hidden in ("城关街道", "林一", "报送动员部署情况"):
        assert hidden not in told
    assert [one.kept["relation"] for one in sent.reached or ()] == ["group"]


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_before_golive_nothing_is_posted_into_a_group(vendor: Vendor, channel_of: Callable[[str], Channel], kind: str) -> None:
    sent = send(channel_of(kind), notice(live=False))
    assert sent.outcome == "refused"
    assert vendor.asked == []


@pytest.mark.parametrize(("kind", "code"), [("dingtalk", "310000"), ("feishu", "19021")])
def test_a_wrong_signature_is_a_refusal_though_the_status_is_200(vendor: Vendor, kind: str, code: str) -> None:
    robot = {"dingtalk": DingtalkRobot, "feishu": FeishuRobot}[kind]
    channel = robot(getattr(vendor, kind), shared_client(LONG), secret="another", allow_local=True, patience=LONG)
    sent = send(channel)
    channel.close()
    assert sent.outcome == "refused"
    assert code in sent.detail


def test_one_token_serves_many_messages_and_an_expired_one_is_fetched_again(vendor: Vendor, channel_of: Callable[[str], Channel]) -> None:
    channel = channel_of("app")
    for nth in range(3):
        assert send(channel, notice(nth, unit_name=f"街道{nth}")).outcome == "delivered"
    assert vendor.tokens == 1
    vendor.good_token = "revoked-by-the-vendor"
    assert send(channel, notice(9)).outcome == "delivered"
    assert vendor.tokens == 2


def test_an_account_the_vendor_does_not_know_is_named_and_is_not_in_the_proof(vendor: Vendor, channel_of: Callable[[str], Channel]) -> None:
    vendor.unknown_accounts = frozenset({"wu2"})
    sent = send(channel_of("app"), None, CONTACT, HEAD)
    assert sent.outcome == "delivered"
    assert "吴二" in sent.detail
    assert sent.reached == (CONTACT,)
    assert send(channel_of("app"), None, HEAD).outcome == "refused"


def test_a_message_without_an_answer_comes_again_and_the_app_shows_it_once(vendor: Vendor, channel_of: Callable[[str], Channel]) -> None:
    channel = channel_of("app")
    vendor.mood = "cut"
    assert send(channel).outcome == "unknown"
    vendor.mood = "ok"
    assert send(channel).outcome == "delivered"
    assert len(vendor.said) == 1
    assert set(vendor.keys) == {"n2001-1"}


def test_a_long_notice_goes_in_numbered_parts_within_the_vendors_bytes(vendor: Vendor, channel_of: Callable[[str], Channel]) -> None:
    lines = tuple(Line(number, f"第{number}项" + "整治背街小巷环境卫生" * 6, None) for number in range(1, 19))
    assert send(channel_of("app"), notice(lines=lines)).outcome == "delivered"
    parts = [body["text"]["content"] for _, body in vendor.said]
    assert len(parts) > 1
    assert [part.split("\n")[0] for part in parts] == [f"（{number}/{len(parts)}）" for number in range(1, len(parts) + 1)]
    assert all(len(part.encode()) <= 2048 for part in parts)
    assert all(f"第{number}项" in "".join(parts) for number in range(1, 19))


def test_wrong_app_secret_is_refused_and_says_what_could_not_be_had(vendor: Vendor) -> None:
    channel = WecomApp(vendor.url("app"), shared_client(LONG), corp_id="c", agent_id="1", secret="wrong-secret", allow_local=True, patience=LONG)
    sent = send(channel)
    channel.close()
    assert sent.outcome == "refused"
    assert "令牌" in sent.detail
    assert "wrong-secret" not in sent.detail


def test_nobody_with_an_account_or_a_number_is_a_refusal_for_the_next_channel(channel_of: Callable[[str], Channel]) -> None:
    nobody = replace(CONTACT, phone=None, account=None)
    assert send(channel_of("app"), None, nobody).outcome == "refused"
    assert send(channel_of("sms"), None, nobody).outcome == "refused"


def test_the_gateways_body_is_filled_by_value_in_json_and_as_a_form(vendor: Vendor) -> None:
    tricky = notice(campaign_title='创建"文明"城区\\方案', number="函〔2026〕5号")
    body = '{"to": ["{phone}"], "vars": {"n": "{number}", "t": "{title}"}, "sign": "{secret}", "key": "{key}"}'
    for form in (False, True):
        channel = SmsGateway(vendor.url("sms/send"), shared_client(LONG), form=form, body=body, secret=SECRET, allow_local=True, patience=LONG)
        assert send(channel, tricky).outcome == "delivered"
        channel.close()
    (_, as_json), (_, as_form) = vendor.said
    assert as_json["vars"] == {"n": "函〔2026〕5号", "t": '创建"文明"城区\\方案'}
    assert as_json["to"] == ["13800001234"]
    assert as_form["sign"] == SECRET


def test_each_number_has_its_own_key_and_the_message_has_one_line(vendor: Vendor, channel_of: Callable[[str], Channel]) -> None:
    sent = send(channel_of("sms"), None, CONTACT, HEAD)
    assert (sent.outcome, sent.reached) == ("delivered", (CONTACT, HEAD))
    assert len(vendor.keys) == 2
    assert all("\n" not in body["content"] and len(body["content"]) <= 200 for _, body in vendor.said)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"body": "mobile={phone}"}, "CAMPAIGN_SMS_BODY"),
        ({"body": '{"m": "{mobile}"}'}, "mobile"),
        ({"success": "ok"}, "CAMPAIGN_SMS_SUCCESS"),
        ({"headers": "[]"}, "CAMPAIGN_SMS_HEADERS"),
    ],
)
def test_a_gateway_that_is_set_up_wrong_names_the_setting(settings: dict[str, str], words: str) -> None:
    client = shared_client()
    with pytest.raises(BadGateway, match=words):
        SmsGateway("https://sms.example.cn/", client, **settings)  # type: ignore[arg-type]  # all of them are texts
    client.close()


@pytest.mark.parametrize("kind", ["wecom", "app", "sms"])
def test_a_vendor_in_the_local_network_is_refused_unless_allowed(vendor: Vendor, kind: str) -> None:
    client = shared_client()
    makers: dict[str, Callable[[], Channel]] = {
        "wecom": lambda: WecomRobot(vendor.wecom, client),
        "app": lambda: WecomApp(vendor.url("app"), client, corp_id="c", agent_id="1", secret=CORP),
        "sms": lambda: SmsGateway(vendor.url("sms"), client),
    }
    channel = makers[kind]()
    sent = send(channel)
    channel.close()
    assert sent.outcome == "refused"
    assert "CAMPAIGN_VENDOR_ALLOW_LOCAL=1" in sent.detail
    assert vendor.asked == []
