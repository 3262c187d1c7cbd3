"""An S3-compatible store keeps, checks and withdraws like the folder on disk; a small HTTP server speaks S3 here."""

from __future__ import annotations

import io
import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from campaign.errors import CampaignError, RetryLater
from campaign.evidence.errors import Damaged, NoSuchFile, Withdrawn
from campaign.evidence.files import FileStore, Health
from campaign.evidence.opening import open_evidence
from campaign.evidence.remote import RemoteStore, open_bucket
from config.settings import Settings

obstore = pytest.importorskip("obstore")
NOW = datetime(2026, 9, 3, tzinfo=UTC)
CONTENT = b"%PDF-1.4\n" + os.urandom(3_000_000)


class Bucket(BaseHTTPRequestHandler):
    """PUT, GET, HEAD and deleting of whole objects."""

    kept: dict[str, bytes]

    def do_PUT(self) -> None:
        self.kept[self.path] = self.rfile.read(int(self.headers["content-length"]))
        self._answer(200)

    def do_GET(self) -> None:
        content = self.kept.get(self.path)
        self._answer(404 if content is None else 200, content or b"")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Deleting several at once is the only thing that is posted."""
        keys = re.findall(r"<Key>([^<]+)</Key>", self.rfile.read(int(self.headers["content-length"])).decode())
        for key in keys:
            self.kept.pop(f"{self.path.partition('?')[0]}/{key}", None)
        self._answer(200, f"<DeleteResult>{''.join(f'<Deleted><Key>{key}</Key></Deleted>' for key in keys)}</DeleteResult>".encode())

    def _answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Thu, 03 Sep 2026 00:00:00 GMT")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def s3() -> Iterator[tuple[str, dict[str, bytes]]]:
    kept: dict[str, bytes] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Bucket,), {"kept": kept}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kept
    server.shutdown()
    server.server_close()
    thread.join()


def settings(tmp_path: Path, endpoint: str) -> Settings:
    told: dict[str, Any] = {"evidence_url": "s3://evidence/files", "s3_endpoint": endpoint, "s3_access_key": "a", "s3_secret_key": "b", "s3_region": "local"}
    return Settings(home=tmp_path, **told)


@pytest.fixture(params=["s3", "memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "s3":
        endpoint, _ = request.getfixturevalue("s3")
        return open_evidence(settings(tmp_path, endpoint))
    if request.param == "memory":
        return RemoteStore(obstore.store.MemoryStore(), tmp_path)
    return FileStore(tmp_path)


def test_bytes_come_back_as_they_were(store: FileStore) -> None:
    one = store.put(io.BytesIO(CONTENT), "总结.pdf")
    with store.open(one.sha256) as source:
        assert source.read() == CONTENT
    assert store.verify(one.sha256) is Health.WHOLE
    assert store.put(io.BytesIO(CONTENT), "总结.pdf") == one


def test_a_withdrawn_file_keeps_only_its_tombstone(store: FileStore) -> None:
    one = store.put(io.BytesIO(CONTENT), "总结.pdf")
    store.withdraw(one.sha256, reason="误传", now=NOW)
    assert store.verify(one.sha256) is Health.WITHDRAWN
    with pytest.raises(Withdrawn), store.open(one.sha256):
        pass
    with pytest.raises(Withdrawn):
        store.put(io.BytesIO(CONTENT), "总结.pdf")
    store.withdraw(one.sha256, reason="误传", now=NOW)


def test_what_was_never_kept_is_missing(store: FileStore) -> None:
    assert store.verify("0" * 64) is Health.MISSING
    with pytest.raises(NoSuchFile):
        store.withdraw("0" * 64, reason="误传", now=NOW)


def test_a_file_that_arrived_in_pieces_is_sent_from_where_it_waits(store: FileStore, tmp_path: Path) -> None:
    waiting = tmp_path / "one.part"
    waiting.write_bytes(CONTENT)
    one = store.put(io.BytesIO(CONTENT), "总结.pdf")
    assert store.adopt(waiting, one.sha256, one.size, "总结.pdf") == one
    assert waiting.exists()


def test_a_large_file_goes_in_parts_and_streams_back(tmp_path: Path) -> None:
    store = RemoteStore(obstore.store.MemoryStore(), tmp_path)
    content = b"%PDF-1.4\n" + os.urandom(1_000_000) * 20
    one = store.put(io.BytesIO(content), "大.pdf")
    assert store.verify(one.sha256) is Health.WHOLE
    assert list((tmp_path / "incoming").iterdir()) == []


def test_damage_in_the_store_is_seen_when_it_is_read(s3: tuple[str, dict[str, bytes]], tmp_path: Path) -> None:
    endpoint, kept = s3
    store = open_evidence(settings(tmp_path, endpoint))
    one = store.put(io.BytesIO(CONTENT), "总结.pdf")
    (path,) = kept
    kept[path] = CONTENT[:-1] + b"?"
    assert store.verify(one.sha256) is Health.DAMAGED
    with pytest.raises(Damaged), store.open(one.sha256) as source:
        source.read()


def test_a_store_out_of_reach_says_that_nothing_was_changed(tmp_path: Path) -> None:
    store = open_evidence(settings(tmp_path, "http://127.0.0.1:9"))
    with pytest.raises(RetryLater, match="连不上"):
        store.put(io.BytesIO(CONTENT), "总结.pdf")


def test_a_wrong_address_names_the_setting() -> None:
    with pytest.raises(CampaignError, match="CAMPAIGN_EVIDENCE_URL"):
        open_bucket("nowhere://x", endpoint=None, access_key=None, secret_key=None, region=None)
