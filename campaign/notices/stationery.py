"""The sheet that papers are written on, after GB/T 9704-2012: page, grid, fonts, levels, page numbers, signature and imprint.

Owns every measure of the standard, as Word writes it. Refuses to know any single paper: that is `forms`. No red head and no seal: what is
printed here is a draft for the office, which issues it.

Word takes a Chinese font only from `w:eastAsia`; python-docx sets the Latin one, so both are set here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TITLE, BODY, KAI, HEI, SONG, LATIN = "方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "Times New Roman"
ER, SAN, SI, XIAO_SI = 22.0, 16.0, 14.0, 12.0
"""二号, 三号, 四号, 小四, in points."""
TOP, BOTTOM, LEFT, RIGHT = 37, 35, 28, 26
WIDTH, HEIGHT, LINES, CHARS = 156, 225, 22, 28
TWIPS = 1440 / 25.4
PITCH = int(HEIGHT * TWIPS / LINES)
CHAR_SPACE = round((WIDTH * TWIPS / CHARS / 20 - SAN) * 4096)
"""What the grid takes from a character of the body's size, in 4096ths of a point."""
TIGHTENED = round(WIDTH * TWIPS / CHARS - SAN * 20) - 2
"""Twips between characters, so that 28 of them fill the line in every program: LibreOffice rounds to tenths of a point."""
OUTER, INNER, IMPRINT_LINE = "8", "6", 530
"""Rules of 0.35 and 0.25 mm in eighths of a point; the height of a line of the imprint in twips."""
FOOTER = 23
"""mm from the sheet's edge: the number stands 7 mm below the text."""
LEFT_ALIGNED, CENTRED, RIGHT_ALIGNED, JUSTIFIED = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a paragraph looks; indents are in characters of its own size."""

    font: str = BODY
    size: float = SAN
    align: Any = JUSTIFIED
    first: float = 2
    left: float = 0
    right: float = 0
    pitch: float = PITCH / 20
    keep: bool = False
    """On the page of the next one."""


def sheet(title: str) -> Any:
    """An empty document with the standard's page, grid, default font and page numbers."""
    document = Document()
    document.core_properties.title, document.core_properties.author = title, ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(TOP), Mm(BOTTOM), Mm(LEFT), Mm(RIGHT)
    section.footer_distance, section.header_distance = Mm(FOOTER), Mm(15)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    for name, value in (("type", "linesAndChars"), ("linePitch", str(PITCH)), ("charSpace", str(CHAR_SPACE))):
        grid.set(qn(f"w:{name}"), value)
    _default_font(document)
    _page_numbers(document, section)
    return document


def paragraph(place: Any, text: str, look: Look | None = None) -> Any:
    """A new paragraph at the end of a document, a cell or a footer."""
    return dress(place.add_paragraph(), text, look or Look())


def dress(made: Any, text: str, look: Look) -> Any:
    made.alignment = look.align
    layout = made.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(look.pitch)
    layout.keep_with_next = look.keep or None
    _off_grid(made)
    _indent(made, look)
    if text:
        font_of(made.add_run(text), look.font, look.size)
    return made


def font_of(run: Any, font: str, size: float) -> Any:
    run.font.name, run.font.size = LATIN, Pt(size)
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")
    return run


def table(document: Any, widths: tuple[float, ...], *, bordered: bool = True) -> Any:
    """A table over the whole width, columns in mm; rows are added by `row`."""
    made = document.add_table(rows=0, cols=len(widths))
    made.autofit = False
    made.alignment = WD_TABLE_ALIGNMENT.CENTER  # else the cells' padding puts its edge outside the text
    if bordered:
        made.style = document.styles["Table Grid"]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    return made


def row(made: Any, texts: tuple[str, ...], look: Look, *, aligned: tuple[Any, ...] | None = None, heading: bool = False, height: float | None = None) -> Any:
    added = made.add_row()
    for place, (cell, text) in enumerate(zip(added.cells, texts, strict=True)):
        cell.width = made.columns[place].width
        align = aligned[place] if aligned else look.align
        dress(cell.paragraphs[0], text, Look(look.font, look.size, align, 0, 0, 0, look.pitch))
        _centre_upright(cell)
    properties = added._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if heading:
        properties.append(OxmlElement("w:tblHeader"))
    if height:
        added.height = Mm(height)
    return added


def imprint(document: Any, copies: str, office: str, day: str) -> None:
    """版记 at the foot of the text, as wide as it, its words one character in: outer rules of 0.35 mm, the inner one of 0.25 mm.

    A frame a line at a measured place: LibreOffice drops a frame of two paragraphs, and takes a floating table of full width for a plain one.
    """
    paragraph(document, "{%p if 抄送 %}", Look())
    _framed(_imprint_line(document, f"　{copies}"), above=1, rules={"top": OUTER})
    _framed(_imprint_line(document, f"　{office}\t{day}印发"), above=0, rules={"top": INNER, "bottom": OUTER})
    paragraph(document, "{%p else %}", Look())
    _framed(_imprint_line(document, f"　{office}\t{day}印发"), above=0, rules={"top": OUTER, "bottom": OUTER})
    paragraph(document, "{%p endif %}", Look())
    paragraph(document, "", Look(size=1, first=0, pitch=1))  # what the frames hang on


