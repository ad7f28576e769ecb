"""The parts of an OpenDocument text: paragraphs with links, lists, tables with heading rows, its styles."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from odfdo import (
    Document,
    Element,
    Header,
    Link,
    List,
    ListItem,
    Paragraph,
    StyleMasterPage,
    VarPageCount,
    VarPageNumber,
)

MIMETYPE = "mimetype"  # the first member, and not compressed: OpenDocument 1.3, part 2, section 3.3
EPOCH = (1980, 1, 1, 0, 0, 0)
BODY, SMALL, HEADING_CELL, CAPTION = "Text_20_body", "PaperCellText", "PaperCellHeading", "PaperCaption"
WIDTH = 100  # what the widths of a table's columns add up to

FONT = "fo:font-family=\"'Liberation Sans', Arial, sans-serif\""
COMMON_STYLES = (
    (
        '<style:style style:name="PaperCellText" style:display-name="Table text" style:family="paragraph"'
        ' style:parent-style-name="Standard"><style:text-properties fo:font-size="9pt"/></style:style>'
    ),
    (
        '<style:style style:name="PaperCellHeading" style:display-name="Table heading"'
        ' style:family="paragraph" style:parent-style-name="PaperCellText">'
        '<style:paragraph-properties fo:keep-with-next="always"/>'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
    ),
    (
        '<style:style style:name="PaperCaption" style:display-name="Table caption" style:family="paragraph"'
        ' style:parent-style-name="Standard"><style:paragraph-properties fo:margin-top="0.3cm"'
        ' fo:keep-with-next="always"/><style:text-properties fo:font-weight="bold"/></style:style>'
    ),
)
TABLE_STYLES = (
    (
        '<style:style style:name="PaperTable" style:family="table"><style:table-properties'
        ' style:width="17cm" fo:margin-bottom="0.3cm" table:align="left"/></style:style>'
    ),
    (
        '<style:style style:name="PaperCell" style:family="table-cell"><style:table-cell-properties'
        ' fo:padding="0.08cm" fo:border-bottom="0.5pt solid #b1b4b6"/></style:style>'
    ),
    (
        '<style:style style:name="PaperHeadCell" style:family="table-cell"><style:table-cell-properties'
        ' fo:padding="0.08cm" fo:border-bottom="1pt solid #0b0c0c"/></style:style>'
    ),
    (
        '<style:style style:name="PaperRow" style:family="table-row"><style:table-row-properties'
        ' fo:keep-together="always"/></style:style>'
    ),
)


class Linked(NamedTuple):
    """A figure or a title, and where the cases behind it are."""

    text: str
    url: str


Said = str | Linked
CellText = Said | tuple[Said, ...]


class Column(NamedTuple):
    """A column of a table: its heading, and its share of the width in hundredths."""

    heading: str
    width: int


def blank() -> Document:
    """Return an empty document with the paper's styles."""
    document = Document("text")
    document.body.clear()
    standard = document.get_style("paragraph", "Standard")
    assert standard is not None, "the template has it"
    standard.append(Element.from_tag(f'<style:text-properties {FONT} fo:font-size="10pt"/>'))
    for style in COMMON_STYLES:
        document.insert_style(style)
    for style in TABLE_STYLES:
        document.insert_style(style, automatic=True)
    return document


def heading(document: Document, level: int, text: str) -> None:
    """Add a heading, which a reader of the document can go to."""
    made = Header(level, text)
    made.set_attribute("text:style-name", f"Heading_20_{level}")
    document.body.append(made)


def say(document: Document, *parts: Said) -> None:
    """Add a paragraph."""
    document.body.append(paragraph(*parts))


def paragraph(*parts: Said, style: str = BODY) -> Paragraph:
    """Return a paragraph of texts and links."""
    made = Paragraph("", style=style)
    for part in parts:
        if isinstance(part, Linked):
            made.append(Link(part.url, text=part.text))
        else:
            made.append_plain_text(part)
    return made


def bullets(document: Document, items: Iterable[Sequence[Said]]) -> None:
    """Add a list."""
    listed = List()
    for parts in items:
        item = ListItem()
        item.append(paragraph(*parts))
        listed.append(item)
    document.body.append(listed)


def table(
    document: Document, name: str, columns: Sequence[Column], rows: Iterable[Sequence[CellText]]
) -> None:
    """Add a table under its name; its heading row is one, and is repeated on every page."""
    document.body.append(paragraph(name, style=CAPTION))
    made = Element.from_tag('<table:table table:style-name="PaperTable"/>')
    made.set_attribute("table:name", name)
    for column in columns:
        made.append(_column(document, column.width))
    head = Element.from_tag("<table:table-header-rows/>")
    head.append(_row([column.heading for column in columns], "PaperHeadCell", HEADING_CELL))
    made.append(head)
    for cells in rows:
        made.append(_row(cells, "PaperCell", SMALL))
    document.body.append(made)


def _column(document: Document, width: int) -> Element:
    name = f"PaperColumn{width}"
    if document.get_style("table-column", name) is None:
        style = (
            f'<style:style style:name="{name}" style:family="table-column"><style:table-column-properties'
            f' style:column-width="{17 * width / WIDTH:.2f}cm"/></style:style>'
        )
        document.insert_style(style, automatic=True)
    return Element.from_tag(f'<table:table-column table:style-name="{name}"/>')


def _row(cells: Sequence[CellText], cell_style: str, text_style: str) -> Element:
    row = Element.from_tag('<table:table-row table:style-name="PaperRow"/>')
    for said in cells:
        cell = Element.from_tag(
            f'<table:table-cell table:style-name="{cell_style}" office:value-type="string"/>'
        )
        several = isinstance(said, tuple) and not isinstance(said, Linked)
        cell.append(paragraph(*(said if several else (said,)), style=text_style))
        row.append(cell)
    return row


def footer(document: Document, text: str) -> None:
    """Say at the foot of every page what it is of, and which page of how many."""
    layout, page = document.get_style("page-layout", "Mpm1"), document.get_style("master-page", "Standard")
    assert layout is not None, "the template has it"
    assert isinstance(page, StyleMasterPage), "the template has it"
    foot = layout.get_element("style:footer-style")
    assert foot is not None, "the template has it"
    foot.append(Element.from_tag('<style:header-footer-properties fo:margin-top="0.4cm"/>'))
    line = paragraph(f"{text} · Page ", style=SMALL)
    line.append(VarPageNumber())
    line.append_plain_text(" of ")
    line.append(VarPageCount())
    page.set_page_footer(line)


def described(document: Document, title: str, generator: str, at: datetime) -> None:
    """Give a document its title, language and date; odfdo would give it the clock's."""
    meta = document.meta
    meta.title, meta.language, meta.generator = title, "en-GB", generator
    meta.creation_date = meta.date = at.replace(tzinfo=None, microsecond=0)
    document.language = "en-GB"


def without_clock(document: Document) -> bytes:
    """Return a document's bytes with no time of its making in them."""
    saved, made = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as given, zipfile.ZipFile(made, "w") as kept:
        names = sorted(given.namelist(), key=lambda name: (name != MIMETYPE, name))
        for name in names:
            place = zipfile.ZipInfo(name, EPOCH)
            place.compress_type = zipfile.ZIP_STORED if name == MIMETYPE else zipfile.ZIP_DEFLATED
            kept.writestr(place, given.read(name))
    return made.getvalue()
