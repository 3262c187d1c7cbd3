"""A batch: an outcome a row, one bad row stops nobody, rehearsals reach the test address only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from campaign.notices.addressees import Addressee, each_once, rehearsal_addressee
from campaign.notices.channels.base import Channel, Sent
from campaign.notices.channels.file import read_sendings
from campaign.notices.channels.registry import channels_from, close_channels
from campaign.notices.sending import Sender, send_batch
from campaign.notices.wording import Message
from campaign.records.papers.outbox import Outgoing
from config.settings import Settings
from tests.unit.notices.samples import CONTACT, ISSUED, notice


def settings(home: Path, **given: Any) -> Settings:
    return Settings(_env_file=None, home=home, **given)


@dataclass
class Recording:
    """A channel that remembers, and breaks on the notices it is told to."""

    breaks: frozenset[int] = frozenset()
    told: list[tuple[str, list[Addressee]]] = field(default_factory=list)

    def send(self, message: Message, outgoing: Outgoing, addressees: Sequence[Addressee], *, now: datetime) -> Sent:
        if outgoing.notice_id in self.breaks:
            raise ZeroDivisionError("secret-token")
        self.told.append((message.subject, list(addressees)))
        return Sent("delivered", "收到")

    def close(self) -> None:
        return None


def test_outcomes_stand_in_the_order_of_the_rows() -> None:
    rows = [notice(n) for n in range(50)]
    outcomes = send_batch(rows, {"webhook": Recording()}, {row.delivery_id: [CONTACT] for row in rows}, now=ISSUED)
    assert [outcome.delivery_id for outcome in outcomes] == [row.delivery_id for row in rows]
    assert outcomes[0].recipients == ({"name": "林一", "relation": "contact", "address": "lin1"},)


def test_one_bad_row_stops_nobody_and_tells_no_secret() -> None:
    rows = [notice(n) for n in range(5)]
    outcomes = send_batch(rows, {"webhook": Recording(frozenset({2002}))}, {row.delivery_id: [CONTACT] for row in rows}, now=ISSUED)
    assert [outcome.outcome for outcome in outcomes] == ["delivered", "delivered", "unknown", "delivered", "delivered"]
    assert "secret-token" not in outcomes[2].detail
    assert outcomes[2].recipients == ()


def test_unknown_channel_is_refused_so_that_the_next_takes_over_at_once() -> None:
    (outcome,) = send_batch([notice(1, channel="wecom_robot")], {"file": Recording()}, {1001: [CONTACT]}, now=ISSUED)
    assert (outcome.outcome, outcome.detail) == ("refused", "渠道「企业微信群机器人」未配置。")


@pytest.mark.parametrize(("url", "words"), [(None, "未配置"), ("ftp://example.cn/x", "https://"), ("http://[::1", "https://"), ("http://a:99999/", "https://")])
def test_webhook_that_is_not_set_up_refuses_with_the_reason(tmp_path: Path, url: str | None, words: str) -> None:
    channels = channels_from(settings(tmp_path, webhook_url=url))
    (outcome,) = send_batch([notice(1)], channels, {1001: [CONTACT]}, now=ISSUED)
    close_channels(channels)
    assert outcome.outcome == "refused"
    assert words in outcome.detail


def test_live_notice_without_anybody_is_refused_and_names_the_unit() -> None:
    channel = Recording()
    (outcome,) = send_batch([notice(1)], {"webhook": channel}, {}, now=ISSUED)
    assert outcome.outcome == "refused"
    assert "城关街道" in outcome.detail
    assert channel.told == []


def test_before_golive_everything_goes_to_the_test_address_only() -> None:
    channel = Recording()
    (outcome,) = send_batch([notice(1, live=False)], {"webhook": channel}, {1001: [CONTACT]}, now=ISSUED, test_address="test@example.cn")
    ((subject, addressees),) = channel.told
    assert subject.startswith("【演练】")
    assert addressees == [Addressee("演练地址", email="test@example.cn", relation="test")]
    assert outcome.recipients == ({"name": "演练地址", "relation": "test", "address": "t***@example.cn"},)


def test_before_golive_without_a_test_address_nothing_leaves_the_house() -> None:
    webhook, file = Recording(), Recording()
    channels: dict[str, Channel] = {"webhook": webhook, "file": file}
    rows = [notice(1, live=False), notice(2, live=False, channel="file")]
    outcomes = send_batch(rows, channels, {1001: [CONTACT], 1002: [CONTACT]}, now=ISSUED)
    assert [outcome.outcome for outcome in outcomes] == ["refused", "delivered"]
    assert webhook.told == []
    assert file.told[0][1] == [Addressee("演练地址", relation="test")]


def test_rows_that_cannot_begin_in_time_are_left_to_the_next_claim() -> None:
    channel = Recording()
    assert send_batch([notice(n) for n in range(3)], {"webhook": channel}, {}, now=ISSUED, begin_within=-1) == []
    assert channel.told == []


def test_empty_batch_is_empty() -> None:
    assert send_batch([], {}, {}, now=ISSUED) == []


def test_a_person_with_two_posts_gets_one_message() -> None:
    head = Addressee("林一", "13800001234", "lin@example.cn", "lin1", "unit_head")
    assert each_once([CONTACT, head]) == [CONTACT]


@pytest.mark.parametrize(("address", "kind"), [("test@example.cn", "email"), ("13800001234", "phone"), ("138 0000 1234", "phone"), ("robot-1", "account")])
def test_test_address_is_understood_by_its_look(address: str, kind: str) -> None:
    assert getattr(rehearsal_addressee(f" {address} "), kind) == address


def test_a_file_that_would_take_it_is_no_delivery_to_a_unit_where_nobody_is_known(tmp_path: Path) -> None:
    sender = Sender(settings(tmp_path))
    rows = [notice(1, channel="file"), notice(2, channel="file"), notice(3)]
    outcomes = sender(rows, {1002: [("unit_head", "吴二", "13900005678", None, None, 7)]}, ISSUED)
    sender.close()
    assert [outcome.outcome for outcome in outcomes] == ["refused", "delivered", "refused"]
    told = {row["key"]: row["to"] for row in read_sendings(tmp_path / "outbox.jsonl")}
    assert told == {"n2002-1": [{"name": "吴二", "relation": "unit_head", "address": "139****5678"}]}


def test_a_webhook_that_finds_people_itself_gets_the_unit_where_it_is_set_up_so(tmp_path: Path) -> None:
    sender = Sender(settings(tmp_path, webhook_by_unit=True))
    webhook = Recording()
    sender._channels["webhook"] = webhook
    outcomes = sender([notice(1), notice(2, channel="file")], {}, ISSUED)
    sender.close()
    assert [outcome.outcome for outcome in outcomes] == ["delivered", "refused"]
    assert [people for _, people in webhook.told] == [[Addressee("城关街道", relation="unit")]]