def _imprint_line(document: Any, text: str) -> Any:
    made = paragraph(document, text, Look(BODY, SI, LEFT_ALIGNED, 0, pitch=24))
    made.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH) - Pt(SI), alignment=2)
    return made


def _framed(made: Any, *, above: int, rules: dict[str, str]) -> None:
    """`above`: how many lines of the imprint are below it."""
    properties = made._p.get_or_add_pPr()
    frame = OxmlElement("w:framePr")
    down = int(HEIGHT * TWIPS) - (above + 1) * IMPRINT_LINE
    where = {
        "w": str(int(WIDTH * TWIPS)), "h": str(IMPRINT_LINE), "hRule": "exact", "wrap": "around", "vAnchor": "margin", "hAnchor": "margin",
        "x": "1", "y": str(down),
    }  # fmt: skip
    for name, value in where.items():
        frame.set(qn(f"w:{name}"), value)
    properties.insert_element_before(frame, "w:widowControl", "w:pBdr", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr")
    borders = OxmlElement("w:pBdr")
    for side, eighths in rules.items():
        rule = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", eighths), ("space", "1"), ("color", "000000")):
            rule.set(qn(f"w:{name}"), value)
        borders.append(rule)
    properties.insert_element_before(borders, "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _indent(made: Any, look: Look) -> None:
    """In characters and, for programs that know none, in twips."""
    properties = made._p.get_or_add_pPr()
    known = properties.find(qn("w:ind"))
    if known is not None:
        properties.remove(known)
    indent = OxmlElement("w:ind")
    for name, chars in (("left", look.left), ("right", look.right), ("firstLine", look.first)):
        indent.set(qn(f"w:{name}Chars"), str(int(chars * 100)))
        indent.set(qn(f"w:{name}"), str(int(chars * look.size * 20)))
    properties.insert_element_before(indent, "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:textAlignment", "w:outlineLvl", "w:rPr", "w:sectPr")


def _off_grid(made: Any) -> None:
    """The grid is declared for Word and WPS; our own lines are set by exact pitch and spacing, for LibreOffice gives a character of 16 pt two cells of 15.8."""
    off = OxmlElement("w:snapToGrid")
    off.set(qn("w:val"), "0")
    made._p.get_or_add_pPr().insert_element_before(off, "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr", "w:sectPr")


def _centre_upright(cell: Any) -> None:
    align = OxmlElement("w:vAlign")
    align.set(qn("w:val"), "center")
    cell._tc.get_or_add_tcPr().append(align)


def _default_font(document: Any) -> None:
    """On Normal and on the document's defaults, where the template names a theme's fonts that would win over ours."""
    styles = document.styles.element
    for fonts in styles.iter(qn("w:rFonts")):
        for name in list(fonts.attrib):
            if name.endswith("Theme"):
                del fonts.attrib[name]
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, Pt(SAN)
    properties = normal.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    tightened = OxmlElement("w:spacing")
    tightened.set(qn("w:val"), str(TIGHTENED))
    properties.insert_element_before(tightened, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")
    for defaults in styles.iter(qn("w:rPrDefault")):
        found = defaults.find(f".//{qn('w:rFonts')}")
        if found is not None:
            for name, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", BODY)):
                found.set(qn(f"w:{name}"), font)
        for size in (*defaults.iter(qn("w:sz")), *defaults.iter(qn("w:szCs"))):
            size.set(qn("w:val"), str(int(SAN * 2)))  # the grid's cells are measured against this size
        for language in defaults.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")


def _page_numbers(document: Any, section: Any) -> None:
    """— 1 —: on odd pages at the right, one character in; on even ones at the left."""
    document.settings.odd_and_even_pages_header_footer = True
    for footer, look in (
        (section.footer, Look(SONG, SI, RIGHT_ALIGNED, 0, right=1, pitch=18)),
        (section.even_page_footer, Look(SONG, SI, LEFT_ALIGNED, 0, left=1, pitch=18)),
    ):
        footer.is_linked_to_previous = False
        line = dress(footer.paragraphs[0], "— ", look)
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            run = font_of(line.add_run(), SONG, SI)
            part = OxmlElement("w:instrText" if text else "w:fldChar")
            if text:
                part.text = text
            else:
                part.set(qn("w:fldCharType"), kind or "")
            run._r.append(part)
        font_of(line.add_run(" —"), SONG, SI)
