"""The words of a ladder: offsets from a deadline, dwells, rungs and the ladder itself, as frozen values.

Owns what they mean and how they are written (`-3wd`, `2h`, 逾期2个工作日). Refuses to know any calendar; moments are computed in `ladder`.

An hour is always a working hour, here and in dwells: "4 hours before the end of Friday" must be Friday 13:30, not 20:00 when
nobody reads it. A ladder's hash is taken over its meaning, so a comment added by an office
makes no new version.
"""

from __future__ import annotations

import re
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_serializer, model_validator

from campaign.errors import CampaignError

AUDIENCES = MappingProxyType(
    {
        "handler": "经办人",
        "contact": "单位联络员",
        "unit_head": "单位主要负责人",
        "supervisor_leader": "分管领导",
        "assigned_leader": "包联领导",
        "lead_unit": "牵头单位",
        "office": "办公室",
        "group_head": "组长",
    }
)
CHANNELS = MappingProxyType(
    {
        "portal": "站内消息",
        "file": "文件",
        "webhook": "通用接口",
        "wecom_robot": "企业微信群机器人",
        "wecom_app": "企业微信应用",
        "dingtalk_robot": "钉钉机器人",
        "feishu_robot": "飞书机器人",
        "sms": "短信",
        "email": "邮件",
        "hand": "人工送达",
    }
)
OffsetUnit = Literal["wd", "d", "h"]
UNIT_WORDS = MappingProxyType({"wd": "个工作日", "d": "天", "h": "个工作小时"})
_UNIT_OF_WORD = MappingProxyType(
    {"wd": "wd", "d": "d", "h": "h", "个工作日": "wd", "工作日": "wd", "天": "d", "日": "d", "小时": "h", "个小时": "h", "个工作小时": "h"}
)
_AMOUNT = r"(?P<amount>\d{1,4}(?:\.\d)?)\s*(?P<unit>wd|d|h|个工作日|工作日|天|日|个工作小时|个小时|小时)"
_OFFSET = re.compile(rf"(?P<sign>[+-]|到期前|逾期后?)?\s*{_AMOUNT}")
_SPAN = re.compile(_AMOUNT)


class BadLadder(CampaignError):
    code = "bad_ladder"


class Term(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _amount_of(found: re.Match[str]) -> tuple[float, str]:
    amount, unit = float(found["amount"]), _UNIT_OF_WORD[found["unit"]]
    if unit != "h" and not amount.is_integer():
        raise ValueError("工作日和天数应为整数")
    return amount, unit


class Offset(Term):
    """A distance from the deadline; negative is before it."""

    amount: float
    unit: OffsetUnit

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and value == 0:
            return {"amount": 0, "unit": "wd"}
        if not isinstance(value, str):
            return value
        if value.strip() in ("0", "到期"):
            return {"amount": 0, "unit": "wd"}
        found = _OFFSET.fullmatch(value.strip())
        if found is None:
            raise ValueError("应写成 -3wd（到期前3个工作日）、+1wd（逾期第1个工作日）、-2d（到期前2天）或 +4h（逾期4个工作小时）")
        amount, unit = _amount_of(found)
        return {"amount": -amount if found["sign"] in ("-", "到期前") and amount else amount, "unit": unit}

    @model_serializer
    def _written(self) -> str:
        return f"{self.amount:+g}{self.unit}"

    @property
    def before_deadline(self) -> bool:
        return self.amount < 0

    @property
    def label(self) -> str:
        if not self.amount:
            return "到期未办结即"
        return f"{'到期前' if self.before_deadline else '逾期'}{abs(self.amount):g}{UNIT_WORDS[self.unit]}"


class Span(Term):
    """A stretch of working time; the time to answer that a rung leaves to the one before it."""

    amount: float
    unit: Literal["wd", "h"]

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool) and value == 0:
            return {"amount": 0, "unit": "wd"}
        if not isinstance(value, str):
            return value
        if value.strip().startswith("-"):
            raise ValueError("间隔不能为负数：它是上一级送达后留给单位的办理时间")
        found = _SPAN.fullmatch(value.strip())
        if found is None or _UNIT_OF_WORD[found["unit"]] == "d":
            raise ValueError("间隔按工作时间计，应写成 2wd（2个工作日）或 4h（4个工作小时）")
        amount, unit = _amount_of(found)
        return {"amount": amount, "unit": unit}

    @model_serializer
    def _written(self) -> str:
        return f"{self.amount:g}{self.unit}"

    @property
    def label(self) -> str:
        return f"{self.amount:g}{UNIT_WORDS[self.unit]}"


class Rung(Term):
    number: int
    key: str
    name: str
    when: Offset
    dwell: Span
    audience: tuple[str, ...]
    issuer: str
    signer: str | None = None
    document: str
    channels: tuple[str, ...]
    signed: bool = False
    numbered: bool = False
    score: float | None = None
    urgent: bool | None = None
    """Goes out at night and on rest days too."""

    @property
    def before_deadline(self) -> bool:
        return self.when.before_deadline

    @property
    def audience_label(self) -> str:
        return "、".join(AUDIENCES[key] for key in self.audience)


class Ladder(Term):
    name: str
    title: str
    rungs: tuple[Rung, ...]

    @property
    def canonical(self) -> str:
        """The ladder's meaning as text (JSON, which is YAML): what a running duty keeps, and what `parse_ladder` reads again."""
        return self.model_dump_json(exclude_none=True)

    @property
    def sha256(self) -> str:
        return sha256(self.canonical.encode()).hexdigest()

    @property
    def version(self) -> str:
        return self.sha256[:12]

    @property
    def first_overdue(self) -> int | None:
        """The number of the first rung that is not a reminder."""
        return next((rung.number for rung in self.rungs if not rung.before_deadline), None)

    def rung(self, number: int) -> Rung:
        return self.rungs[number - 1]
