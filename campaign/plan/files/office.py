"""Old Word and WPS files (.doc, .wps, .rtf), read as the .docx that LibreOffice makes of them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import MappingProxyType

from campaign.errors import BadPlan
from campaign.plan.files.guard import check_size, refuse
from campaign.plan.files.libreoffice import SECONDS, NotConverted, convert
from campaign.plan.files.word import read_docx
from campaign.plan.source import SourceText

_REFUSED = MappingProxyType(
    {
        "no_office": "读取 .doc、.wps、.rtf 需要 LibreOffice,{said}；请用 Word 或 WPS 另存为 .docx 后重试",
        "too_slow": "{said}；请用 Word 或 WPS 另存为 .docx 后重试",
        "broken": "{said}；请用 Word 或 WPS 打开后另存为 .docx",
    }
)


def read_with_office(path: Path, *, seconds: float = SECONDS) -> SourceText:
    check_size(path)
    with tempfile.TemporaryDirectory(prefix="campaign-reading-") as folder:
        try:
            converted = convert(path, Path(folder) / "source.docx", seconds=seconds)
        except NotConverted as wrong:
            raise refuse(path, _REFUSED[wrong.code].format(said=wrong.message), wrong.code) from wrong
        try:
            return read_docx(converted)
        except BadPlan as wrong:
            raise BadPlan(wrong.message.replace(converted.name, path.name), code=wrong.code, path=str(path)) from wrong
