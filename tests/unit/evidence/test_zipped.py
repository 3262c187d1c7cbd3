"""A package goes out as one archive in small pieces, holds what the manifest lists and nothing else, and never arrives whole when it was changed."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from campaign.evidence.errors import BadPackage
from campaign.evidence.manifest import MANIFEST, write_manifest
from campaign.evidence.zipped import CHUNK, zipped

FILES = {"目录.html": "目录".encode(), "资料/001 环境整治/甲局/01 台账.bin": bytes(range(256)) * 8000, "空.txt": b""}


@pytest.fixture
def package(tmp_path: Path) -> tuple[Path, str]:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path, write_manifest(tmp_path, {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()})


def test_the_archive_holds_the_package_and_comes_in_small_pieces(package: tuple[Path, str]) -> None:
    folder, sha256 = package
    (folder / "多出来的.txt").write_text("不在清单里")
    pieces = list(zipped(folder, sha256, "示例 迎检资料"))
    assert max(map(len, pieces)) < 2 * CHUNK
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        found = {name.removeprefix("示例 迎检资料/"): archive.read(name) for name in archive.namelist()}
    assert found == FILES | {MANIFEST: (folder / MANIFEST).read_bytes()}
    assert b"".join(pieces) == b"".join(zipped(folder, sha256, "示例 迎检资料")), "the same package makes the same archive"


def test_a_file_that_was_changed_breaks_the_archive_off(package: tuple[Path, str]) -> None:
    folder, sha256 = package
    place = folder / "资料/001 环境整治/甲局/01 台账.bin"
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    got = bytearray()
    with pytest.raises(BadPackage, match="01 台账"):
        got.extend(byte for piece in zipped(folder, sha256, "x") for byte in piece)
    assert not zipfile.is_zipfile(io.BytesIO(got))


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_another_manifest_than_was_recorded_is_refused_before_the_first_piece(package: tuple[Path, str], harm: str) -> None:
    folder, sha256 = package
    if harm == "gone":
        (folder / MANIFEST).unlink()
    else:
        (folder / MANIFEST).write_text("")
    with pytest.raises(BadPackage):
        zipped(folder, sha256, "x")


def test_what_the_manifest_names_outside_of_the_package_does_not_go_out(package: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = package
    outside = tmp_path.parent / "outside.txt"
    outside.write_text("secret")
    (folder / "link.txt").symlink_to(outside)
    sha256 = write_manifest(folder, {"../outside.txt": "0" * 64, "link.txt": hashlib.sha256(b"secret").hexdigest()})
    with zipfile.ZipFile(io.BytesIO(b"".join(zipped(folder, sha256, "x")))) as archive:
        assert archive.namelist() == [f"x/{MANIFEST}"]
