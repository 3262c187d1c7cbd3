"""A file of 1 GB on its way in: how fast, and what the portal holds in memory meanwhile, as the kernel counts it. Prints one line.

Run: pytest tests/bench/test_upload.py -m bench -s (CAMPAIGN_BENCH_UPLOAD for other megabytes)
"""

from __future__ import annotations

import http.client
import json
import os
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.bench.portal_process import running
from tests.integration.portal.conftest import NOW, open_account, place_at, unit_with
from tests.integration.portal.sample import play

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]
MEGABYTE = 1024 * 1024


def test_a_large_file_comes_in_fast_and_passes_through_little_memory(tmp_path: Path) -> None:
    size = int(os.environ.get("CAMPAIGN_BENCH_UPLOAD", 1024)) * MEGABYTE
    play(tmp_path, NOW).close()
    place = place_at(tmp_path)
    duty, unit = unit_with(place, "open")
    cookie = "; ".join(f"{name}={value}" for name, value in open_account(place, "sender", ("contact", unit)).cookies.items())
    with place.store.read() as tx:
        csrf = tx.connection().exec_driver_sql("SELECT csrf FROM portal_session").scalar_one()
    place.store.close()
    with running(tmp_path, None, NOW) as portal, closing(http.client.HTTPConnection(portal.url.removeprefix("http://"))) as line:

        def sent(method: str, path: str, body: bytes, **headers: str) -> dict[str, object]:
            line.request(method, path, body, {"cookie": cookie, "x-csrf-token": str(csrf), "content-type": "application/octet-stream", **headers})
            answer = line.getresponse()
            told: dict[str, object] = json.loads(answer.read())
            assert answer.status in (200, 201), told
            return told

        made = sent("POST", "/api/uploads", json.dumps({"duty": duty, "name": "录像.txt", "size": size}).encode())
        idle, at, cpu, started = portal.memory("VmRSS"), 0, portal.cpu(), time.perf_counter()
        piece = b"0123456789abcde\n" * (int(str(made["piece"])) // 16)
        while at < size:
            at = int(str(sent("PATCH", f"/api/uploads/{made['id']}", piece, **{"upload-offset": str(at)})["received"]))
        spent = time.perf_counter() - started
        assert sent("PATCH", f"/api/uploads/{made['id']}", b"", **{"upload-offset": str(size)})["done"]
        print(
            f"\nupload of {size // MEGABYTE} MB: {spent:.1f} s, {size / MEGABYTE / spent:.0f} MB/s, {portal.cpu() - cpu:.1f} s of CPU; "
            f"memory {idle:.0f} MB before it, {portal.memory():.0f} MB at most"
        )
