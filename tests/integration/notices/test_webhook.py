"""The webhook against a real server on this machine: every way in which a receiver can answer, or not."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest

from campaign.notices.channels.base import Sent
from campaign.notices.channels.http import Patience, shared_client
from campaign.notices.channels.webhook import WebhookChannel
from campaign.notices.sending import send_batch
from campaign.notices.wording import compose
from tests.integration.notices.receiver import Receiver, receiving
from tests.unit.notices.samples import CONTACT, ISSUED, notice

LONG = Patience(connect=60, answer=60, total=120)
"""So that a machine with much else to do is not taken for a receiver that does not answer."""
SHORT = {"silent": Patience(connect=60, answer=0.3), "drip": Patience(connect=60, answer=60, total=0.3)}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def send(receiver: Receiver, path: str, *, secret: str | None = None, allow_local: bool = True) -> Sent:
    patience = SHORT.get(path, LONG)
    channel = WebhookChannel(receiver.url(path), shared_client(patience), secret=secret, allow_local=allow_local, patience=patience)
    try:
        return channel.send(compose(notice()), notice(), [CONTACT], now=ISSUED)
    finally:
        channel.close()


@pytest.mark.parametrize(
    ("path", "outcome", "words"),
    [
        ("ok", "delivered", "HTTP 200"),
        ("empty", "delivered", "HTTP 204"),
        ("errcode0", "delivered", "HTTP 200"),
        ("huge", "delivered", "HTTP 200"),
        ("busy", "failed", "HTTP 503"),
        ("limited", "failed", "HTTP 429"),
        ("refused", "refused", "单位不存在"),
        ("unauthorised", "refused", "HTTP 401"),
        ("page", "refused", "网页"),
        ("disguised", "refused", "网页"),
        ("errcode", "refused", "93000"),
        ("redirect", "refused", "不跟随转向"),
        ("silent", "unknown", "没有收到答复"),
        ("drip", "unknown", "没有在限定时间内传完"),
        ("cut", "unknown", "中断"),
    ],
)
def test_answer_is_read_as_one_of_four_words(receiver: Receiver, path: str, outcome: str, words: str) -> None:
    sent = send(receiver, path)
    assert (sent.outcome, words in sent.detail) == (outcome, True), sent
    assert len(receiver.received) == 1


def test_refused_connection_has_failed_and_may_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    sent = send(Receiver(port), "ok")
    assert sent.outcome == "failed"
    assert "连不上" in sent.detail


def test_local_receiver_is_refused_before_anything_is_sent(receiver: Receiver) -> None:
    sent = send(receiver, "ok", allow_local=False)
    assert sent.outcome == "refused"
    assert "CAMPAIGN_WEBHOOK_ALLOW_LOCAL=1" in sent.detail
    assert receiver.received == []


def test_body_says_who_what_and_by_when(receiver: Receiver) -> None:
    send(receiver, "ok")
    (request,) = receiver.received
    said = json.loads(request.body)
    assert said["key"] == request.headers["idempotency-key"] == "n2001-1"
    assert (said["campaign"], said["unit"], said["kind"], said["number"]) == ("临江区创建卫生社区实施方案", "城关街道", "催办通知单", None)
    assert said["to"] == [{"name": "林一", "phone": "13800001234", "email": "lin@example.cn", "account": "lin1", "relation": "contact"}]
    assert [line["due_on"] for line in said["lines"]] == ["2026-08-31", "2026-09-02"]
    assert (said["subject"], said["text"]) == (compose(notice()).subject, compose(notice()).text_plain)
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_signature_covers_timestamp_and_raw_body(receiver: Receiver) -> None:
    send(receiver, "ok", secret="共享密钥")
    (request,) = receiver.received
    stamp = request.headers["x-campaign-timestamp"]
    expected = hmac.new("共享密钥".encode(), stamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-campaign-signature"] == f"sha256={expected}"
    assert int(stamp) == int(ISSUED.timestamp())


def test_without_a_secret_nothing_pretends_to_be_signed(receiver: Receiver) -> None:
    send(receiver, "ok")
    assert "x-campaign-signature" not in receiver.received[0].headers


def test_repetition_after_silence_has_the_same_key(receiver: Receiver) -> None:
    receiver.cut_next = 1
    first, second = send(receiver, "ok"), send(receiver, "ok")
    assert (first.outcome, second.outcome) == ("unknown", "delivered")
    assert receiver.keys == ["n2001-1", "n2001-1"]


def test_keys_in_the_address_reach_neither_detail_nor_log(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        sent = send(receiver, "refused/PATH-SECRET?key=K-SECRET-1", secret="SIGN-SECRET")
    assert receiver.received[0].path == "/refused/PATH-SECRET?key=K-SECRET-1"
    assert "HTTP/1.1 400" in caplog.text
    for secret in ("PATH-SECRET", "K-SECRET-1", "SIGN-SECRET"):
        assert secret not in sent.detail
        assert secret not in caplog.text


def test_host_name_is_kept_for_the_receiver_while_the_judged_address_is_used(receiver: Receiver) -> None:
    channel = WebhookChannel(f"http://localhost:{receiver.port}/ok", shared_client(LONG), allow_local=True, patience=LONG)
    sent = channel.send(compose(notice()), notice(), [CONTACT], now=ISSUED)
    channel.close()
    assert sent.outcome == "delivered"
    assert receiver.received[0].headers["host"] == f"localhost:{receiver.port}"


def test_batch_shares_connections_and_delivers_each_key_once(receiver: Receiver) -> None:
    channel = WebhookChannel(receiver.url("ok"), shared_client(), allow_local=True)
    rows = [notice(n) for n in range(60)]
    outcomes = send_batch(rows, {"webhook": channel}, {row.delivery_id: [CONTACT] for row in rows}, now=ISSUED)
    channel.close()
    assert {outcome.outcome for outcome in outcomes} == {"delivered"}
    assert sorted(receiver.keys) == sorted(row.idempotency_key for row in rows)


def test_failures_in_a_batch_are_each_their_own(receiver: Receiver) -> None:
    channel = WebhookChannel(receiver.url("ok"), shared_client(), allow_local=True)
    receiver.cut_next = 3
    rows = [notice(n) for n in range(20)]
    first = send_batch(rows, {"webhook": channel}, {row.delivery_id: [CONTACT] for row in rows}, now=ISSUED)
    again = [row for row, outcome in zip(rows, first, strict=True) if outcome.outcome == "unknown"]
    assert len(again) == 3
    second = send_batch(again, {"webhook": channel}, {row.delivery_id: [CONTACT] for row in rows}, now=ISSUED + timedelta(minutes=1))
    channel.close()
    assert {outcome.outcome for outcome in second} == {"delivered"}
    assert set(receiver.keys) == {row.idempotency_key for row in rows}
    assert len(receiver.keys) == 23
