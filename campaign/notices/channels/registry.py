"""Which channels there are, made once a process from the settings.

Owns the table of names. A channel that is not set up stands in the table too and refuses with the reason, so that its notices go to the
next channel at once. Adding a channel is a file beside this one and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from campaign.errors import CampaignError
from campaign.notices.channels.base import Channel, Unconfigured
from campaign.notices.channels.file import FileChannel
from campaign.notices.channels.hand import ByHand

if TYPE_CHECKING:
    import httpx

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
    @property
    def vendor_allow_local(self) -> bool: ...
    @property
    def wecom_robot_url(self) -> str | None: ...
    @property
    def wecom_app_url(self) -> str: ...
    @property
    def wecom_app_corp_id(self) -> str | None: ...
    @property
    def wecom_app_agent_id(self) -> str | None: ...
    @property
    def wecom_app_secret(self) -> str | None: ...
    @property
    def dingtalk_robot_url(self) -> str | None: ...
    @property
    def dingtalk_robot_secret(self) -> str | None: ...
    @property
    def feishu_robot_url(self) -> str | None: ...
    @property
    def feishu_robot_secret(self) -> str | None: ...
    @property
    def sms_url(self) -> str | None: ...
    @property
    def sms_format(self) -> str: ...
    @property
    def sms_body(self) -> str | None: ...
    @property
    def sms_headers(self) -> str | None: ...
    @property
    def sms_secret(self) -> str | None: ...
    @property
    def sms_success(self) -> str: ...
    @property
    def sms_busy(self) -> str | None: ...
    @property
    def smtp_host(self) -> str | None: ...
    @property
    def smtp_port(self) -> int: ...
    @property
    def smtp_security(self) -> str: ...
    @property
    def smtp_user(self) -> str | None: ...
    @property
    def smtp_password(self) -> str | None: ...
    @property
    def smtp_sender(self) -> str | None: ...


def channels_from(settings: ChannelSettings) -> dict[str, Channel]:
    """Every channel by its name in the ladders. HTTP is loaded, and its one client made, only when something is set up that needs it."""
    channels: dict[str, Channel] = {"file": FileChannel(settings.data_dir / OUTBOX_FILE), "hand": ByHand(), "email": _mail(settings)}
    client: httpx.Client | None = None
    for name, (word, needed, build) in _OVER_HTTP.items():
        missing = [setting for setting in needed if not getattr(settings, setting)]
        if missing:
            channels[name] = Unconfigured(f"{word}未配置：请设置 {'、'.join(f'CAMPAIGN_{setting.upper()}' for setting in missing)}。")
            continue
        if client is None:
            from campaign.notices.channels.http import shared_client

            client = shared_client()
        try:
            channels[name] = build(settings, client)
        except CampaignError as wrong:
            channels[name] = Unconfigured(f"{word}未配置好：{wrong.message}")
    if client is not None and all(isinstance(channels[name], Unconfigured) for name in _OVER_HTTP):
        client.close()
    return channels


def close_channels(channels: Mapping[str, Channel]) -> None:
    for channel in channels.values():
        channel.close()


def _webhook(settings: ChannelSettings, client: httpx.Client) -> Channel:
    from campaign.notices.channels.webhook import WebhookChannel

    return WebhookChannel(settings.webhook_url or "", client, secret=settings.webhook_secret, allow_local=settings.webhook_allow_local)


def _wecom_robot(settings: ChannelSettings, client: httpx.Client) -> Channel:
    from campaign.notices.channels.wecom_robot import WecomRobot

    return WecomRobot(settings.wecom_robot_url or "", client, allow_local=settings.vendor_allow_local)


def _wecom_app(settings: ChannelSettings, client: httpx.Client) -> Channel:
    from campaign.notices.channels.wecom_app import WecomApp

    agent = settings.wecom_app_agent_id or ""
    if not agent.isdigit():
        raise CampaignError("CAMPAIGN_WECOM_APP_AGENT_ID 应为应用的数字编号（AgentId）。", code="bad_agent_id")
    return WecomApp(
        settings.wecom_app_url, client, corp_id=settings.wecom_app_corp_id or "", agent_id=agent, secret=settings.wecom_app_secret or "",
        allow_local=settings.vendor_allow_local,
    )  # fmt: skip


def _dingtalk_robot(settings: ChannelSettings, client: httpx.Client) -> Channel:
    from campaign.notices.channels.dingtalk_robot import DingtalkRobot

    return DingtalkRobot(settings.dingtalk_robot_url or "", client, secret=settings.dingtalk_robot_secret, allow_local=settings.vendor_allow_local)


def _feishu_robot(settings: ChannelSettings, client: httpx.Client) -> Channel:
    from campaign.notices.channels.feishu_robot import FeishuRobot

    return FeishuRobot(settings.feishu_robot_url or "", client, secret=settings.feishu_robot_secret, allow_local=settings.vendor_allow_local)


def _sms(settings: ChannelSettings, client: httpx.Client) -> Channel:
    from campaign.notices.channels.sms import BODY, SmsGateway

    return SmsGateway(
        settings.sms_url or "", client, form=settings.sms_format == "form", body=settings.sms_body or BODY, headers=settings.sms_headers or "{}",
        secret=settings.sms_secret, success=settings.sms_success, busy=settings.sms_busy, allow_local=settings.vendor_allow_local,
    )  # fmt: skip


def _mail(settings: ChannelSettings) -> Channel:
    if not settings.smtp_host or not settings.smtp_sender:
        return Unconfigured("邮件未配置：请设置 CAMPAIGN_SMTP_HOST 和 CAMPAIGN_SMTP_SENDER。")
    if settings.smtp_user and settings.smtp_security == "none":
        return Unconfigured("邮件未配置好：CAMPAIGN_SMTP_SECURITY=none 时不登录，口令会被人看见；请改为 ssl 或 starttls。")
    from campaign.notices.channels.mail import MailChannel, MailServer, Security

    kinds: dict[str, Security] = {"ssl": "ssl", "starttls": "starttls", "none": "none"}
    return MailChannel(MailServer(
        settings.smtp_host, settings.smtp_port, settings.smtp_sender, kinds[settings.smtp_security], settings.smtp_user, settings.smtp_password
    ))  # fmt: skip


Build = Callable[[ChannelSettings, "httpx.Client"], Channel]
_OVER_HTTP: dict[str, tuple[str, tuple[str, ...], Build]] = {
    "webhook": ("通用接口", ("webhook_url",), _webhook),
    "wecom_robot": ("企业微信群机器人", ("wecom_robot_url",), _wecom_robot),
    "wecom_app": ("企业微信应用", ("wecom_app_corp_id", "wecom_app_agent_id", "wecom_app_secret"), _wecom_app),
    "dingtalk_robot": ("钉钉机器人", ("dingtalk_robot_url",), _dingtalk_robot),
    "feishu_robot": ("飞书机器人", ("feishu_robot_url",), _feishu_robot),
    "sms": ("短信网关", ("sms_url",), _sms),
}
