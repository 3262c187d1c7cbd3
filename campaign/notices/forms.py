"""The papers that come with the product, as Word files that an office then changes as it likes: `python -m campaign.notices.forms FOLDER`.

Owns the set text around the placeholders of each paper. What a placeholder stands for is in `documents`; every name used here must be there,
and `check_templates` says so. The files in config/templates are made by this module; a test compares them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from campaign.notices.stationery import (
    BODY,
    CENTRED,
    ER,
    HEI,
    JUSTIFIED,
    KAI,
    LEFT_ALIGNED,
    RIGHT_ALIGNED,
    SI,
    TITLE,
    XIAO_SI,
    Look,
    imprint,
    paragraph,
    row,
    sheet,
    table,
)  # fmt: skip

TITLE_LOOK = Look(TITLE, ER, CENTRED, 0, pitch=35, keep=True)
NUMBER_LOOK = Look(BODY, align=CENTRED, first=0, keep=True)
LEVEL_1, LEVEL_2, PLAIN = Look(HEI, keep=True), Look(KAI, keep=True), Look()
TO_LOOK = Look(align=LEFT_ALIGNED, first=0)
CELL = Look(BODY, XIAO_SI, CENTRED, 0, pitch=20)
CELL_HEAD = Look(HEI, XIAO_SI, CENTRED, 0, pitch=20)


@dataclass(frozen=True, slots=True)
class Form:
    """`heads` are the headings above the list and above what is asked; without them the paper is a letter that lists in its text."""

    title: str
    heads: tuple[str, str] | None = None
    columns: tuple[str, str, str, str] = ("序号", "事项", "办理时限", "备注")
    widths: tuple[float, float, float, float] = (14, 66, 48, 28)


FORMS = MappingProxyType(
    {
        "任务分解通知": Form("关于分解落实{{ 活动 }}任务的通知", ("一、任务清单", "二、有关要求")),
        "催办通知单": Form("催办通知单", ("一、催办事项", "二、办理要求")),
        "督办通知书": Form("督办通知书", ("一、督办事项", "二、办理要求")),
        "工作提醒": Form("工作提醒", ("一、提醒事项", "二、办理要求")),
        "工作提醒函": Form("关于提请推进{{ 活动 }}有关工作的函"),
        "商请函": Form("关于商请支持{{ 活动 }}有关工作的函"),
        "工作情况报告": Form("关于{{ 活动 }}有关工作情况的报告"),
        "整改通知单": Form("整改通知单", ("一、存在问题", "二、整改要求"), ("序号", "问题", "整改时限", "备注")),
        "通报": Form("关于{{ 活动 }}部分工作逾期未办结情况的通报", ("一、逾期事项", "二、工作要求")),
        "提请问责建议函": Form("关于提请研究{{ 单位 }}有关责任问题的建议函", ("一、有关事实", "二、建议")),
        "调整通知": Form("关于调整{{ 活动 }}有关工作安排的通知", ("一、调整事项", "二、有关要求"), ("序号", "事项", "调整后时限", "说明")),
        "事项变动告知单": Form("事项变动告知单", ("一、变动事项", "二、有关要求"), ("序号", "事项", "办理时限", "变动情况"), (14, 56, 32, 54)),
        "更正通知": Form("关于更正有关文书的通知"),
        "撤回通知": Form("关于撤回有关文书的通知"),
        "周报": Form("{{ 活动 }}工作简报"),
        "日报": Form("{{ 活动 }}工作日报"),
        "签收提醒": Form("签收提醒", ("一、待签收文书", "二、有关要求"), ("序号", "文书", "签收时限", "备注")),
        "督办抄告单": Form("督办抄告单", ("一、督办事项", "二、有关要求")),
        "督办汇总单": Form("督办情况汇总单", ("一、有关事项", "二、有关要求")),
        "通知": Form("{{ 文种 }}", ("一、有关事项", "二、有关要求")),
    }
)
"""通知 stands in for every paper that has no file of its own."""
SLIPS = ("送签单", "签收单")


def build_templates(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name in (*FORMS, *SLIPS):
        document = _slip(name) if name in SLIPS else _paper(name, FORMS[name])
        made.append(folder / f"{name}.docx")
        document.save(str(made[-1]))
    return made


def _paper(name: str, form: Form) -> Any:
    page = sheet(name)
    paragraph(page, "{%p if 演练 %}", PLAIN)
    paragraph(page, "【演练】本创建活动尚未正式启用，本件为演练，无需办理。", Look(KAI, align=CENTRED, first=0))
    paragraph(page, "{%p endif %}", PLAIN)
    paragraph(page, form.title, TITLE_LOOK)
    paragraph(page, "{%p if 文号 %}", PLAIN)
    paragraph(page, "{{ 文号 }}", NUMBER_LOOK)
    paragraph(page, "{%p endif %}", PLAIN)
    paragraph(page, "", Look(keep=True))
    paragraph(page, "{%p if 主送 %}", PLAIN)
    paragraph(page, "{{ 主送 }}：", TO_LOOK)
    paragraph(page, "{%p endif %}", PLAIN)
    _text(page)
    paragraph(page, "{%p if 事项 %}", PLAIN)
    paragraph(page, "{{ 开头 }}", PLAIN)
    if form.heads:
        paragraph(page, form.heads[0], LEVEL_1)
        _list(page, form)
        paragraph(page, form.heads[1], LEVEL_1)
    else:
        paragraph(page, "{%p for 项 in 事项 %}", PLAIN)
        paragraph(page, "{{ 项.序号 }}.{{ 项.名称 }}（时限：{{ 项.时限 }}）{{ '；' ~ 项.说明 if 项.说明 else '' }}。", PLAIN)
        paragraph(page, "{%p endfor %}", PLAIN)
    paragraph(page, "{{ 结尾 }}", Look(keep=True))
    paragraph(page, "{%p endif %}", PLAIN)
    _signature(page)
    imprint(page, "抄送：{{ 抄送 }}。", "{{ 发文机关 }}", "{{ 印发日期 }}")
    return page


def _text(page: Any) -> None:
    """A paper's own text: paragraphs by level, 一、 in 黑体, (一) in 楷体, the rest in 仿宋."""
    paragraph(page, "{%p for 段 in 正文 %}", PLAIN)
    paragraph(page, "{%p if 段.级 == 1 %}", PLAIN)
    paragraph(page, "{{ 段.文 }}", LEVEL_1)
    paragraph(page, "{%p elif 段.级 == 2 %}", PLAIN)
    paragraph(page, "{{ 段.文 }}", LEVEL_2)
    paragraph(page, "{%p else %}", PLAIN)
    paragraph(page, "{{ 段.文 }}", PLAIN)
    paragraph(page, "{%p endif %}", PLAIN)
    paragraph(page, "{%p endfor %}", PLAIN)


