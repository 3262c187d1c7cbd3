"""A package as one zip archive, made piece by piece while it is sent: never a second time on the disk, never whole in memory.

Holds what the manifest lists, and the manifest. Each file is hashed on its way; one that is no longer what was listed breaks the archive off,
so that a changed package never arrives whole.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from campaign.evidence.errors import BadPackage
from campaign.evidence.manifest import MANIFEST, listed_in, sha256_of

CHUNK = 256 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)


class _Pieces:
    """Where `zipfile` writes to: takes bytes, and gives them out when asked."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, some: bytes) -> int:
        self._waiting += some
        return len(some)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        some, self._waiting = bytes(self._waiting), bytearray()
        return some


def zipped(folder: Path, sha256: str, root: str) -> Iterator[bytes]:
    """`sha256` is the manifest's, as it was recorded. Refuses at once, before the first piece, what is not that package."""
    if not (folder / MANIFEST).is_file():
        raise BadPackage("资料包已不在原来的位置，不能下载：请管理员查看，或重新生成。", folder=str(folder))
    if sha256_of(folder / MANIFEST) != sha256:
        raise BadPackage("资料包的校验清单已不是当时那一份，不能下载：请校验后重新生成。", folder=str(folder))
    hashes = listed_in(folder) | {MANIFEST: sha256}
    return _stream(folder, hashes, root)


def _stream(folder: Path, hashes: dict[str, str], root: str) -> Iterator[bytes]:
    pieces = _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(hashes):
            source = folder / path
            entry = zipfile.ZipInfo(f"{root}/{path}", _EPOCH)
            entry.file_size = source.stat().st_size
            entry.external_attr = 0o644 << 16
            with source.open("rb") as reader, archive.open(entry, "w") as writer:
                yield from _copied(reader, writer, pieces, path, hashes[path])
    yield pieces.taken()


def _copied(reader: IO[bytes], writer: IO[bytes], pieces: _Pieces, path: str, sha256: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    while some := reader.read(CHUNK):
        digest.update(some)
        writer.write(some)
        yield pieces.taken()
    if digest.hexdigest() != sha256:
        raise BadPackage(f"文件被改动或损坏：{path}。下载已中断，请校验资料包。", path=path)
