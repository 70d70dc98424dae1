"""Printed: what somebody reads on the pages of a PDF."""

from __future__ import annotations

import re
import unicodedata

import pypdfium2


def pages_of(pdf: bytes) -> list[str]:
    """Give the text of every page, with one space for any."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return [re.sub(r"\s+", " ", unicodedata.normalize("NFC", page)) for page in pages]
