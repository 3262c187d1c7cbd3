"""Large files in pieces: announce, send piece by piece, ask how far it came, go on from there. When whole, a file waits in the sender's tray.

What has arrived is what the waiting file on disk holds, so a lost connection loses at most the piece on its way, and no piece costs a write to
the database. One piece at a time for one upload: a second sender is told to ask again.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from campaign.errors import CampaignError, Conflict, NotFound
from campaign.evidence.files import MAX_BYTES
from campaign.evidence.media import KINDS
from campaign.evidence.names import clean_name, extension_of
from campaign.portal.pages.duty import own_duty
from campaign.portal.visit import Visit, Visiting
from campaign.records import requests as records
from campaign.records.tables import Upload
from campaign.work.hand_in import may_hand_in

router = APIRouter()
PIECE = 8 * 1024 * 1024
WRITE = 1024 * 1024
MOST_AT_ONCE = 50
FORGOTTEN_AFTER = timedelta(days=3)
SPARE_BYTES = 200_000_000
KNOWN = frozenset(extension for kind in KINDS.values() for extension in kind.extensions)
ID = re.compile(r"[A-Za-z0-9_-]{20,40}")


@router.post("/api/uploads")
async def announce(visit: Visiting, request: Request) -> Response:
    try:
        told = json.loads(await request.body())
        duty_id, name, size = int(told["duty"]), str(told["name"]), int(told["size"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise CampaignError("上传请求不完整:请刷新页面后重试。", code="bad_request") from wrong
    return JSONResponse(await run_in_threadpool(_announce, visit, duty_id, clean_name(name), size), 201)


@router.get("/api/uploads/{upload_id}")
def how_far(visit: Visiting, upload_id: str) -> Response:
    upload, part = _own(visit, upload_id)
    return JSONResponse(_told(upload, upload.size if upload.sha256 else _size(part)))


@router.patch("/api/uploads/{upload_id}")
async def take_piece(visit: Visiting, upload_id: str, request: Request) -> Response:
    upload, part = await run_in_threadpool(_own, visit, upload_id)
    if upload.sha256:
        return JSONResponse(_told(upload, upload.size))
    offset = request.headers.get("upload-offset", "")
    if not offset.isdigit():
        raise CampaignError("上传请求不完整:缺少 Upload-Offset。", code="bad_request")
    received = await _append(part, int(offset), upload.size, request.stream())
    if received < upload.size:
        return JSONResponse(_told(upload, received))
    return JSONResponse(_told(await run_in_threadpool(_finish, visit, upload_id, part), upload.size))


async def _append(part: Path, offset: int, size: int, pieces: AsyncIterator[bytes]) -> int:
    """Write what comes at the end of the waiting file. It is flushed to disk once, whole, when the evidence store takes it."""
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            raise Conflict("同一个文件正在另一个窗口上传。", code="upload_busy") from busy
        at = os.fstat(handle).st_size
        if at != offset:
            raise Conflict(f"上传位置不一致:已收到 {at} 字节。", code="wrong_offset", received=at)
        waiting = bytearray()
        async for piece in pieces:
            waiting += piece
            if at + len(waiting) > size:
                raise CampaignError("收到的内容比文件长,请重新选择文件上传。", code="too_long")
            if len(waiting) >= WRITE:
                at += await run_in_threadpool(_write, handle, bytes(waiting))
                waiting.clear()
        at += await run_in_threadpool(_write, handle, bytes(waiting))
        return at
    finally:
        os.close(handle)


def _write(handle: int, content: bytes) -> int:
    view = memoryview(content)
    try:
        while view:
            view = view[os.write(handle, view) :]
    except OSError as error:
        raise CampaignError("磁盘空间不足,文件没有保存完。请联系管理员清理磁盘后继续上传。", code="disk_full") from error
    return len(content)


def _announce(visit: Visit, duty_id: int, name: str, size: int) -> dict[str, Any]:
    if size <= 0:
        raise CampaignError(f"「{name}」是空文件:请检查后重新选择。", code="empty_file")
    if size > MAX_BYTES:
        raise CampaignError(f"「{name}」超过 {MAX_BYTES // 1024**3} GB 的上限:请压缩或拆分后上传。", code="too_large")
    if extension_of(name) not in KNOWN and extension_of(name):
        raise CampaignError(f"不接收 .{extension_of(name)} 文件:请转换为 PDF、Word、Excel、OFD、图片、视频或压缩包后上传。", code="bad_file")
    visit.place.arriving.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(visit.place.arriving).free < 2 * size + SPARE_BYTES:
        raise CampaignError("磁盘空间不足,不能接收这个文件。请联系管理员清理磁盘。", code="disk_full")
    upload_id = secrets.token_urlsafe(24)
    with visit.place.store.begin() as tx:
        refusal = may_hand_in(own_duty(visit, tx, duty_id))
        if refusal:
            raise Conflict(f"{refusal}。", code="may_not_hand_in")
        for forgotten in records.forgotten_uploads(tx, visit.now - FORGOTTEN_AFTER):
            _part(visit, forgotten).unlink(missing_ok=True)
        if records.uploads_on_their_way(tx, visit.me.account_id) >= MOST_AT_ONCE:
            raise Conflict("正在上传的文件太多:请等前面的传完。", code="too_many")
        records.put_in_tray(tx, upload_id=upload_id, account_id=visit.me.account_id, duty_id=duty_id, name=name, size=size, at=visit.now, sha256=None)
    return {"id": upload_id, "received": 0, "size": size, "done": False, "piece": PIECE}


def _finish(visit: Visit, upload_id: str, part: Path) -> Upload:
    """Keep it under its hash, then say so; a file that will not do is dropped with its reason."""
    upload, _ = _own(visit, upload_id)
    try:
        kept = visit.place.evidence.put(part, upload.name)
    except CampaignError as refused:
        if refused.code != "disk_full":
            with visit.place.store.begin() as tx:
                records.clear_tray(tx, [upload_id])
            part.unlink(missing_ok=True)
        raise
    with visit.place.store.begin() as tx:
        row = tx.get_one(Upload, upload_id)
        row.sha256, row.media_type, row.name, row.received, row.touched_at = kept.sha256, kept.media_type, kept.name, row.size, visit.now
        tx.add(row)
    part.unlink(missing_ok=True)
    return row


def _own(visit: Visit, upload_id: str) -> tuple[Upload, Path]:
    with visit.place.store.read() as tx:
        upload = tx.get(Upload, upload_id) if ID.fullmatch(upload_id) else None
    if upload is None or upload.account_id != visit.me.account_id:
        raise NotFound("没有这次上传,或者已经过期:请重新选择文件。", code="no_upload")
    return upload, _part(visit, upload_id)


def _part(visit: Visit, upload_id: str) -> Path:
    return visit.place.arriving / f"{upload_id}.part"


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def _told(upload: Upload, received: int) -> dict[str, Any]:
    return {"id": upload.id, "name": upload.name, "received": received, "size": upload.size, "done": upload.sha256 is not None, "piece": PIECE}
