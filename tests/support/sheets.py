"""Small spreadsheets, written by hand: XLSX and ODS as office programs write them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[Any]]

TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>
{sheets}</Types>"""  # noqa: E501  # as the format has it
SHEET_TYPE = """<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"""  # noqa: E501  # the same
SHEET_REL = """<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{n}.xml"/>"""  # noqa: E501  # the same
SHEET_NAMED = '<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
RELS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{type}" Target="{target}"/>
{more}</Relationships>"""  # noqa: E501  # the same
STYLE_REL = """<Relationship Id="rId{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"""  # noqa: E501  # the same
BOOK = """<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets>{sheets}</sheets></workbook>"""  # the same
STYLES = r"""<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<numFmts count="1"><numFmt numFmtId="164" formatCode="[$€-2]\ #,##0.00"/></numFmts>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="164"/></cellXfs>
</styleSheet>"""
SHEET = """<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData>{rows}</sheetData></worksheet>"""

OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
CONTENT = (
    '<?xml version="1.0"?><office:document-content xmlns:office="{o}:office:1.0"'
    ' xmlns:table="{o}:table:1.0" xmlns:text="{o}:text:1.0" office:version="1.2"><office:body>'
    '<office:spreadsheet><table:table table:name="Register">{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="{o}:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="{t}"/>'
    "</manifest:manifest>"
)


class Styled(NamedTuple):
    """A number that is shown as a share (2) or in euros (3)."""

    value: float
    style: int


def xlsx(rows: Rows) -> bytes:
    """Return an XLSX file of one sheet; a pair is a formula and the value it came to."""
    return book({"Register": rows})


def book(sheets: Mapping[str, Rows]) -> bytes:
    """Return an XLSX file of several sheets, by their names."""
    numbered = list(enumerate(sheets.items(), start=1))
    parts = {f"xl/worksheets/sheet{n}.xml": SHEET.format(rows=_rows(rows)) for n, (_, rows) in numbered}
    named = "".join(SHEET_NAMED.format(name=escape(name), n=n) for n, (name, _) in numbered)
    rels = "".join(SHEET_REL.format(n=n) for n, _ in numbered[1:]) + STYLE_REL.format(n=len(numbered) + 1)
    return _zipped(
        {
            "[Content_Types].xml": TYPES.format(sheets="".join(SHEET_TYPE.format(n=n) for n, _ in numbered)),
            "_rels/.rels": RELS.format(type="officeDocument", target="xl/workbook.xml", more=""),
            "xl/workbook.xml": BOOK.format(sheets=named),
            "xl/_rels/workbook.xml.rels": RELS.format(
                type="worksheet", target="worksheets/sheet1.xml", more=rels
            ),
            "xl/styles.xml": STYLES,
            **parts,
        }
    )


def _rows(rows: Rows) -> str:
    return "".join(
        f'<row r="{n}">{"".join(_cell(v, n, c) for c, v in enumerate(row))}</row>'
        for n, row in enumerate(rows, start=1)
    )


def _cell(value: Any, row: int, column: int) -> str:
    place = f"{_letters(column)}{row}"
    match value:
        case None:
            return ""
        case Styled():
            return f'<c r="{place}" s="{value.style}"><v>{value.value}</v></c>'
        case (formula, result):
            return f'<c r="{place}"><f>{escape(formula[1:])}</f><v>{result}</v></c>'
        case date():
            return f'<c r="{place}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
        case int() | float():
            return f'<c r="{place}"><v>{value}</v></c>'
        case _:
            return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def ods(rows: Rows) -> bytes:
    """Return an ODS file."""
    written = "".join(
        f"<table:table-row>{''.join(_ods_cell(v) for v in row)}</table:table-row>" for row in rows
    )
    return _zipped(
        {
            "mimetype": ODS_TYPE,
            "META-INF/manifest.xml": MANIFEST.format(o=OFFICE, t=ODS_TYPE),
            "content.xml": CONTENT.format(o=OFFICE, rows=written),
        }
    )


def _ods_cell(value: Any) -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case date():
            kind = f'office:value-type="date" office:date-value="{value}"'
        case int() | float():
            kind = f'office:value-type="float" office:value="{value}"'
        case _:
            kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def _zipped(parts: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return content.getvalue()
