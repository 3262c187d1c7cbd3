"""What a person corrects of a plan on its review page without touching its text: who leads a task that names nobody, and what is no task at all.

Owns the names of those fields and the plain words for what the checker says to people who edit files. Refuses to guess a unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from campaign.plan.codes import CODES

if TYPE_CHECKING:
    from campaign.plan.check import Finding
    from campaign.plan.spec import Item, PlanSpec

FIELDS = {
    "lead_unit": "牵头单位", "responsible_units": "责任单位", "supporting_units": "配合单位", "deadline": "期限", "recipient": "报送对象", "units": "单位",
    "phases": "阶段", "phase": "阶段", "tasks": "阶段内的任务", "items": "任务", "basis": "依据", "kind": "类别", "aliases": "别名", "start": "开始日期",
    "end": "结束日期", "inspection.start": "迎检日期", "inspection": "迎检", "key": "编号", "campaign_plan": "活动方案", "work_plan": "工作方案",
    "signed: true": "须签订", "assumed: true": "「补填」标记", "signed": "须签订",
}  # fmt: skip
_FIELD = re.compile(" ?(" + "|".join(sorted(map(re.escape, FIELDS), key=len, reverse=True)) + ") ?")
PLAIN = (
    ("暂时定不下来时用 --assume-lead 单位名 统一补填", "暂时定不下来时，可在下面统一补填"),
    ("请用 --slug 另起一个代号", "请在下面另起一个代号"),
    ("或用 --start 日期 --end 日期 给出一个推进阶段", "或在下面给出推进阶段的起止日期"),
    ("按 --assume-lead 补的", "统一补填的"),
    ("用 campaign plan read 正文 --attach 附件：角色 一起读入", "把附件里的任务并入正文后重新读取"),
    ("确是新单位时先用 campaign units import 登记联络员", "确是新单位时，启动后请到「单位人员」登记联络员"),
)


def plain(text: str) -> str:
    """For a page: without the command line's options, and with the fields of a plan by their Chinese names."""
    for said, better in PLAIN:
        text = text.replace(said, better)
    return _FIELD.sub(lambda found: FIELDS[found[1]], text)


def grouped(findings: list[Finding], most: int = 12) -> list[dict[str, Any]]:
    """Each kind of finding once: its title, what to do, and the first of its sentences."""
    kinds: dict[str, list[Finding]] = {}
    for one in findings:
        kinds.setdefault(one.code, []).append(one)
    return [
        {"title": plain(CODES[code].name), "todo": plain(found[0].todo), "messages": [plain(one.message) for one in found[:most]], "total": len(found)}
        for code, found in kinds.items()
    ]


def placed(spec: PlanSpec) -> Iterator[tuple[str, Item]]:
    """Each item with the name of its place, in the order of the page."""
    for row, phase in enumerate(spec.phases):
        for column, task in enumerate(phase.tasks):
            yield f"phases-{row}-tasks-{column}", task
    for row, item in enumerate(spec.items):
        yield f"items-{row}", item


def corrected(text: str, form: Mapping[str, str]) -> str:
    """The plan with the leads that were typed in, one by one or for all that are blank, and without what was ticked as no task."""
    from campaign.plan.yaml_edit import edited, entries, update  # for the pages of a plan, not for those that only want `plain`

    leads = {name.removeprefix("lead-"): value for name, value in form.items() if name.startswith("lead-") and value}
    dropped = {name.removeprefix("drop-") for name in form if name.startswith("drop-")}
    rest = form.get("lead_for_all", "")
    if not (leads or dropped or rest):
        return text

    def edit(document: Any) -> None:
        for place, item in list(entries(document)):
            name = "-".join(str(part) for part in place)
            blank = not item.get("unit_class") and not any(_words(item.get("lead_unit")))
            if name in leads:
                update(item, {"lead_unit": leads[name]})
            elif rest and blank and name not in dropped:
                update(item, {"lead_unit": rest, "assumed": True})
        for row, phase in enumerate(document.get("phases") or []):
            _drop(phase.get("tasks") or [], f"phases-{row}-tasks-", dropped)
        _drop(document.get("items") or [], "items-", dropped)

    return edited(text, edit)


def _drop(rows: Any, prefix: str, dropped: set[str]) -> None:
    """The last first, so that the numbers of the others stay true."""
    for number in reversed(range(len(rows))):
        if f"{prefix}{number}" in dropped:
            del rows[number]


def _words(value: object) -> list[str]:
    return [str(one).strip() for one in (value if isinstance(value, list) else [value or ""]) if str(one).strip()]
