"""A paper as a Word file: what GB/T 9704-2012 asks of the page, in the XML; nothing lost, nothing unknown; templates that are broken are named."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import etree

from campaign.errors import CampaignError
from campaign.notices.documents import BadTemplate, check_templates, context_of, day_words, paragraphs_of, render
from campaign.notices.forms import FORMS, SLIPS, build_templates
from campaign.notices.pdf import NoPdf, to_pdf
from campaign.plan.files.libreoffice import find_office
from campaign.records.papers.outbox import Line
from tests.unit.notices.samples import notice

TEMPLATES = Path(__file__).parents[3] / "config" / "templates"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TWIPS = 1440 / 25.4
PAPER = notice(kind="督办通知书", number="东文创办督〔2026〕12号", signatory="临江区创建卫生社区领导小组办公室", audience="unit_head,supervisor_leader")


def part(path: Path, name: str = "word/document.xml") -> Any:
    with ZipFile(path) as file:
        return etree.fromstring(file.read(name))


def texts(path: Path) -> list[str]:
    return [found for one in part(path).iter(f"{W}p") if (found := "".join(run.text or "" for run in one.iter(f"{W}t")))]


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return render(PAPER, TEMPLATES, tmp_path / "paper.docx")


def test_the_committed_templates_are_what_the_script_makes(tmp_path: Path) -> None:
    made = build_templates(tmp_path)
    assert {path.name for path in made} == {path.name for path in TEMPLATES.glob("*.docx")}
    for path in made:
        for name in ("word/document.xml", "word/styles.xml", "word/settings.xml"):
            assert etree.tostring(part(path, name)) == etree.tostring(part(TEMPLATES / path.name, name)), path.name


def test_page_margins_and_grid_are_the_standards(paper: Path) -> None:
    section = part(paper).find(f".//{W}sectPr")
    page, margins, grid = (section.find(f"{W}{name}") for name in ("pgSz", "pgMar", "docGrid"))
    in_mm = {name: round(int(margins.get(f"{W}{name}")) / TWIPS) for name in ("top", "bottom", "left", "right")}
    assert in_mm == {"top": 37, "bottom": 35, "left": 28, "right": 26}
    assert (round(int(page.get(f"{W}w")) / TWIPS), round(int(page.get(f"{W}h")) / TWIPS)) == (210, 297)
    assert grid.get(f"{W}type") == "linesAndChars"
    assert int(225 * TWIPS) // int(grid.get(f"{W}linePitch")) == 22
    cell = 16 + int(grid.get(f"{W}charSpace")) / 4096
    assert int(156 * TWIPS / 20 / cell + 0.01) == 28


def test_every_run_names_its_chinese_font_and_each_part_has_its_own(paper: Path) -> None:
    runs = [run for run in part(paper).iter(f"{W}r") if "".join(text.text or "" for text in run.iter(f"{W}t")).strip()]
    fonts = {"".join(text.text or "" for text in run.iter(f"{W}t")): run.find(f".//{W}rFonts").get(f"{W}eastAsia") for run in runs}
    sizes = {"".join(text.text or "" for text in run.iter(f"{W}t")): run.find(f".//{W}sz").get(f"{W}val") for run in runs}
    assert (fonts["督办通知书"], sizes["督办通知书"]) == ("方正小标宋简体", "44")
    assert fonts["一、督办事项"] == fonts["二、办理要求"] == "黑体"
    assert (fonts["城关街道："], sizes["城关街道："]) == ("仿宋_GB2312", "32")
    assert set(fonts.values()) <= {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"}


def test_a_second_level_is_in_kaiti(tmp_path: Path) -> None:
    path = render(notice(kind="周报", body="## 进展\n### 环境整治\n正文", number="第12期（总第40期）"), TEMPLATES, tmp_path / "b.docx")
    named = [(run, fonts) for run in part(path).iter(f"{W}r") for fonts in run.iter(f"{W}rFonts")]
    fonts = {"".join(text.text or "" for text in run.iter(f"{W}t")): fonts.get(f"{W}eastAsia") for run, fonts in named}
    assert (fonts["一、进展"], fonts["（一）环境整治"], fonts["正文"]) == ("黑体", "楷体_GB2312", "仿宋_GB2312")
    assert "第12期（总第40期）" in texts(path)


def test_page_numbers_are_song_between_dashes_on_alternating_sides(paper: Path) -> None:
    with ZipFile(paper) as file:
        footers = [etree.fromstring(file.read(name)) for name in file.namelist() if re.fullmatch(r"word/footer\d+\.xml", name)]
        settings = etree.fromstring(file.read("word/settings.xml"))
    assert settings.find(f"{W}evenAndOddHeaders") is not None
    assert len(footers) == 2
    for footer in footers:
        assert "".join(text.text or "" for text in footer.iter(f"{W}t")) == "—  —"
        assert [code.text for code in footer.iter(f"{W}instrText")] == ["PAGE"]
        assert {fonts.get(f"{W}eastAsia") for fonts in footer.iter(f"{W}rFonts")} == {"宋体"}
        assert {size.get(f"{W}val") for size in footer.iter(f"{W}sz")} == {"28"}
    assert {side.get(f"{W}val") for footer in footers for side in footer.iter(f"{W}jc")} == {"left", "right"}


def test_addressee_number_signature_day_of_signing_and_imprint(paper: Path) -> None:
    said = texts(paper)
    assert said[:3] == ["督办通知书", "东文创办督〔2026〕12号", "城关街道："]
    assert said.index("临江区创建卫生社区领导小组办公室") + 1 == said.index("2026年9月3日")
    assert said[-2:] == ["　抄送：分管领导。", "　临江区创建卫生社区领导小组办公室2026年9月3日印发"]
    borders = [(side.tag.removeprefix(W), side.get(f"{W}sz")) for one in part(paper).iter(f"{W}pBdr") for side in one]
    assert borders == [("top", "8"), ("top", "6"), ("bottom", "8")]


def test_a_draft_has_no_day_and_no_number_yet(tmp_path: Path) -> None:
    said = texts(render(replace(PAPER, number=None, draft=True), TEMPLATES, tmp_path / "draft.docx"))
    assert not [text for text in said if "〔" in text or "2026年" in text]
    assert "　　　　年　　月　　日" in said


@pytest.mark.parametrize(("day", "words"), [(date(2026, 3, 5), "2026年3月5日"), (date(2026, 12, 31), "2026年12月31日")])
def test_days_are_written_without_padding(day: date, words: str) -> None:
    assert day_words(day) == words


def test_no_letter_of_a_title_is_lost(tmp_path: Path) -> None:
    nasty = "报送A&B <整改> 情况\"表\" {{ 7*7 }} {% x %} '甲'"
    path = render(replace(PAPER, lines=(Line(1, nasty, None, "缺<照片>&说明"),), unit_name="A&B 街道"), TEMPLATES, tmp_path / "x.docx")
    said = texts(path)
    assert nasty in said
    assert "缺<照片>&说明" in said
    assert "A&B 街道：" in said


@pytest.mark.parametrize("kind", [*FORMS, "约谈通知"])
def test_every_paper_is_written_whole_and_opens_again(tmp_path: Path, kind: str) -> None:
    path = render(replace(PAPER, kind=kind), TEMPLATES, tmp_path / f"{kind}.docx")
    Document(str(path))
    said = "".join(texts(path))
    assert "{{" not in said
    assert "{%" not in said
    assert kind == "周报" or "报送动员部署情况" in said
    assert oct(path.stat().st_mode)[-3:] == "644"


@pytest.mark.parametrize(
    ("relation", "title"),
    [
        ("subordinate", "督办通知书"),
        ("peer", "关于商请支持《临江区创建卫生社区实施方案》有关工作的函"),
        ("superior", "关于《临江区创建卫生社区实施方案》有关工作情况的报告"),
    ],
)
def test_the_document_follows_the_relation(tmp_path: Path, relation: Any, title: str) -> None:
    assert texts(render(replace(PAPER, relation=relation), TEMPLATES, tmp_path / "x.docx"))[0] == title


@pytest.mark.parametrize("slip", SLIPS)
def test_slips_name_the_paper_and_how_to_record_it(tmp_path: Path, slip: str) -> None:
    said = "".join(texts(render(PAPER, TEMPLATES, tmp_path / "slip.docx", slip=slip)))
    assert "城关街道" in said
    assert f"campaign notices {'sign' if slip == '送签单' else 'serve'} {PAPER.notice_id}" in said


def test_an_offices_own_template_wins_and_the_others_are_still_there(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    document = Document()
    document.add_paragraph("自拟格式 {{ 单位 }}")
    document.save(str(own / "督办通知书.docx"))
    assert texts(render(PAPER, [own, TEMPLATES], tmp_path / "a.docx")) == ["自拟格式 城关街道"]
    assert texts(render(replace(PAPER, kind="催办通知单"), [own, TEMPLATES], tmp_path / "b.docx"))[0] == "催办通知单"


def test_the_templates_of_the_product_have_no_findings() -> None:
    assert check_templates(TEMPLATES) == []


@pytest.mark.parametrize(
    ("text", "placeholder"),
    [
        pytest.param("{{ 单位名 }}", "单位名", id="unknown"),
        pytest.param("{{ 单位.负责人 }}", "负责人", id="unknown part"),
        pytest.param("{{ 单位", None, id="not closed"),
        pytest.param("{% for 项 in 事项 %}{{ 项.名称 }}", None, id="for without end"),
    ],
)
def test_a_broken_placeholder_is_found_at_check_time_with_its_file(tmp_path: Path, text: str, placeholder: str | None) -> None:
    document = Document()
    document.add_paragraph(text)
    document.save(str(tmp_path / "通报.docx"))
    shutil.copy(TEMPLATES / "催办通知单.docx", tmp_path)
    (finding,) = check_templates(tmp_path)
    assert finding.file == "通报.docx"
    assert "通报.docx" in finding.message
    assert placeholder is None or finding.placeholder == placeholder


@pytest.mark.parametrize("text", ["{{ 单位.__class__.__mro__ }}", "{{ ''.__class__ }}"])
def test_a_template_cannot_reach_out_of_its_sandbox(tmp_path: Path, text: str) -> None:
    document = Document()
    document.add_paragraph(text)
    document.save(str(tmp_path / "督办通知书.docx"))
    with pytest.raises(BadTemplate):
        render(PAPER, tmp_path, tmp_path / "out.docx")


def test_damaged_missing_and_absent_templates_are_said(tmp_path: Path) -> None:
    assert check_templates(tmp_path / "nowhere")[0].message.startswith("这个目录里没有")
    with pytest.raises(BadTemplate, match=r"通报\.docx"):
        render(replace(PAPER, kind="通报"), tmp_path, tmp_path / "x.docx")
    (tmp_path / "通报.docx").write_bytes(b"PK not a zip")
    assert "打不开" in check_templates(tmp_path)[0].message
    with pytest.raises(CampaignError, match="不能写入"):
        render(PAPER, TEMPLATES, tmp_path / "none" / "x.docx")


def test_levels_of_a_text_of_its_own() -> None:
    found = paragraphs_of("# 标题\n## 甲\n### 乙\n### 丙\n## 丁\n- 戊\n三、己\n（二）庚\n**辛**")
    assert [(one["级"], one["文"]) for one in found] == [
        (1, "一、甲"), (2, "（一）乙"), (2, "（二）丙"), (1, "二、丁"), (3, "戊"), (1, "三、己"), (2, "（二）庚"), (3, "辛"),
    ]  # fmt: skip


def test_the_day_is_the_day_of_signing_in_campaign_time() -> None:
    assert context_of(replace(PAPER, issued_at=datetime(2026, 9, 2, 16, 30, tzinfo=UTC)))["成文日期"] == "2026年9月3日"


def test_without_libreoffice_it_says_so_and_the_word_file_is_whole(paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaign.plan.files.libreoffice.find_office", lambda: None)
    with pytest.raises(NoPdf, match="LibreOffice"):
        to_pdf(paper, tmp_path / "x.pdf")
    Document(str(paper))


@pytest.mark.slow
@pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")
def test_a_full_page_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    import pypdfium2

    path = render(notice(kind="更正通知", body="整治背街小巷环境卫生" * 220), TEMPLATES, tmp_path / "long.docx")
    document = pypdfium2.PdfDocument(str(to_pdf(path, tmp_path / "long.pdf")))
    page = document[1].get_textpage()
    lines = [line.strip() for line in page.get_text_range().splitlines() if line.strip() and "—" not in line]
    page.close()
    document.close()
    assert [len(line) for line in lines] == [28] * 22


def test_a_placeholder_that_is_not_closed_is_named_as_it_is_written(tmp_path: Path) -> None:
    page = Document()
    page.add_paragraph("请{{ 单位 抓紧办理")
    page.save(str(tmp_path / "通报.docx"))

    (found,) = check_templates(tmp_path)

    assert "占位符「{{ 单位 抓紧办理」没有写完" in found.message
    assert found.placeholder == "{{ 单位 抓紧办理"
