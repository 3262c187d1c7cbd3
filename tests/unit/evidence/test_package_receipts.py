"""What was reported outside lies in the package with the receipt that came back: in the folder, the index, the manifests; on both databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from campaign.evidence.files import FileStore
from campaign.evidence.package import PackageSummary, build_package, verify_package
from campaign.records.duty import evidence
from campaign.records.store import Store
from tests.unit.evidence.samples import NOW, Sample, pdf

SCAN = "回执 扫描.pdf"


@pytest.fixture
def sample(store: Store, tmp_path: Path) -> Sample:
    return Sample(store, FileStore(tmp_path / "evidence"))


def reported(sample: Sample, *, receipt: str = "", scan: tuple[str, bytes] | None = None) -> str | None:
    """A material of which the first version came back and the second was reported."""
    duty = sample.duty("报送总结", sample.street, item=sample.item("总结"), state="accepted")
    sample.version(duty, 1, ("旧总结.pdf", pdf("old")), outcome="returned")
    sample.version(duty, 2, ("总结.pdf", pdf("new")))
    return sample.reported(duty, 2, sample.chain(), receipt=receipt, scan=scan)


def build(sample: Sample, out: Path) -> PackageSummary:
    return build_package(sample.store, sample.files, sample.campaign, out, NOW, "林一")


def index(out: Path) -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(out / "目录.xlsx").active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def steps(out: Path) -> list[dict[str, Any]]:
    (duty,) = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["duties"]
    found: list[dict[str, Any]] = duty["steps"]
    return found


def test_the_scan_lies_beside_the_material_and_is_in_every_list(sample: Sample, tmp_path: Path) -> None:
    digest = reported(sample, receipt="〔2026〕3号", scan=(SCAN, pdf("receipt")))
    out = tmp_path / "包"
    summary = build(sample, out)
    place = f"资料/001 总结/U012 城关街道/1 报送总结/回执02 {SCAN}"
    assert (out / place).read_bytes() == pdf("receipt")
    assert f"{digest}  {place}\n" in (out / "MANIFEST.sha256").read_text(encoding="utf-8")
    assert [(row["文件"], row["备注"], row["路径"], row["SHA-256"]) for row in index(out)][1] == (SCAN, "上报回执，收文号 〔2026〕3号", place, digest)
    assert [(one["name"], one["accepted_by"]) for one in steps(out)] == [("创建办审核", "郑三"), ("上报", "郑三")]
    assert (steps(out)[1]["receipt"]["number"], steps(out)[1]["receipt"]["scan"]["path"]) == ("〔2026〕3号", place)
    assert "上报回执，收文号 〔2026〕3号：<a href=" in (out / "目录.html").read_text(encoding="utf-8")
    assert summary.files == 2
    assert verify_package(out, summary.sha256) == []


def test_a_receipt_that_is_only_a_number_is_in_the_lists(sample: Sample, tmp_path: Path) -> None:
    reported(sample, receipt="市文明办收 128")
    out = tmp_path / "包"
    assert build(sample, out).files == 1
    assert [(row["文件"], row["备注"]) for row in index(out)] == [("总结.pdf", None), (None, "上报回执，收文号 市文明办收 128")]
    assert steps(out)[1]["receipt"] == {"number": "市文明办收 128", "scan": None}
    assert steps(out)[0]["receipt"] is None


def test_a_scan_that_cannot_be_read_is_missing(sample: Sample, tmp_path: Path) -> None:
    digest = reported(sample, scan=(SCAN, pdf("receipt")))
    assert digest is not None
    place = sample.files.root / digest[:2] / digest[2:4] / digest
    place.chmod(0o600)
    place.write_bytes(b"damaged")
    summary = build(sample, tmp_path / "包")
    assert (summary.damaged, summary.missing, summary.files) == (1, 1, 1)
    assert index(tmp_path / "包")[1]["备注"].startswith("上报回执：")


def test_a_scan_that_was_withdrawn_leaves_its_hash(sample: Sample, tmp_path: Path) -> None:
    digest = reported(sample, scan=(SCAN, pdf("receipt")))
    assert digest is not None
    sample.files.withdraw(digest, reason="含身份证号", now=NOW)
    with sample.store.begin() as tx:
        assert evidence.mark_withdrawn(tx, digest, reason="含身份证号", at=NOW)
    summary = build(sample, tmp_path / "包")
    row = index(tmp_path / "包")[1]
    assert (row["备注"], row["路径"], row["SHA-256"]) == ("上报回执：已撤回：含身份证号", None, digest)
    assert (summary.damaged, summary.files) == (0, 1)


def test_the_same_records_make_the_same_bytes(sample: Sample, tmp_path: Path) -> None:
    reported(sample, receipt="1", scan=(SCAN, pdf("receipt")))
    assert build(sample, tmp_path / "一").sha256 == build(sample, tmp_path / "二").sha256
