"""How many sendings a second: measured and printed, never judged."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from campaign.notices.channels.base import Channel
from campaign.notices.channels.file import FileChannel
from campaign.notices.channels.http import shared_client
from campaign.notices.channels.webhook import WebhookChannel
from campaign.notices.sending import send_batch
from tests.integration.notices.receiver import receiving
from tests.unit.notices.samples import CONTACT, ISSUED, notice

SENDINGS = 1000


def rate(name: str, channel: Channel) -> float:
    rows = [notice(n, channel=name) for n in range(SENDINGS)]
    begun = time.perf_counter()
    outcomes = send_batch(rows, {name: channel}, {row.delivery_id: [CONTACT] for row in rows}, now=ISSUED)
    seconds = time.perf_counter() - begun
    channel.close()
    assert {outcome.outcome for outcome in outcomes} == {"delivered"}
    return SENDINGS / seconds


@pytest.mark.bench
def test_sendings_a_second(tmp_path: Path) -> None:
    with receiving() as receiver:
        receiver.delay = 0.05
        webhook = rate("webhook", WebhookChannel(receiver.url("ok"), shared_client(), secret="k", allow_local=True))
    file = rate("file", FileChannel(tmp_path / "outbox.jsonl"))
    print(f"\nwebhook to a receiver answering in 50 ms: {webhook:.0f}/s; file with fsync: {file:.0f}/s")
