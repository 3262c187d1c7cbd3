"""A paper as a Word file: the notice filled into a template that an office may edit in Word or WPS.

Owns what each placeholder stands for, the look-up of the template, and the check of a folder of templates. Values are always escaped: with
docxtpl's default an 「&」 in a title silently swallows the rest of it. Templates are code, so they run in jinja's sandbox, and a placeholder
that nobody knows is an error with its name instead of a blank on an issued paper.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from campaign.disk import why
from campaign.errors import CampaignError
from campaign.notices.phrases import PHRASES, PLAIN
from campaign.notices.wording import due_words, words_of
from campaign.records.papers.outbox import Line, Outgoing
from campaign.rules.calendar import campaign_day
from campaign.rules.ladder_terms import AUDIENCES
from campaign.rules.papers import BULLETINS

BUILT_IN = Path(__file__).parents[2] / "config" / "templates"
ANY_PAPER = "通知"
COPIED_TO = ("supervisor_leader", "assigned_leader", "lead_unit", "group_head")
NOT_YET = "　　　　年　　月　　日"
MOST_BYTES = 5_000_000
_HAN = "一二三四五六七八九十"
_LEVEL_1, _LEVEL_2 = re.compile(rf"[{_HAN}]{{1,3}}、"), re.compile(rf"[（(][{_HAN}]{{1,3}}[）)]")


class BadTemplate(CampaignError):
    code = "bad_template"


@dataclass(frozen=True, slots=True)
class TemplateFinding:
    """What is wrong with one template; `placeholder` where one is to blame."""

    file: str
    message: str
    placeholder: str | None = None


def template_folders(home: Path) -> list[Path]:
    """The office's own templates in the data folder first, then those of the product."""
    own = home / "templates"
    return [own, BUILT_IN] if own.is_dir() else [BUILT_IN]


def render(outgoing: Outgoing, templates: Path | Sequence[Path], out: Path, *, slip: str | None = None) -> Path:
    """Write the notice as a Word file to `out`: its own form, or with `slip` the 送签单 or 签收单 about it. The first folder that has it wins."""
    folders = [templates] if isinstance(templates, Path) else list(templates)
    template = _template_for(slip or outgoing.form, folders, whole=slip is not None)
    filled = _filled(template, context_of(outgoing))
    try:
        handle, name = tempfile.mkstemp(suffix=".docx", dir=out.parent, prefix=".paper-")
        os.close(handle)
        try:
            filled.save(name)
            os.chmod(name, 0o644)
            os.replace(name, out)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CampaignError(f"不能写入 {out}：{why(error)}。请换一个可写的位置。", code="cannot_write") from error
    return out


def context_of(outgoing: Outgoing) -> dict[str, Any]:
    """Every placeholder of every template."""
    phrases, words = PHRASES.get(outgoing.form, PLAIN), words_of(outgoing)
    salutation = "" if outgoing.kind in BULLETINS else phrases.salutation.format(**words).rstrip("：")
    day = "" if outgoing.draft else day_words(campaign_day(outgoing.issued_at))
    return {
        "文种": outgoing.form, "文号": outgoing.number or "", "活动": words["campaign"], "单位": outgoing.unit_name, "主送": salutation,
        "抄送": "、".join(AUDIENCES[key] for key in outgoing.audience.split(",") if key in COPIED_TO),
        "开头": phrases.opening.format(**words), "结尾": phrases.closing, "正文": paragraphs_of(outgoing.body or ""),
        "事项": [_item(number, line, outgoing.issued_at) for number, line in enumerate(outgoing.lines, 1)] if outgoing.body is None else [],
        "件数": len(outgoing.lines), "发文机关": outgoing.signatory, "成文日期": day or NOT_YET, "印发日期": day or NOT_YET,
        "拟稿日期": day_words(campaign_day(outgoing.issued_at)), "签发人": outgoing.signed_by or "", "演练": not outgoing.live, "编号": outgoing.notice_id,
        "摘要": _summary(outgoing),
    }  # fmt: skip


def day_words(day: date) -> str:
    """2026年3月5日: Arabic digits, the whole year, no padding."""
    return f"{day.year}年{day.month}月{day.day}日"


def paragraphs_of(body: str) -> list[dict[str, Any]]:
    """A paper's own Markdown text as paragraphs with their levels: ## is 一、, ### is (一), a heading of the whole is left to the template."""
    found: list[dict[str, Any]] = []
    first, second = 0, 0
    for line in body.splitlines():
        text = line.strip().replace("**", "")
        if not text or text.startswith("# "):
            continue
        if text.startswith("### "):
            second += 1
            found.append({"级": 2, "文": f"（{_numeral(second)}）{text[4:].strip()}"})
        elif text.startswith("## "):
            first, second = first + 1, 0
            found.append({"级": 1, "文": f"{_numeral(first)}、{text[3:].strip()}"})
        else:
            level = 1 if _LEVEL_1.match(text) else 2 if _LEVEL_2.match(text) else 3
            found.append({"级": level, "文": text.removeprefix("- ").removeprefix("* ")})
    return found


