"""Sending a batch of notices at once: each by its channel, and an outcome for each.

Owns concurrency, rehearsal routing and the promise that one bad row stops nobody. Refuses to touch the database: the caller claimed the
batch before and records the outcomes after. A row that could not begin in time is left out of the answer; its claim runs out and it is due
again, while an outcome written after the claim ran out could be somebody else's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Protocol

from campaign.notices.addressees import Addressee, each_once, rehearsal_addressee, unit_itself
from campaign.notices.channels.base import Channel, Sent
from campaign.notices.channels.registry import ChannelSettings, channels_from, close_channels
from campaign.notices.wording import compose
from campaign.records.papers.outbox import Outcome, Outgoing
from campaign.rules.ladder_terms import CHANNELS

PersonRow = tuple[str, str, str | None, str | None, str | None, int | None]

AT_ONCE = 20
BEGIN_WITHIN = 80.0
"""Seconds. A claim holds for two minutes, and a sending may take 20 s."""
log = logging.getLogger(__name__)


class SenderSettings(ChannelSettings, Protocol):
    @property
    def test_address(self) -> str | None: ...
    @property
    def webhook_by_unit(self) -> bool: ...


def send_batch(
    outgoings: Sequence[Outgoing],
    channels: Mapping[str, Channel],
    addressees: Mapping[int, Sequence[Addressee]],
    *,
    now: datetime,
    test_address: str | None = None,
    begin_within: float = BEGIN_WITHIN,
) -> list[Outcome]:
    """Send up to 20 at once; outcomes in the order of the rows. Never raises for a row."""
    if not outgoings:
        return []
    until = time.monotonic() + begin_within

    def one(outgoing: Outgoing) -> Outcome | None:
        if time.monotonic() > until:
            return None
        return _send_one(outgoing, channels.get(outgoing.channel), addressees.get(outgoing.delivery_id, ()), now, test_address)

    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(outgoings)), thread_name_prefix="notices") as threads:
        return [outcome for outcome in threads.map(one, outgoings) if outcome is not None]


class Sender:
    """The way out of a process: made once at the edge, called for each batch, closed at the end.

    Takes people as the records list them: (relation, name, phone, email, account, id), by delivery. A unit of which nobody is known is refused by
    every channel; a webhook whose receiver finds people itself may be told so, and then gets the unit's name.
    """

    def __init__(self, settings: SenderSettings) -> None:
        self._channels = channels_from(settings)
        self._test_address, self._by_unit = settings.test_address, settings.webhook_by_unit

    def __call__(self, outgoings: Sequence[Outgoing], people: Mapping[int, Sequence[PersonRow]], now: datetime) -> list[Outcome]:
        addressees = {one.delivery_id: [_person(row) for row in people.get(one.delivery_id, ())] for one in outgoings}
        for one in outgoings:
            if self._by_unit and one.channel == "webhook" and not addressees[one.delivery_id]:
                addressees[one.delivery_id] = [unit_itself(one.unit_name)]
        return send_batch(outgoings, self._channels, addressees, now=now, test_address=self._test_address)

    def close(self) -> None:
        close_channels(self._channels)


def _person(row: PersonRow) -> Addressee:
    relation, name, phone, email, account = row[:5]
    return Addressee(name, phone, email, account, relation)


def _send_one(outgoing: Outgoing, channel: Channel | None, people: Sequence[Addressee], now: datetime, test_address: str | None) -> Outcome:
    try:
        sent, told = _try(outgoing, channel, people, now, test_address)
    except Exception as defect:
        # Nobody knows how far it got, so it counts as sent without an answer and comes again with its key.
        log.exception("sending of delivery %s broke", outgoing.delivery_id)
        sent, told = Sent("unknown", f"发送程序出错（{type(defect).__name__}），详见日志。"), []
    reached = told if sent.reached is None else sent.reached
    return Outcome(outgoing.delivery_id, sent.outcome, sent.detail, tuple(one.kept for one in reached) if sent.outcome == "delivered" else ())


def _try(outgoing: Outgoing, channel: Channel | None, people: Sequence[Addressee], now: datetime, test_address: str | None) -> tuple[Sent, Sequence[Addressee]]:
    if channel is None:
        return Sent("refused", f"渠道「{CHANNELS.get(outgoing.channel, outgoing.channel)}」未配置。"), []
    if outgoing.live:
        to = each_once(people)
        if not to:
            return Sent("refused", f"{outgoing.unit_name}没有可以送达的人员：请登记联络员，或人工送达。"), []
    elif test_address:
        to = [rehearsal_addressee(test_address)]
    elif outgoing.channel == "file":
        to = [Addressee(name="演练地址", relation="test")]
    else:
        return Sent("refused", "尚未正式启用（golive），也没有设置演练地址 CAMPAIGN_TEST_ADDRESS：没有向外发送。"), []
    return channel.send(compose(outgoing), outgoing, to, now=now), to
