"""A package holds the accepted versions by item, says what is missing, and can be checked by anybody with sha256sum."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from sqlalchemy import event

from campaign.errors import CampaignError, NotFound
from campaign.evidence.errors import BadPackage
from campaign.evidence.files import FileStore
from campaign.evidence.package import PackageSummary, build_package, freeze_package, verify_package
from campaign.records import log
from campaign.records.duty import evidence
from campaign.records.store import Store
from tests.unit.evidence.samples import NOW, Sample, filled, pdf


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "home")
    yield opened
    opened.close()


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "home" / "evidence")


@pytest.fixture
def sample(store: Store, files: FileStore) -> Sample:
    return filled(store, files)


def build(sample: Sample, out: Path, *, days: int = 0) -> PackageSummary:
    return build_package(sample.store, sample.files, sample.campaign, out, NOW + timedelta(days=days), "林一")


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table(path: Path) -> list[dict[str, Any]]:
    book = openpyxl.load_workbook(path)
    head, *rows = book.active.iter_rows(values_only=True)
    book.close()
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_accepted_versions_lie_in_folders_by_item_unit_and_duty(sample: Sample, tmp_path: Path) -> None:
    build(sample, tmp_path / "包")
    packed = sorted(path for path in tree(tmp_path / "包") if path.startswith("资料/"))
    assert packed == [
        "资料/001 1.1 建立工作机制/U012 城关街道/1 实施方案/00 报送说明.txt",
        "资料/001 1.1 建立工作机制/U012 城关街道/1 实施方案/01 方案.pdf",
        "资料/001 1.1 建立工作机制/U012 城关街道/1 实施方案/02 附件 一\uff1f.txt",
        "资料/001 1.1 建立工作机制/U013 第一\uff0f实验小学/3 签订责任书/01 责任书.pdf",
        "资料/002 =整治占道经营\uff0f夜市/U012 城关街道/2 报送总结/01 总结一.pdf",
    ]


def test_sha256sum_agrees_and_sees_a_changed_byte(sample: Sample, tmp_path: Path) -> None:
    out = tmp_path / "包"
    build(sample, out)
    checked = subprocess.run(["sha256sum", "-c", "--strict", "MANIFEST.sha256"], cwd=out, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(": OK") == len(tree(out)) - 1
    changed = out / "资料/001 1.1 建立工作机制/U012 城关街道/1 实施方案/01 方案.pdf"
    changed.write_bytes(changed.read_bytes()[:-1] + b"X")
    assert subprocess.run(["sha256sum", "-c", "MANIFEST.sha256"], cwd=out, capture_output=True, check=False).returncode != 0


def test_missing_list_names_what_is_required_and_neither_accepted_nor_waived(sample: Sample, tmp_path: Path) -> None:
    summary = build(sample, tmp_path / "包")
    rows = table(tmp_path / "包" / "缺项清单.xlsx")
    assert [(row["单位"], row["应办事项"], row["情况"], row["时限"]) for row in rows] == [
        ("城关街道", "报送总结", "已报送待审核", "2026-09-30"),
        ("第一/实验小学", "报送台账", "办理中", "2026-09-30"),
        ("第一/实验小学", "报送会议纪要", "办理中", "2026-09-30"),
    ]
    assert (summary.missing, summary.damaged, summary.files) == (3, 0, 4)


def test_index_lists_every_duty_with_its_state_and_file(sample: Sample, tmp_path: Path) -> None:
    build(sample, tmp_path / "包")
    rows = table(tmp_path / "包" / "目录.xlsx")
    by_title = {(row["应办事项"], row["文件"]): row for row in rows}
    plan = by_title["报送实施方案", "方案.pdf"]
    assert (plan["牵头单位"], plan["状态"], plan["通过日期"], plan["审核人"], plan["版本"]) == ("城关街道", "已办结", "2026-09-03", "郑三", 2)
    assert plan["SHA-256"] == hashlib.sha256(pdf("plan")).hexdigest()
    assert (tmp_path / "包" / str(plan["路径"])).read_bytes() == pdf("plan")
    assert by_title["报送名册", None]["备注"] == "不涉及"
    assert {row["应办事项"] for row in rows} == {"报送实施方案", "报送总结", "签订责任书", "报送台账", "报送照片", "报送名册", "报送会议纪要"}


def test_text_that_begins_like_a_formula_stays_text(sample: Sample, tmp_path: Path) -> None:
    for start in "+-@":
        sample.duty(f"{start}1+1", sample.street, item=None, kind="perform")
    build(sample, tmp_path / "包")
    book = openpyxl.load_workbook(tmp_path / "包" / "目录.xlsx")
    cells = [cell for row in book.active.iter_rows() for cell in row if isinstance(cell.value, str) and cell.value[0] in "=+-@"]
    assert {cell.value for cell in cells} == {"=整治占道经营/夜市", "+1+1", "-1+1", "@1+1"}
    assert {(cell.data_type, cell.quotePrefix) for cell in cells} == {("s", True)}
    book.close()


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name == "href" and value]


def test_page_links_to_every_file_and_prints_the_head_of_the_log(sample: Sample, tmp_path: Path) -> None:
    summary = build(sample, tmp_path / "包")
    page = (tmp_path / "包" / "目录.html").read_text(encoding="utf-8")
    links = Links()
    links.feed(page)
    targets = [unquote(link) for link in links.found if not link.startswith("#")]
    assert sorted(targets) == sorted(path for path in tree(tmp_path / "包") if path.startswith("资料/"))
    assert summary.log_head in page
    with sample.store.read() as tx:
        assert summary.log_head == log.head(tx)
        assert log.unsealed(tx) == 0


def test_user_text_cannot_become_markup(sample: Sample, tmp_path: Path) -> None:
    sample.duty("<script>alert(1)</script>", sample.street, kind="perform")
    build(sample, tmp_path / "包")
    page = (tmp_path / "包" / "目录.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_manifest_for_programs_binds_each_file_to_its_version(sample: Sample, tmp_path: Path) -> None:
    build(sample, tmp_path / "包")
    said = json.loads((tmp_path / "包" / "manifest.json").read_text(encoding="utf-8"))
    assert said["campaign"] == {"slug": "wsc", "title": "临江区创建卫生社区", "plan_sha256": "a" * 64}
    plan = next(duty for duty in said["duties"] if duty["title"] == "报送实施方案")
    assert plan["version"]["number"] == 2
    assert plan["version"]["accepted_by"] == "郑三"
    signed = next(duty for duty in said["duties"] if duty["title"] == "签订责任书")
    assert signed["version"]["accepted_by"] is None
    assert len(said["missing"]) == 3


def test_same_records_make_the_same_bytes_at_another_time(sample: Sample, tmp_path: Path) -> None:
    first, second = build(sample, tmp_path / "一"), build(sample, tmp_path / "二", days=9)
    assert tree(tmp_path / "一") == tree(tmp_path / "二")
    assert first.sha256 == second.sha256


def test_changed_records_make_another_package(sample: Sample, tmp_path: Path) -> None:
    first = build(sample, tmp_path / "一")
    sample.version(4, 1, ("台账.pdf", pdf("ledger")))
    assert build(sample, tmp_path / "二").sha256 != first.sha256


def test_whole_package_has_no_faults(sample: Sample, tmp_path: Path) -> None:
    summary = build(sample, tmp_path / "包")
    assert verify_package(tmp_path / "包", summary.sha256) == []


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda out: (out / "目录.html").write_text("x"), "文件被改动或损坏：目录.html"),
        (lambda out: (out / "目录.xlsx").unlink(), "缺少文件：目录.xlsx"),
        (lambda out: (out / "资料" / "多余.txt").write_text("x"), "清单之外多出文件：资料/多余.txt"),
        (lambda out: (out / "资料" / "悬空").symlink_to("/nowhere"), "清单之外多出文件：资料/悬空"),
        (lambda out: (out / "MANIFEST.sha256").unlink(), "缺少 MANIFEST.sha256"),
        (lambda out: (out / "MANIFEST.sha256").write_text(f"{'0' * 64}  ../外.txt\n", encoding="utf-8"), "写法不对"),
        (lambda out: (out / "MANIFEST.sha256").write_bytes(b"\xff\xfe"), "无法读取"),
    ],
)
def test_every_harm_is_found(sample: Sample, tmp_path: Path, harm: Any, words: str) -> None:
    out = tmp_path / "包"
    build(sample, out)
    harm(out)
    assert any(words in fault for fault in verify_package(out))


def test_link_in_place_of_a_file_is_a_fault(sample: Sample, tmp_path: Path) -> None:
    out = tmp_path / "包"
    build(sample, out)
    shutil.move(out / "目录.html", tmp_path / "目录.html")
    (out / "目录.html").symlink_to(tmp_path / "目录.html")
    assert verify_package(out) == ["不是真实文件（符号链接）：目录.html"]


def test_manifest_rewritten_to_fit_is_found_by_the_frozen_hash(sample: Sample, tmp_path: Path) -> None:
    out = tmp_path / "包"
    summary = build(sample, out)
    (out / "目录.html").write_text("改过")
    lines = [line for line in (out / "MANIFEST.sha256").read_text(encoding="utf-8").splitlines() if not line.endswith("目录.html")]
    lines.append(f"{hashlib.sha256('改过'.encode()).hexdigest()}  目录.html")
    (out / "MANIFEST.sha256").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert verify_package(out) == []
    assert verify_package(out, summary.sha256) == ["MANIFEST.sha256 与冻结时不一致。"]


def test_freezing_records_the_manifest_once(sample: Sample, tmp_path: Path) -> None:
    summary = build(sample, tmp_path / "包")
    assert [freeze_package(sample.store, summary, now=NOW, actor="林一") for _ in range(2)] == [1, 1]
    with sample.store.read() as tx:
        frozen = evidence.frozen_package(tx, sample.campaign)
        assert frozen is not None
        assert (frozen.sha256, frozen.missing, frozen.frozen_by) == (summary.sha256, 3, "林一")
        assert log.unsealed(tx) == 1
    again = build(sample, tmp_path / "又一包")
    assert freeze_package(sample.store, again, now=NOW, actor="林一") == 2


def test_changed_package_is_not_frozen(sample: Sample, tmp_path: Path) -> None:
    summary = build(sample, tmp_path / "包")
    (tmp_path / "包" / "目录.html").write_text("x")
    with pytest.raises(BadPackage, match="核验不通过"):
        freeze_package(sample.store, summary, now=NOW, actor="林一")


def test_unreadable_file_is_missing_and_keeps_the_package_from_freezing(sample: Sample, tmp_path: Path) -> None:
    digest = hashlib.sha256(pdf("plan")).hexdigest()
    place = sample.files.root / digest[:2] / digest[2:4] / digest
    place.chmod(0o600)
    place.write_bytes(b"damaged")
    summary = build(sample, tmp_path / "包")
    assert (summary.damaged, summary.missing) == (1, 4)
    assert "报送实施方案：方案.pdf" in {row["应办事项"] for row in table(tmp_path / "包" / "缺项清单.xlsx")}
    assert verify_package(tmp_path / "包", summary.sha256) == []
    with pytest.raises(BadPackage, match="不能冻结"):
        freeze_package(sample.store, summary, now=NOW, actor="林一")


def test_withdrawn_file_leaves_its_hash_in_the_index(sample: Sample, tmp_path: Path) -> None:
    digest = hashlib.sha256(pdf("plan")).hexdigest()
    sample.files.withdraw(digest, reason="含身份证号", now=NOW)
    with sample.store.begin() as tx:
        assert evidence.mark_withdrawn(tx, digest, reason="含身份证号", at=NOW)
        assert not evidence.mark_withdrawn(tx, digest, reason="再次", at=NOW)
        assert (digest, True) in set(evidence.stored_hashes(tx))
    summary = build(sample, tmp_path / "包")
    row = next(row for row in table(tmp_path / "包" / "目录.xlsx") if row["文件"] == "方案.pdf")
    assert (row["SHA-256"], row["路径"], row["备注"]) == (digest, None, "已撤回：含身份证号")
    assert (summary.files, summary.damaged) == (3, 0)
    assert digest in (tmp_path / "包" / "目录.html").read_text(encoding="utf-8")


def test_existing_folder_is_never_overwritten(sample: Sample, tmp_path: Path) -> None:
    out = tmp_path / "包"
    out.mkdir()
    build(sample, out)
    before = tree(out)
    with pytest.raises(BadPackage, match="不会被覆盖"):
        build(sample, out)
    assert tree(out) == before


def test_building_that_breaks_leaves_nothing_behind(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "目标"
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", full)
        with pytest.raises(CampaignError, match="磁盘空间不足"):
            build(sample, target / "包")
    assert list(target.iterdir()) == []


def test_unknown_campaign_is_not_found(sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="99"):
        build_package(sample.store, sample.files, 99, tmp_path / "包", NOW, "林一")
    assert not (tmp_path / "包").exists()


def test_empty_campaign_makes_an_empty_but_whole_package(store: Store, files: FileStore, tmp_path: Path) -> None:
    sample = Sample(store, files)
    summary = build(sample, tmp_path / "包")
    assert (summary.files, summary.missing, summary.folders) == (0, 0, 0)
    assert "没有缺项" in (tmp_path / "包" / "目录.html").read_text(encoding="utf-8")
    assert verify_package(tmp_path / "包", summary.sha256) == []


def test_number_of_statements_does_not_grow_with_the_campaign(store: Store, files: FileStore, tmp_path: Path) -> None:
    sample, counted = filled(store, files), [0]

    def count(*_: object) -> None:
        counted[0] += 1

    event.listen(store._reader, "before_cursor_execute", count)
    build(sample, tmp_path / "一")
    few, counted[0] = counted[0], 0
    for number in range(30):
        item = sample.item(f"事项{number}")
        duty = sample.duty(f"报送{number}", sample.street, item=item, state="accepted")
        sample.version(duty, 1, (f"{number}.pdf", pdf(str(number))))
    build(sample, tmp_path / "二")
    event.remove(store._reader, "before_cursor_execute", count)
    assert counted[0] == few
