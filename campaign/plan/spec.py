"""What a plan says, as a validated value: PlanSpec and its parts.

Owns the shape that every reader, editor and launcher shares, and its JSON. Refuses to resolve anything: a date stays the phrase
of its small grammar (`When`) until the launch gives it a day, a unit stays a name until the launch finds or creates it.

The models are frozen and forbid unknown keys, so a misspelt field in a hand-edited file is an error with its place, never a silent loss.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from campaign.plan.phase_kind import PhaseKind as PhaseKind

WHEN = re.compile(
    r"\d{4}-\d{2}-\d{2}"  # a day
    r"|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?([+-]\d{2}:\d{2}|Z)?"  # an hour; without offset it is campaign time
    r"|(launch|inspection)([+-]\d{1,3}(d|wd))?"  # counted from the launch or the inspection's first day (T-n)
    r"|event:[^+\s]{1,40}(\+\d{1,3}(d|wd))?"  # counted from an event that somebody reports
)
FIRST_YEAR, LAST_YEAR = 1900, 2099
"""A year outside is a slip of the hand, as 0206. Old plans are read too."""
MOST = 1_000_000
"""Of copies, files or times: above that it is a slip too, and no column takes it."""


def _checked_when(value: str) -> str:
    if not WHEN.fullmatch(value):
        raise ValueError(
            "时间应写成 2026-09-30、2026-09-30T17:00+08:00、launch+3d（启动后第3天）、launch+3wd（第3个工作日）、inspection-7d（迎检前7天）或 event:活动结束+7d"
        )
    if value[:1].isdigit():
        try:
            day = datetime.fromisoformat(value)
        except ValueError as never:
            raise ValueError("没有这一天或这个时刻") from never
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(f"年份应在 {FIRST_YEAR} 至 {LAST_YEAR} 之间")
    return value


When = Annotated[str, AfterValidator(_checked_when)]
"""A day, an hour, or a day counted from the launch, the inspection or an event: `2026-09-30`, `launch+3d`, `inspection-7d`, `event:活动结束+7d`."""


class PlanKind(StrEnum):
    CAMPAIGN_PLAN = "campaign_plan"
    WORK_PLAN = "work_plan"
    EMERGENCY_PLAN = "emergency_plan"
    ACTIVITY_NOTICE = "activity_notice"
    REPORT = "report"
    CHARTER = "charter"
    MANAGEMENT_RULES = "management_rules"


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Person(Part):
    """A named leader or, where the plan gives none, the position that is meant."""

    name: str | None = None
    position: str | None = None


class Office(Part):
    name: str | None = None
    director: str | None = None
    seat: str | None = Field(default=None, description="办公室设在哪个单位")


class Group(Part):
    name: str
    lead: str | None = None
    lead_unit: str | None = None
    members: tuple[str, ...] = ()


class Organisation(Part):
    name: str | None = None
    head: tuple[Person, ...] = ()
    deputies: tuple[Person, ...] = ()
    members: tuple[str, ...] = ()
    office: Office | None = None
    groups: tuple[Group, ...] = ()


class Material(Part):
    """What is to be handed in: 资料、台账、总结、图片. A written key says which one it is when its name changes."""

    name: str = Field(min_length=1)
    copies: int | None = Field(default=None, ge=1, le=MOST)
    due: When | None = None
    form: Literal["electronic", "paper", "both"] | None = None
    count: int | None = Field(default=None, ge=1, le=MOST, description="份数要求，如每年不少于8次")
    key: str | None = Field(default=None, max_length=60, description="改名后仍认作同一份资料")

    @model_serializer(mode="wrap")
    def _without_no_key(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A material that has none is written as before keys were known, so that a stored plan still equals its file."""
        values: dict[str, Any] = written(self)
        if self.key is None:
            values.pop("key", None)
        return values


class Target(Part):
    """What can be counted: metric, comparison, number and its unit; `text` keeps the plan's words."""

    metric: str = ""
    op: Literal[">=", "<=", "=", ">", "<"] = ">="
    value: float | None = None
    unit: str | None = None
    text: str | None = None
    by_unit: dict[str, float] = Field(default_factory=dict)


class Recurrence(Part):
    """A period: every month on the 10th is every=month, on=["10"]; weekdays are MO..SU; times counts within the period."""

    every: Literal["day", "week", "month", "quarter", "year", "festival", "event", "open"]
    on: tuple[str, ...] = ()
    times: int | None = Field(default=None, ge=1, le=MOST)
    text: str | None = None


class Item(Part):
    """What the plan hands out. `unit_class` makes it a template over a class of units (各社区)."""

    key: str | None = None
    line: int | None = None
    number: str | None = None
    title: str = Field(min_length=1)
    text: str = ""
    lead_unit: str | tuple[str, ...] | None = None
    responsible_units: tuple[str, ...] = ()
    supporting_units: tuple[str, ...] = ()
    unit_class: str | None = Field(default=None, description="按单位类别分解，如 社区、街道")
    assumed: bool = Field(default=False, description="牵头单位由 --assume-lead 补填")
    recipient: str | None = Field(default=None, description="报送对象；外部单位须有回执")
    deadline: When | None = None
    deadline_text: str | None = None
    materials: tuple[Material, ...] = ()
    targets: tuple[Target, ...] = ()
    recurrence: Recurrence | None = None
    phase: str | None = Field(default=None, description="阶段 key；空则归入第一个推进阶段")
    indicator: str | None = None
    required: bool = True
    signed: bool = Field(default=False, description="须签订责任书（plan 有依据时）")


class Phase(Part):
    key: str | None = None
    line: int | None = None
    name: str = Field(min_length=1)
    kind: PhaseKind = PhaseKind.ROLLOUT
    start: When | None = None
    end: When | None = None
    start_text: str | None = None
    end_text: str | None = None
    text: str = ""
    tasks: tuple[Item, ...] = ()


class Mechanism(Part):
    """One mechanism of supervision with the sentence that states it."""

    kind: str
    text: str = ""
    line: int | None = None


class PlanWarning(Part):
    line: int | None = None
    code: str
    message: str


class UnitSpec(Part):
    """A unit the plan's author knows more about than its name: class, parent and contact, so that templates find it."""

    name: str = Field(min_length=1)
    code: str | None = None
    kind: str | None = Field(default=None, description="类别：街道、社区、部门、学校 …")
    parent: str | None = None
    aliases: tuple[str, ...] = ()


class Inspection(Part):
    """The window in which the inspectors come; T-n deadlines count from its first day."""

    start: When
    end: When | None = None


class Source(Part):
    name: str
    sha256: str | None = None
    role: Literal["main", "superior", "breakdown", "standard", "supplement"] = "main"
    effective: str | None = None


class PlanSpec(Part):
    title: str = Field(min_length=1)
    kind: PlanKind = PlanKind.CAMPAIGN_PLAN
    basis: tuple[str, ...] = Field(default=(), description="依据：上级文件")
    organisation: Organisation = Organisation()
    phases: tuple[Phase, ...] = ()
    items: tuple[Item, ...] = ()
    supervision: tuple[Mechanism, ...] = ()
    units: tuple[UnitSpec, ...] = ()
    inspection: Inspection | None = None
    ladder: str = "default"
    start: When | None = None
    end: When | None = None
    sources: tuple[Source, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()
