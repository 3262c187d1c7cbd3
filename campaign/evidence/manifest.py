"""The list of a package's files with their hashes, and the check against it.

Owns `MANIFEST.sha256`, in the form that `sha256sum -c` reads, so that an inspector needs none of our programs. It lists every file but
itself; its own hash is what is frozen.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

MANIFEST = "MANIFEST.sha256"
CHUNK = 1024 * 1024
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def write_manifest(folder: Path, hashes: dict[str, str]) -> str:
    """Write it; answers the hash of the manifest itself."""
    content = "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes)).encode()
    (folder / MANIFEST).write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def verify_package(folder: Path, expected: str | None = None) -> list[str]:
    """Each fault in words; none means whole. `expected` is the manifest's hash as it was frozen."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return [f"缺少 {MANIFEST}：这不是一个完整的资料包。"]
    faults = []
    if expected is not None and sha256_of(manifest) != expected:
        faults.append(f"{MANIFEST} 与冻结时不一致。")
    listed: set[str] = set()
    try:
        lines = manifest.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        return [*faults, f"{MANIFEST} 已损坏，无法读取。"]
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        found = _LINE.fullmatch(line)
        if found is None or not _inside(found[2]):
            faults.append(f"{MANIFEST} 第 {number} 行写法不对。")
        elif found[2] in listed:
            faults.append(f"清单重复列出：{found[2]}")
        else:
            listed.add(found[2])
            faults += _fault(folder, found[2], found[1])
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
    return faults + [f"清单之外多出文件：{path}" for path in sorted(present - listed - {MANIFEST})]


def listed_in(folder: Path) -> dict[str, str]:
    """Path to hash of what the manifest lists and is a real file inside; what is not, `verify_package` names."""
    lines = (folder / MANIFEST).read_text(encoding="utf-8", errors="replace").split("\n")
    found = (match for line in lines if (match := _LINE.fullmatch(line)) and _inside(match[2]))
    return {match[2]: match[1] for match in found if (folder / match[2]).is_file() and not (folder / match[2]).is_symlink()}


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _fault(folder: Path, path: str, sha256: str) -> list[str]:
    place = folder / path
    if any(part.is_symlink() for part in (place, *place.parents) if part != folder and folder in part.parents):
        return [f"不是真实文件（符号链接）：{path}"]
    if not place.is_file():
        return [f"缺少文件：{path}"]
    return [] if sha256_of(place) == sha256 else [f"文件被改动或损坏：{path}"]


def _inside(path: str) -> bool:
    parts = PurePosixPath(path)
    return not parts.is_absolute() and ".." not in parts.parts and "\\" not in path
