"""The forms of Prefect's run dialog: one Pydantic model a flow, because only the fields of a model show their Chinese titles there.

Owns field names, titles and limits. Refuses to carry an actor: whoever knows Prefect's one shared password could write any name there;
the actor of a run travels in its labels (runs.py), which the dialog cannot set.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

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
    def _with_offset(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("时间须带时区，例如 2026-06-01T09:00:00+08:00")
        return value


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


def parameters_of(form: PassForm | HousekeepingForm) -> dict[str, Any]:
    """The parameters of a flow run as Prefect's API takes them."""
    return {"request": form.model_dump(mode="json")}
