"""What a reviewer may want to know about files before deciding. Flags inform; they never reject.

Looks at the bytes of pictures only: how large they are, and when the camera says they were taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from PIL import ExifTags, Image, UnidentifiedImageError

from campaign.errors import CampaignError
from campaign.evidence.files import FileStore
from campaign.portal.preview import DRAWN
from campaign.rules.calendar import CAMPAIGN_ZONE

SHORT_SIDE = 600
MOST_LOOKED_AT = 12
BEFORE = timedelta(days=31)


def flags_of(files: Sequence[Any], elsewhere: dict[str, list[Any]], store: FileStore, *, opened_at: datetime, count: int | None) -> dict[int, list[str]]:
    """Sentences by the file's number; 0 is the version as a whole. A photo is old when taken a month before the duty was opened."""
    found: dict[int, list[str]] = {}
    if count and len(files) < count:
        found[0] = [f"要求 {count} 份,本次 {len(files)} 个文件。"]
    for file in files:
        told = [f"同一文件也用于:{'、'.join(f'{one.unit}「{one.title}」' for one in elsewhere[file.sha256][:3])}。"] if file.sha256 in elsewhere else []
        if file.media_type in DRAWN and len(found) < MOST_LOOKED_AT and file.withdrawn_at is None:
            told += _picture(store, file.sha256, opened_at)
        if told:
            found[file.number] = told
    return found


def _picture(store: FileStore, sha256: str, opened_at: datetime) -> list[str]:
    told = []
    try:
        with store.open(sha256) as source, Image.open(source) as image:
            if min(image.size) < SHORT_SIDE:
                told.append(f"图片较小({image.width}×{image.height}),打印可能模糊。")
            taken = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
            at = datetime.strptime(str(taken), "%Y:%m:%d %H:%M:%S").replace(tzinfo=CAMPAIGN_ZONE) if taken else None
            if at is not None and at < opened_at - BEFORE:
                told.append(f"照片拍摄于 {at:%Y年%m月%d日},早于交办时间。")
    except (CampaignError, OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError):
        told.append("图片打不开,可能已损坏。")
    return told