def check_templates(folder: Path) -> list[TemplateFinding]:
    """Fill every template of a folder with a sample; what fails is named with its file and its placeholder."""
    files = sorted(path for path in folder.glob("*.docx") if not path.name.startswith("~$")) if folder.is_dir() else []
    if not files:
        return [TemplateFinding(str(folder), "这个目录里没有文书模板（.docx）")]
    findings = []
    for path in files:
        for sample in (SAMPLE, replace(SAMPLE, body="## 基本情况\n### 进展\n正文", lines=(), number=None, live=False, draft=True)):
            try:
                _refuse_unknown(path)
                _filled(path, context_of(sample))
            except BadTemplate as wrong:
                placeholder = wrong.context.get("placeholder")
                findings.append(TemplateFinding(path.name, wrong.message, str(placeholder) if placeholder else None))
                break
    return findings


SAMPLE = Outgoing(
    delivery_id=0, notice_id=1, campaign_id=1, campaign_title="示例工作方案", unit_id=1, unit_name="示例单位", kind="督办通知书", rung=4,
    number="示例督〔2026〕1号", channel="", audience="unit_head,supervisor_leader", idempotency_key="", attempts=0,
    issued_at=datetime(2026, 3, 5, 1, tzinfo=UTC), live=True, body=None,
    lines=(Line(1, "示例事项", datetime(2026, 3, 1, tzinfo=UTC), "示例说明"),),
)  # fmt: skip


def _template_for(name: str, folders: Sequence[Path], *, whole: bool) -> Path:
    for wanted in (name,) if whole else (name, ANY_PAPER):
        for folder in folders:
            if (folder / f"{wanted}.docx").is_file():
                return folder / f"{wanted}.docx"
    raise BadTemplate(f"没有「{name}」的模板：请在 {'、'.join(str(folder) for folder in folders)} 放入 {name}.docx。", code="no_template")


def _refuse_unknown(path: Path) -> None:
    """A name that nobody knows, also in a part that the samples do not reach."""
    try:
        names = DocxTemplate(str(path)).get_undeclared_template_variables(_environment())
    except TemplateError as wrong:
        raise _explained(path, wrong) from wrong
    except (OpcError, BadZipFile, KeyError, ValueError, OSError) as wrong:
        raise BadTemplate(f"模板 {path.name} 打不开或已损坏：请用 Word 或 WPS 另存为 .docx 后重试。") from wrong
    for name in sorted(names - set(context_of(SAMPLE))):
        raise BadTemplate(f"模板 {path.name} 里的占位符「{name}」不认识：请改成文书模板说明里列出的名称。", placeholder=name)


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _filled(path: Path, context: dict[str, Any]) -> Any:
    environment = _environment()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadTemplate(f"模板 {path.name} 超过 5 MB：请去掉图片后重试。")
        template = DocxTemplate(str(path))
        template.render(context, environment, autoescape=True)
    except TemplateError as wrong:
        raise _explained(path, wrong) from wrong
    except (OpcError, BadZipFile, KeyError, ValueError, OSError) as wrong:
        raise BadTemplate(f"模板 {path.name} 打不开或已损坏：请用 Word 或 WPS 另存为 .docx 后重试。") from wrong
    return template


def _explained(path: Path, wrong: TemplateError) -> BadTemplate:
    """The placeholder in question: jinja names an unknown one, and of one that cannot be read the text around it."""
    said = str(wrong.message or wrong)
    named = re.search(r"'([^']+)' is undefined|has no attribute '([^']+)'", said)
    if named:
        placeholder = named[1] or named[2]
        return BadTemplate(f"模板 {path.name} 里的占位符「{placeholder}」不认识：请改成文书模板说明里列出的名称。", placeholder=placeholder)
    unpaired = _unpaired(path)
    if unpaired is not None:
        return BadTemplate(f"模板 {path.name} 里的占位符「{unpaired}」没有写完：{{{{ 和 }}}}、{{% 和 %}} 须成对。", placeholder=unpaired)
    near = re.search(r"'([^']{1,20})'", said)
    around = f"（「{near[1]}」附近）" if near else ""
    return BadTemplate(
        f"模板 {path.name} 里有写坏的占位符{around}：{{{{ 和 }}}}、{{% 和 %}} 须成对，for 和 if 须有结束。", placeholder=near[1] if near else None
    )


def _unpaired(path: Path) -> str | None:
    """The beginning of a placeholder that is opened and not closed in its paragraph, as it is written: `{{ 单位`."""
    page = Document(str(path))
    texts = [one.text for one in page.paragraphs] + [one.text for table in page.tables for row in table.rows for cell in row.cells for one in cell.paragraphs]
    for text in texts:
        for opened, closed in (("{{", "}}"), ("{%", "%}")):
            if text.count(opened) > text.count(closed):
                return str(text[text.rindex(opened) :][:20]).strip()
    return None


def _item(number: int, line: Line, issued_at: datetime) -> dict[str, Any]:
    return {
        "序号": number,
        "名称": " ".join(line.title.split()),
        "时限": "不再办理" if line.ended else due_words(line.due_at, issued_at),
        "说明": " ".join((line.reason or "").split()).rstrip("。；;"),
    }


def _summary(outgoing: Outgoing) -> str:
    if outgoing.body is not None:
        return "；".join(one["文"] for one in paragraphs_of(outgoing.body))[:200]
    titles = "；".join(f"{number}. {' '.join(line.title.split())[:40]}" for number, line in enumerate(outgoing.lines[:5], 1))
    return titles + (f"；等 {len(outgoing.lines)} 项" if len(outgoing.lines) > 5 else "")


def _numeral(number: int) -> str:
    """一 to 九十九."""
    tens, ones = divmod(number, 10)
    return (_HAN[ones - 1] if ones else "") if not tens else f"{_HAN[tens - 1] if tens > 1 else ''}十{_HAN[ones - 1] if ones else ''}"
