"""PDF of a Word paper, through LibreOffice where it is there. Where it is missing the Word file is whole and can be printed by Word or WPS."""

from __future__ import annotations

from pathlib import Path

from campaign.errors import CampaignError
from campaign.plan.files.libreoffice import SECONDS, NotConverted, convert


class NoPdf(CampaignError):
    code = "no_pdf"


def to_pdf(docx: Path, out: Path, *, seconds: float = SECONDS) -> Path:
    try:
        return convert(docx, out, seconds=seconds)
    except NotConverted as wrong:
        raise NoPdf(f"没有生成 PDF：{wrong.message}。Word 文件已经生成，可用 Word 或 WPS 打开后另存为 PDF。") from wrong
