"""The forms of Prefect's run dialog: one Pydantic model a flow, because only the fields of a model show their Chinese titles there.

Owns field names, titles and limits. Refuses to carry an actor: whoever knows Prefect's one shared password could write any name there;
the actor of a run travels in its labels (runs.py), which the dialog cannot set.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from campaign.rules.calendar import CAMPAIGN_ZONE

EVERY = "全部"
SEPARATOR = " · "


class PassForm(BaseModel):
    """What every pass may be told."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: str = Field(default="", max_length=200, title="原因", description="写入操作日志，例如：领导要求提前一天催办")
    at: datetime | None = Field(default=None, title="按此时间推演", description="仅用于演练活动；正式活动请留空，按现在的时间办理")
    due_key: str = Field(default="", max_length=160, title="计划时刻（系统填写）", description="由督办时钟填写，手工触发时请留空")

    @field_validator("at")
    @classmethod
    def _campaign_time(cls, value: datetime | None) -> datetime | None:
        """As on the command line, a time without offset is campaign time."""
        return value.replace(tzinfo=CAMPAIGN_ZONE) if value is not None and value.tzinfo is None else value


class OnePhase(BaseModel):
    campaign: str = Field(min_length=1, max_length=400, title="创建活动", description="要办理的创建活动")
    phase: str = Field(min_length=1, max_length=240, title="阶段", description="该活动中要办理的阶段")


class PhaseForm(PassForm, OnePhase):
    """A pass over one phase. The subject is a second base so that the dialog asks for it first: fields are collected from the last base on."""


class OneOrAll(BaseModel):
    campaign: str = Field(default=EVERY, min_length=1, max_length=400, title="创建活动", description="选「全部」则逐个办理所有进行中的活动")


class CampaignForm(PassForm, OneOrAll):
    """A pass over one campaign, or over every running one."""


class HousekeepingForm(BaseModel):
    """Work that belongs to no campaign: backups, cleaning, the look at the clock."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: str = Field(default="", max_length=200, title="原因", description="写入操作日志；平时按计划自动运行，不必填写")


def choice(key: str, name: str) -> str:
    """How a select shows a campaign or a phase: 「wm-2026 · 创建文明城市」."""
    return f"{key}{SEPARATOR}{name}"


def key_of(chosen: str) -> str | None:
    """The slug or key behind a select's choice; None for 「全部」. A bare slug passes too."""
    key = chosen.split(SEPARATOR, 1)[0].strip()
    return None if key == EVERY else key


def name_of(chosen: str) -> str:
    """What people call the choice: 「创建文明城市」."""
    return chosen.rsplit(SEPARATOR, 1)[-1].strip() if SEPARATOR not in chosen else chosen.split(SEPARATOR, 1)[1].strip()


def faults_in(form: type[BaseModel], parameters: Mapping[str, Any]) -> list[str]:
    """What a person filled in wrongly, field by field. Prefect lets every text through where a time is meant, and would tell it in English."""
    beside = [f"没有「{name}」这一栏" for name in parameters if name != "request"]
    try:
        form.model_validate(parameters.get("request") or {})
    except ValidationError as wrong:
        return list(dict.fromkeys([*beside, *(_fault(form, error["loc"][0] if error["loc"] else "", error["type"]) for error in wrong.errors())]))
    return beside


def _fault(form: type[BaseModel], name: int | str, kind: str) -> str:
    field = form.model_fields.get(str(name))
    if field is None:
        return f"没有「{name}」这一栏"
    if kind.startswith("datetime"):
        return f"「{field.title}」应写成 2026-06-01T09:00 这样的时间"
    if kind == "string_too_long":
        return f"「{field.title}」太长"
    return f"「{field.title}」{'没有填写' if kind in ('missing', 'string_too_short') else '填写不对'}"


def parameters_of(form: PassForm | HousekeepingForm) -> dict[str, Any]:
    """The parameters of a flow run as Prefect's API takes them."""
    return {"request": form.model_dump(mode="json")}
