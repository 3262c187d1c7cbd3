"""Evidence in an S3-compatible store, by `obstore`: the same interface and the same checks as the folder on disk.

A file is looked at and hashed here, in a local folder, before it is sent; it is there when the store has answered for it, and a size that
differs is a failure. Reading streams and hashes; a tombstone is an object of its own beside the bytes, written before they go.

The store must be reachable for handing in and for looking, never for deadlines.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from campaign.errors import CampaignError, RetryLater
from campaign.evidence.errors import NoSuchFile
from campaign.evidence.files import CHUNK, FileStore

if TYPE_CHECKING:
    from obstore.store import ObjectStore

PART = 16 * 1024 * 1024


class RemoteStore(FileStore):
    """`root` is the local folder for files on their way; `bucket` holds the rest under the same paths as a disk would."""

    def __init__(self, bucket: ObjectStore, root: Path, **limits: Any) -> None:
        super().__init__(root, **limits)
        self._bucket = bucket

    def _keep(self, aside: Path, digest: str) -> None:
        import obstore

        with _said_plainly():
            obstore.put(self._bucket, self._key(digest), aside, use_multipart=aside.stat().st_size > PART, chunk_size=PART)
            there = obstore.head(self._bucket, self._key(digest))["size"]
        if there != aside.stat().st_size:
            raise RetryLater("远程资料库没有收全文件，请稍后重试。", code="no_store")

    @contextmanager
    def _bytes_of(self, sha256: str) -> Iterator[tuple[BinaryIO, int]]:
        import obstore

        with _said_plainly():
            try:
                found = obstore.get(self._bucket, self._key(sha256))
            except FileNotFoundError as gone:
                raise NoSuchFile(f"资料库中没有文件 {sha256[:12]}：请从备份恢复。", sha256=sha256) from gone
            yield cast(BinaryIO, _Streamed(iter(found.stream(min_chunk_size=CHUNK)))), found.meta["size"]

    def is_withdrawn(self, sha256: str) -> bool:
        import obstore

        with _said_plainly():
            try:
                obstore.head(self._bucket, self._stone(sha256))
            except FileNotFoundError:
                return False
        return True

    def _bury(self, sha256: str, words: str) -> None:
        import obstore

        with _said_plainly():
            obstore.put(self._bucket, self._stone(sha256), words.encode())

    def _remove(self, sha256: str) -> None:
        import obstore

        with _said_plainly():
            try:
                obstore.delete(self._bucket, self._key(sha256))
            except FileNotFoundError:
                return

    def _key(self, sha256: str) -> str:
        return self._place(sha256).relative_to(self.root).as_posix()

    def _stone(self, sha256: str) -> str:
        return self._tombstone(sha256).relative_to(self.root).as_posix()


class _Streamed(io.RawIOBase):
    """Pieces of an answer as a file that is read to its end."""

    def __init__(self, pieces: Iterator[Any]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        found = bytearray()
        while size < 0 or len(found) < size:
            if not self._left:
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._left = memoryview(bytes(piece))
            take = len(self._left) if size < 0 else size - len(found)
            found += self._left[:take]
            self._left = self._left[take:]
        return bytes(found)


def open_bucket(url: str, *, endpoint: str | None, access_key: str | None, secret_key: str | None, region: str | None) -> ObjectStore:
    """`s3://bucket/folder`; an endpoint for stores that are not Amazon's. What is not given, obstore reads from the AWS_ variables."""
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as missing:
        raise CampaignError("使用 S3 资料库需要安装扩展：pip install campaign[s3]。", code="no_s3") from missing
    told: dict[str, Any] = {
        "endpoint": endpoint, "access_key_id": access_key, "secret_access_key": secret_key, "region": region,
        "virtual_hosted_style_request": False if endpoint else None,
    }  # fmt: skip
    options: dict[str, Any] = {"client_options": {"allow_http": True}} if endpoint and endpoint.startswith("http://") else {}
    try:
        return from_url(url, **{name: value for name, value in told.items() if value is not None}, **options)
    except (BaseError, ValueError) as wrong:
        raise CampaignError(f"CAMPAIGN_EVIDENCE_URL 或 S3 设置有误：{str(wrong).splitlines()[0][:200]}", code="bad_settings") from wrong


@contextmanager
def _said_plainly() -> Iterator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError) as wrong:
        if isinstance(wrong, FileNotFoundError):
            raise
        raise RetryLater("远程资料库暂时连不上：请稍后重试，或请管理员检查 S3 设置。", code="no_store") from wrong
