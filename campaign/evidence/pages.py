"""The papers of a package that are made, not handed in: index and missing list in HTML and Excel, the manifest for programs, the way to check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from campaign.evidence.contents import Contents, PackedFile
from campaign.evidence.manifest import MANIFEST
from campaign.evidence.sheets import Sheet, workbook_bytes

FORMAT = "campaign-evidence-package/1"
_INDEX_COLUMNS = (("序号", 6), ("任务事项", 28), ("阶段", 12), ("牵头单位", 14), ("单位", 14), ("应办事项", 28), ("类别", 10), ("时限", 12), ("状态", 12),
                  ("通过日期", 12), ("审核人", 10), ("版本", 6), ("文件", 28), ("备注", 16), ("路径", 50), ("字节", 12), ("SHA-256", 66))  # fmt: skip
_INDEX_PRINTED = 14
_MISSING_COLUMNS = (("单位", 20), ("任务事项", 36), ("应办事项", 40), ("时限", 12), ("情况", 18))
_HOW_TO_CHECK = """本资料包可以独立核验，不需要安装任何系统。

一、Linux、macOS：在本目录执行
    sha256sum -c MANIFEST.sha256
全部显示 OK，说明文件与冻结时一致。

二、Windows：对单个文件执行
    certutil -hashfile 文件名 SHA256
与 MANIFEST.sha256 中的一行比较。

MANIFEST.sha256 自身的校验值登记在系统的冻结记录中。
"""


def made_papers(contents: Contents) -> dict[str, bytes]:
    """Path to bytes; the same for the same contents."""
    return {
        "目录.html": _index_page(contents),
        "目录.xlsx": workbook_bytes([Sheet("目录", _INDEX_COLUMNS, _index_rows(contents), _INDEX_PRINTED)]),
        "缺项清单.xlsx": workbook_bytes(
            [Sheet("缺项清单", _MISSING_COLUMNS, ((one.unit, one.heading, one.title, one.due, one.why) for one in contents.missing), len(_MISSING_COLUMNS))]
        ),
        "manifest.json": _manifest(contents),
        "核验方法.txt": _HOW_TO_CHECK.replace("MANIFEST.sha256", MANIFEST).encode("utf-8-sig"),
    }


def _index_page(contents: Contents) -> bytes:
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = pages.get_template("index.html").render(
        campaign=contents.campaign,
        folders=contents.folders,
        missing=contents.missing,
        missing_by_unit=[list(rows) for _, rows in groupby(contents.missing, key=lambda one: one.unit)],
        duty_count=sum(len(folder.duties) for folder in contents.folders),
        file_count=sum(file.path is not None for file in contents.files),
    )
    return page.encode()


def _index_rows(contents: Contents) -> Iterator[tuple[str | int, ...]]:
    for folder, duty in contents.duties:
        item, facts = folder.item, duty.facts
        before = (folder.number, folder.heading, facts.phase, (item.lead_unit or "") if item else "", facts.unit, facts.title, duty.kind, duty.due, duty.state,
                  duty.accepted_on, duty.accepted_by, duty.version.version if duty.version else "")  # fmt: skip
        if not duty.files:
            yield (*before, "", facts.closed_reason or "", duty.note_path or "", "", "")
        for file in duty.files:
            yield (*before, file.name, file.remark or facts.closed_reason or "", file.path or "", file.size, file.sha256)
        for step in duty.receipts:
            scan = step.scan
            remark = f"{step.said}：{scan.remark}" if scan is not None and scan.remark else step.said
            yield (*before, *((scan.name, remark, scan.path or "", scan.size, scan.sha256) if scan is not None else ("", remark, "", "", "")))


def _manifest(contents: Contents) -> bytes:
    campaign = contents.campaign
    said = {
        "format": FORMAT,
        "campaign": {"slug": campaign.slug, "title": campaign.title, "plan_sha256": campaign.plan_sha256},
        "log": {"head": campaign.log_head, "blocks": campaign.log_blocks},
        "missing": [{"unit": one.unit, "item": one.heading, "duty": one.title, "due_on": one.due or None, "why": one.why} for one in contents.missing],
        "duties": [
            {
                "id": duty.facts.id,
                "origin": duty.facts.origin,
                "folder": folder.path,
                "unit": duty.facts.unit,
                "title": duty.facts.title,
                "state": duty.facts.state,
                "required": duty.facts.required,
                "due_at": _moment(duty.facts.due_at),
                "version": None
                if duty.version is None
                else {
                    "number": duty.version.version,
                    "sha256": duty.version.sha256,
                    "submitted_by": duty.version.submitted_by,
                    "submitted_at": _moment(duty.version.submitted_at),
                    "accepted_by": duty.version.accepted_by,
                    "accepted_at": _moment(duty.version.accepted_at),
                },
                "files": [_said_of(file) for file in duty.files],
                "steps": [
                    {
                        "name": step.facts.name,
                        "accepted_by": step.facts.given_by,
                        "accepted_at": _moment(step.facts.given_at),
                        "receipt": {"number": step.facts.receipt or None, "scan": _said_of(step.scan) if step.scan else None} if step.said else None,
                    }
                    for step in duty.steps
                ],
            }
            for folder, duty in contents.duties
        ],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _said_of(file: PackedFile) -> dict[str, str | int | None]:
    return {"name": file.name, "path": file.path, "sha256": file.sha256, "size": file.size, "remark": file.remark}


def _moment(at: datetime | None) -> str | None:
    """In UTC, for one database answers in its own zone."""
    return at.astimezone(UTC).isoformat() if at else None
