"""Which channels there are, made once a process from the settings.

Owns the table of names. A channel that is not set up stands in the table too and refuses with the reason, so that its notices go to the
next channel at once. Adding a channel is a file beside this one and a row here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from campaign.errors import CampaignError
from campaign.notices.channels.base import Channel, Unconfigured
from campaign.notices.channels.file import FileChannel

OUTBOX_FILE = "outbox.jsonl"


class ChannelSettings(Protocol):
    """What the channels need of the settings; secrets come from the environment only."""

    @property
    def data_dir(self) -> Path: ...

    @property
    def webhook_url(self) -> str | None: ...

    @property
    def webhook_secret(self) -> str | None: ...

    @property
    def webhook_allow_local(self) -> bool: ...


def channels_from(settings: ChannelSettings) -> dict[str, Channel]:
    return {"file": FileChannel(settings.data_dir / OUTBOX_FILE), "webhook": _webhook(settings)}


def close_channels(channels: Mapping[str, Channel]) -> None:
    for channel in channels.values():
        channel.close()


def _webhook(settings: ChannelSettings) -> Channel:
    if not settings.webhook_url:
        return Unconfigured("通用接口未配置：请设置 CAMPAIGN_WEBHOOK_URL。")
    from campaign.notices.channels.webhook import WebhookChannel, shared_client  # httpx is loaded only where it is used

    client = shared_client()
    try:
        return WebhookChannel(settings.webhook_url, client, secret=settings.webhook_secret, allow_local=settings.webhook_allow_local)
    except CampaignError as wrong:
        client.close()
        return Unconfigured(f"通用接口未配置好：{wrong.message}")
