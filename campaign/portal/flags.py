"""What a reviewer may want to know about files before deciding. Flags inform; they never reject.

Looks at the headers of pictures only: how large they are, and when the camera says they were taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from campaign.errors import CampaignError
from campaign.evidence.files import FileStore
from campaign.evidence.media import DRAWN, KINDS
from campaign.evidence.scanning import Scan
from campaign.rules.calendar import campaign_day
from campaign.rules.counting import Counted, count_events, wrong_type

SHORT_SIDE = 600
MOST_LOOKED_AT = 12
BEFORE = timedelta(days=31)


def flags_of(
    files: Sequence[Any], elsewhere: dict[str, list[Any]], store: FileStore, *, opened_at: datetime, submitted_at: datetime, asked: str, count: int | None
) -> dict[int, list[str]]:
    """Sentences by the file's number; 0 is the version as a whole. A photo is old when taken a month before the duty was opened."""
    found: dict[int, list[str]] = {}
    whole = [counted_words(count_events(files, count))] if count else []
    missed = wrong_type(asked, [KINDS[file.media_type].family for file in files if file.media_type in KINDS])
    if missed:
        whole.append(f"要求报送{missed}，本次没有{missed}。")
    if whole:
        found[0] = whole
    looked_at = 0
    for file in files:
        told = [f"同一文件也用于：{'、'.join(f'{one.unit}「{one.title}」' for one in elsewhere[file.sha256][:3])}。"] if file.sha256 in elsewhere else []
        if file.scan == Scan.UNCHECKED:
            told.append("未经病毒检查：收到时病毒检查没有应答，下载后请先杀毒。")
        if file.scan == Scan.INFECTED:
            told.append("查出病毒，已隔离，不能打开或下载。")
        elif file.media_type in DRAWN and looked_at < MOST_LOOKED_AT and file.withdrawn_at is None:
            looked_at += 1
            told += _picture(store, file.sha256, opened_at, submitted_at)
        if told:
            found[file.number] = told
    return found


def counted_words(counted: Counted) -> str:
    """按活动计 5/8 次，还缺 3 次；5月12日 6 个文件计为 1 次。"""
    left = f"还缺 {counted.missing} 次" if counted.missing else "已够"
    joined = "、".join(f"{label} {number} 个文件" for label, number in counted.joined[:6])
    return f"按活动计 {counted.done}/{counted.wanted} 次，{left}{f';{joined}，各计为 1 次' if joined else ''}。"


def _picture(store: FileStore, sha256: str, opened_at: datetime, submitted_at: datetime) -> list[str]:
    from campaign.evidence.pictures import Broken, opened_picture, taken_on

    told = []
    try:
        with store.open(sha256) as source, opened_picture(source) as image:
            if min(image.size) < SHORT_SIDE:
                told.append(f"图片较小（{image.width}×{image.height}），打印可能模糊。")
            on = taken_on(image)
        if on is not None and on < campaign_day(opened_at - BEFORE):
            told.append(f"照片拍摄于 {on.year}年{on.month:02}月{on.day:02}日，早于交办时间。")
        elif on is not None and on > campaign_day(submitted_at):
            told.append(f"照片显示拍摄于 {on.year}年{on.month:02}月{on.day:02}日，晚于报送时间：相机日期可能不对。")
    except (CampaignError, *Broken):
        told.append("图片打不开，可能已损坏。")
    return told
