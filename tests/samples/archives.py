"""Archives made in memory, for what looks inside of them."""

from __future__ import annotations

import io
import zipfile


def zipped(*members: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


def damaged(archive: bytes) -> bytes:
    """The same with every member's packed bytes overwritten: the directory is whole, and nothing in it can be unpacked."""
    out = bytearray(archive)
    with zipfile.ZipFile(io.BytesIO(archive)) as whole:
        for member in whole.infolist():
            begin = member.header_offset + 30 + len(member.filename.encode())
            out[begin : begin + member.compress_size] = b"\xa5" * member.compress_size
    return bytes(out)