def _list(page: Any, form: Form) -> None:
    made = table(page, form.widths)
    aligned = (CENTRED, JUSTIFIED, CENTRED, LEFT_ALIGNED)
    row(made, form.columns, CELL_HEAD, heading=True, height=9)
    row(made, ("{%tr for 项 in 事项 %}", "", "", ""), CELL)
    row(made, ("{{ 项.序号 }}", "{{ 项.名称 }}", "{{ 项.时限 }}", "{{ 项.说明 }}"), CELL, aligned=aligned, height=9)
    row(made, ("{%tr endfor %}", "", "", ""), CELL)


def _signature(page: Any) -> None:
    """Name and day; under a seal the day stands four characters in."""
    paragraph(page, "", Look(keep=True))
    paragraph(page, "{{ 发文机关 }}", Look(align=RIGHT_ALIGNED, first=0, right=2, keep=True))
    paragraph(page, "{{ 成文日期 }}", Look(align=RIGHT_ALIGNED, first=0, right=4))


def _slip(name: str) -> Any:
    page = sheet(name)
    paragraph(page, {"送签单": "文 件 送 签 单", "签收单": "文 书 送 达 签 收 单"}[name], TITLE_LOOK)
    paragraph(page, "登记编号：{{ 编号 }}", Look(BODY, SI, RIGHT_ALIGNED, 0, pitch=26))
    look = Look(BODY, SI, LEFT_ALIGNED, 0, pitch=24)
    rows = {
        "送签单": (
            ("文书", "{{ 文种 }}（{{ 件数 }} 项）", 11), ("所属活动", "{{ 活动 }}", 11), ("主送", "{{ 单位 }}", 11), ("抄送", "{{ 抄送 }}", 11),
            ("主要内容", "{{ 摘要 }}", 44), ("拟稿", "系统按督办规则生成，{{ 拟稿日期 }}", 11), ("核稿意见", "", 22), ("会签意见", "", 22),
            ("签发意见", "签名：　　　　　　　　　　　年　　月　　日", 28), ("文号", "{{ 文号 }}", 11),
        ),
        "签收单": (
            ("文书", "{{ 文种 }}", 11), ("文号", "{{ 文号 }}", 11), ("所属活动", "{{ 活动 }}", 11), ("受送达单位", "{{ 单位 }}", 11),
            ("成文日期", "{{ 成文日期 }}", 11), ("主要内容", "{{ 摘要 }}", 44), ("送达人", "", 12), ("送达地点", "", 12),
            ("签收人", "签名（盖章）：　　　　　　　　　职务：", 22), ("签收时间", "　　　　年　　月　　日　　时　　分", 12), ("备注", "", 18),
        ),
    }[name]  # fmt: skip
    made = table(page, (32, 124))
    for label, text, height in rows:
        row(made, (label, text), look, aligned=(CENTRED, LEFT_ALIGNED), height=height)
    told = {
        "送签单": "签发人在纸上签字后，请扫描，在门户「签发」页或用命令登记签发：campaign notices sign {{ 编号 }} --signed-by 签发人姓名 --scan 扫描件。",
        "签收单": "签收后请在系统登记：campaign notices serve {{ 编号 }} --to 签收人姓名。本单扫描存档。",
    }[name]
    paragraph(page, told, Look(BODY, XIAO_SI, LEFT_ALIGNED, 0, pitch=22))
    return page


if __name__ == "__main__":
    for path in build_templates(Path(sys.argv[1] if len(sys.argv) > 1 else "config/templates")):
        sys.stdout.write(f"{path}\n")
