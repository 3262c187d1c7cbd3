"""Every setting that the environment or `.env` may give, in one place.

Owns names, defaults and checks; docs/settings.md lists the same names for people, and a test compares the two. Refuses to be read
below the edges: the command line, the portal, the runner and the clock read it once and pass values down. The product's own
prefix is CAMPAIGN_; Prefect's settings keep their own names and are none of ours.
"""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from campaign.errors import CampaignError

PREFIX = "CAMPAIGN_"


class Settings(BaseSettings):
    """`load_settings` is the way in: it turns a wrong value into a sentence that names the variable."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    home: Path | None = Field(default=None, description="数据目录；--data 优先")
    database_url: str | None = Field(default=None, repr=False, description="业务库地址；不填则用数据目录里的 SQLite")
    actor: str | None = Field(default=None, description="默认操作人；--as 优先")
    tz: str = Field(default="Asia/Shanghai", description="时区：没有写时区的时间按它理解，页面也按它显示")
    prefect_api_url: str | None = Field(default=None, description="已有 Prefect 服务的 API 地址；不填则用本机自带的")
    prefect_port: int = Field(default=4200, ge=1, le=65535, description="本机 Prefect 服务的端口")
    portal_port: int = Field(default=8600, ge=1, le=65535, description="门户网页的端口")
    portal_hosts: str = Field(default="", description="门户除本机外还以哪些域名提供服务，用逗号分开；填写后总览也须登录才能看")
    portal_https: bool = Field(default=False, description="填 1 表示门户前面有 HTTPS，登录凭据只经 HTTPS 传送")
    oidc_issuer: str | None = Field(default=None, description="统一身份认证（OIDC）的地址；不填则只用登录名和口令")
    oidc_client_id: str | None = Field(default=None, description="在统一身份认证登记的应用编号")
    oidc_client_secret: str | None = Field(default=None, repr=False, description="在统一身份认证登记的应用密钥；公开应用不填")
    oidc_label: str = Field(default="统一身份认证", description="登录按钮上的名称")
    oidc_number_claim: str = Field(default="employee_number", description="用来对应账号的工号字段；不填则只按已验证的邮箱对应")
    oidc_make_accounts: bool = Field(default=False, description="填 1 表示首次登录时自动开通没有角色的账号；默认须先由管理员开通")
    oidc_allow_http: bool = Field(default=False, description="填 1 允许统一身份认证的地址用 http，只用于可信内网")
    host: str = Field(default="127.0.0.1", description="各服务监听的地址")
    webhook_url: str | None = Field(default=None, repr=False, description="通用消息推送地址")
    webhook_secret: str | None = Field(default=None, repr=False, description="通用消息推送的签名密钥；不填则不签名")
    webhook_allow_local: bool = Field(default=False, description="填 1 允许通用消息推送到本机和内部网络")
    webhook_by_unit: bool = Field(default=False, description="填 1 表示通用接口的接收方自己按单位找人：单位没有登记人员时也发给它，并算送达")
    vendor_allow_local: bool = Field(default=False, description="填 1 允许机器人、应用和短信网关的地址在内部网络（政务微信、政务短信平台常在内网）")
    wecom_robot_url: str | None = Field(default=None, repr=False, description="企业微信群机器人的 Webhook 地址")
    wecom_app_url: str = Field(default="https://qyapi.weixin.qq.com", description="企业微信接口的地址；政务微信填自己的")
    wecom_app_corp_id: str | None = Field(default=None, repr=False, description="企业微信的企业编号")
    wecom_app_agent_id: str | None = Field(default=None, description="企业微信应用的 AgentId")
    wecom_app_secret: str | None = Field(default=None, repr=False, description="企业微信应用的 Secret")
    dingtalk_robot_url: str | None = Field(default=None, repr=False, description="钉钉群机器人的 Webhook 地址")
    dingtalk_robot_secret: str | None = Field(default=None, repr=False, description="钉钉群机器人「加签」的密钥")
    feishu_robot_url: str | None = Field(default=None, repr=False, description="飞书群机器人的 Webhook 地址")
    feishu_robot_secret: str | None = Field(default=None, repr=False, description="飞书群机器人「签名校验」的密钥")
    sms_url: str | None = Field(default=None, repr=False, description="短信网关的地址")
    sms_format: str = Field(default="json", description="短信网关的请求形式：json 或 form")
    sms_body: str | None = Field(default=None, repr=False, description="短信网关的请求内容，一个带占位符的 JSON 对象")
    sms_headers: str | None = Field(default=None, repr=False, description="短信网关的请求头，一个 JSON 对象")
    sms_secret: str | None = Field(default=None, repr=False, description="短信网关的密钥，填入占位符 {secret}")
    sms_success: str = Field(default="code=0", description="短信网关答复里表示受理的字段和值，几个值用竖线分开")
    sms_busy: str | None = Field(default=None, description="短信网关答复里表示繁忙、稍后再试的字段和值")
    smtp_host: str | None = Field(default=None, description="邮件服务器")
    smtp_port: int = Field(default=465, ge=1, le=65535, description="邮件服务器的端口")
    smtp_security: str = Field(default="ssl", description="邮件服务器的加密方式：ssl、starttls 或 none")
    smtp_user: str | None = Field(default=None, repr=False, description="邮箱的登录名；不填则不登录")
    smtp_password: str | None = Field(default=None, repr=False, description="邮箱的口令或授权码")
    smtp_sender: str | None = Field(default=None, description="发件人地址")
    test_address: str | None = Field(default=None, description="golive 之前，所有消息只发到这个地址")
    evidence_url: str | None = Field(default=None, description="报送文件存放在 S3 兼容存储时的地址，如 s3://桶名/目录；不填则存放在数据目录")
    s3_endpoint: str | None = Field(default=None, description="S3 兼容存储的服务地址；亚马逊以外的存储须填")
    s3_access_key: str | None = Field(default=None, repr=False, description="S3 的访问密钥编号；不填则用 AWS_ 开头的环境变量")
    s3_secret_key: str | None = Field(default=None, repr=False, description="S3 的访问密钥")
    s3_region: str | None = Field(default=None, description="S3 的区域")
    scan_command: str | None = Field(default=None, description="病毒检查命令，如 clamdscan --fdpass --no-summary {file}；退出码 0 为干净，1 为有病毒")
    scan_socket: str | None = Field(default=None, description="病毒检查服务（clamd 协议）的套接字路径或 主机：端口")
    scan_when_down: str = Field(default="hold", description="病毒检查没有应答时：hold 不入库、等恢复，mark 先收下并标记「未经病毒检查」")
    scan_seconds: int = Field(default=120, ge=1, le=3600, description="病毒检查一个文件最多用多少秒")
    backup_dir: Path | None = Field(default=None, description="备份存放的目录；不填则用数据目录里的 backups，最好另设在别的磁盘上")
    backup_keep_days: int = Field(default=14, ge=1, le=3650, description="备份保留的天数；最新的一个始终保留")
    phone_keep_days: int = Field(default=180, ge=1, le=3650, description="人员离任以后，电话和邮箱保留的天数")
    runs_keep_days: int = Field(default=30, ge=1, le=3650, description="Prefect 里旧运行和日志保留的天数；办理记录在业务库里，不受影响")
    pg_bin: Path | None = Field(default=None, description="pg_dump 和 pg_restore 所在的目录；不填则从 PATH 里找")
    log_level: str = Field(default="INFO", description="日志级别：DEBUG、INFO、WARNING、ERROR")

    @field_validator("home", "database_url", "prefect_api_url", mode="before")
    @classmethod
    def _empty_is_not_given(cls, value: object) -> object:
        """`CAMPAIGN_HOME=` in a filled-in `.env.example`, or an unset variable of a script: the default, never the current folder."""
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("tz")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as unknown:
            raise ValueError(f"没有名为「{value}」的时区，例如 Asia/Shanghai") from unknown
        return value

    @field_validator("smtp_security", "sms_format", "scan_when_down")
    @classmethod
    def _known_word(cls, value: str, about: ValidationInfo) -> str:
        allowed = {"smtp_security": ("ssl", "starttls", "none"), "sms_format": ("json", "form"), "scan_when_down": ("hold", "mark")}[about.field_name or ""]
        if value not in allowed:
            raise ValueError(f"应为 {'、'.join(allowed)} 之一")
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.tz)

    @property
    def data_dir(self) -> Path:
        return (self.home or default_home()).expanduser().absolute()

    @property
    def backups(self) -> Path:
        return (self.backup_dir or self.data_dir / "backups").expanduser().absolute()

    @property
    def records_url(self) -> str:
        """The database of the records; SQLite in the data folder unless another is given."""
        return self.database_url or f"sqlite:///{self.data_dir / 'campaign.db'}"

    @property
    def prefect_url(self) -> str:
        return self.prefect_api_url or f"http://127.0.0.1:{self.prefect_port}/api"


def default_home() -> Path:
    """`.data` of the checkout that the current folder lies in, else the user's own data folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "campaign" / "plan" / "spec.py").is_file() and (folder / "pyproject.toml").is_file():
            return folder / ".data"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "campaign"


def load_settings(*, home: Path | None = None) -> Settings:
    """Read the environment and `.env`; `home` (from --data) beats CAMPAIGN_HOME."""
    try:
        settings = Settings()
    except ValidationError as wrong:
        raise CampaignError(_explain(wrong), code="bad_settings") from wrong
    except UnicodeDecodeError as wrong:
        raise CampaignError(".env 不是 UTF-8 编码：请另存为 UTF-8 后重试", code="bad_settings") from wrong
    return settings.model_copy(update={"home": home}) if home is not None else settings


def _explain(wrong: ValidationError) -> str:
    parts = []
    for error in wrong.errors():
        name = PREFIX + str(error["loc"][0]).upper()
        limits = error.get("ctx", {})
        if "ge" in limits or "le" in limits or error["type"].startswith("int"):
            allowed = f"应为 {limits.get('ge', 1)} 到 {limits.get('le', 65535)} 的整数"
        elif error["type"].startswith("bool"):
            allowed = "应为 1（是）或 0（否）"
        else:
            allowed = str(error["msg"]).removeprefix("Value error, ")
        parts.append(f"{name}（现在是「{error['input']}」）{allowed}")
    return "设置有误：" + "；".join(parts) + "。请改正环境变量或 .env"
