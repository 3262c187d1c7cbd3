"""Large files in pieces: announce, send piece by piece, ask how far it came, go on from there. When whole, a file waits in the sender's tray.

What has arrived is what the waiting file on disk holds (`evidence.arriving`), so no piece costs a write to the database. The whole file is
hashed by then, and gets its place in the evidence store without being copied.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
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
from campaign.records.duty import requests as records
from campaign.records.tables import Upload
from campaign.rules.sensitive import is_sensitive_ledger
from campaign.work.duty.hand_in import may_hand_in

router = APIRouter()
PIECE = 8 * 1024 * 1024
WRITE = 256 * 1024
"""As much as asyncio reads at once: a larger heap of it makes nothing faster, and each upload on its way would hold it twice."""
MOST_AT_ONCE = 50
FORGOTTEN_AFTER = timedelta(days=3)
SPARE_BYTES = 200_000_000
KEEP_TRYING = ("disk_full", "no_store", "scanner_down", "busy")
"""Refusals that say nothing about the file: what has arrived waits for the next try."""
KNOWN = frozenset(extension for kind in KINDS.values() for extension in kind.extensions)
ID = re.compile(r"[A-Za-z0-9_-]{20,40}")


@router.post("/api/uploads")
async def announce(visit: Visiting, request: Request) -> Response:
    try:
        told = json.loads(await request.body())
        duty_id, name, size = int(told["duty"]), str(told["name"]), int(told["size"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise CampaignError("上传请求不完整：请刷新页面后重试。", code="bad_request") from wrong
    return JSONResponse(await run_in_threadpool(_announce, visit, duty_id, clean_name(name), size), 201)


@router.get("/api/uploads/{upload_id}")
def how_far(visit: Visiting, upload_id: str) -> Response:
    upload = _own(visit, upload_id)
    return JSONResponse(_told(upload, upload.size if upload.sha256 else visit.place.arriving.received(upload_id)))


@router.patch("/api/uploads/{upload_id}")
async def take_piece(visit: Visiting, upload_id: str, request: Request) -> Response:
    upload = await run_in_threadpool(_own, visit, upload_id)
    if upload.sha256:
        return JSONResponse(_told(upload, upload.size))
    offset = request.headers.get("upload-offset", "")
    if not offset.isdecimal():
        raise CampaignError("上传请求不完整：缺少 Upload-Offset。", code="bad_request")
    received = await _append(visit, upload, int(offset), request.stream())
    if received < upload.size:
        return JSONResponse(_told(upload, received))
    return JSONResponse(_told(await run_in_threadpool(_finish, visit, upload_id), upload.size))


async def _append(visit: Visit, upload: Upload, offset: int, pieces: AsyncIterator[bytes]) -> int:
    """Write what comes at the end of the waiting file, hashing it on its way; answered for only when it is on disk."""
    with visit.place.arriving.at(upload.id, offset) as piece:
        waiting = bytearray()
        async for some in pieces:
            waiting += some
            if piece.received + len(waiting) > upload.size:
                raise CampaignError("收到的内容比文件长，请重新选择文件上传。", code="too_long")
            if len(waiting) >= WRITE:
                await run_in_threadpool(piece.write, waiting)
                waiting = bytearray()
        await run_in_threadpool(piece.write, waiting)
        await run_in_threadpool(piece.flush)
        return piece.received


def _announce(visit: Visit, duty_id: int, name: str, size: int) -> dict[str, Any]:
    if size <= 0:
        raise CampaignError(f"「{name}」是空文件：请检查后重新选择。", code="empty_file")
    if size > MAX_BYTES:
        raise CampaignError(f"「{name}」超过 {MAX_BYTES // 1024**3} GB 的上限：请压缩或拆分后上传。", code="too_large")
    if extension_of(name) not in KNOWN and extension_of(name):
        raise CampaignError(f"不接收 .{extension_of(name)} 文件：请转换为 PDF、Word、Excel、OFD、图片、视频或压缩包后上传。", code="bad_file")
    arriving = visit.place.arriving
    arriving.folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(arriving.folder).free < 2 * size + SPARE_BYTES:
        raise CampaignError("磁盘空间不足，不能接收这个文件。请联系管理员清理磁盘。", code="disk_full")
    upload_id = secrets.token_urlsafe(24)
    with visit.place.store.begin() as tx:
        duty = own_duty(visit, tx, duty_id)
        refusal = may_hand_in(duty) or ("敏感台账不要上传，填写「台账已建立、抽查 N 份」即可" if is_sensitive_ledger(duty.title) else None)
        if refusal:
            raise Conflict(f"{refusal}。", code="may_not_hand_in")
        for forgotten in records.forgotten_uploads(tx, visit.now - FORGOTTEN_AFTER):
            arriving.drop(forgotten)
        if records.uploads_on_their_way(tx, visit.me.account_id) >= MOST_AT_ONCE:
            raise Conflict("正在上传的文件太多：请等前面的传完。", code="too_many")
        records.put_in_tray(tx, upload_id=upload_id, account_id=visit.me.account_id, duty_id=duty_id, name=name, size=size, at=visit.now)
    return {"id": upload_id, "received": 0, "size": size, "done": False, "piece": PIECE}


def _finish(visit: Visit, upload_id: str) -> Upload:
    """Keep it under its hash, then say so; a file that will not do is dropped with its reason. Again changes nothing."""
    arriving = visit.place.arriving
    with arriving.whole(upload_id) as (waiting, sha256, size):
        upload = _own(visit, upload_id)
        if upload.sha256:
            arriving.drop(upload_id)
            return upload
        try:
            kept = visit.place.evidence.adopt(waiting, sha256, size, upload.name)
        except CampaignError as refused:
            if refused.code not in KEEP_TRYING:
                with visit.place.store.begin() as tx:
                    records.clear_tray(tx, [upload_id])
                arriving.drop(upload_id)
            raise
        with visit.place.store.begin() as tx:
            row = tx.get_one(Upload, upload_id)
            records.arrived(tx, row, kept, visit.now)
        arriving.drop(upload_id)
    return row


def _own(visit: Visit, upload_id: str) -> Upload:
    with visit.place.store.read() as tx:
        upload = tx.get(Upload, upload_id) if ID.fullmatch(upload_id) else None
    if upload is None or upload.account_id != visit.me.account_id:
        raise NotFound("没有这次上传，或者已经过期：请重新选择文件。", code="no_upload")
    return upload


def _told(upload: Upload, received: int) -> dict[str, Any]:
    return {"id": upload.id, "name": upload.name, "received": received, "size": upload.size, "done": upload.sha256 is not None, "piece": PIECE}
