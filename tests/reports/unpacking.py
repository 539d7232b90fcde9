"""Read a published page or file as text, whatever it is packed in."""

import io

import openpyxl


def unpacked(path: str, body: bytes) -> str:
    """The text of a page or file; of a workbook every cell, sheet names and properties of the document."""
    if not path.endswith(".xlsx"):
        return body.decode()
    book = openpyxl.load_workbook(io.BytesIO(body))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    return "\n".join([*cells, *book.sheetnames, repr(book.properties)])
