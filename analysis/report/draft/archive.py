"""Archive: the file of a document, with nothing in it that the clock says."""

from __future__ import annotations

import io
import zipfile

from docx.document import Document

_FIRST = "[Content_Types].xml"
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def packed(document: Document) -> bytes:
    """Give a document as bytes: the same document gives the same bytes."""
    loose = io.BytesIO()
    document.save(loose)
    made = io.BytesIO()
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != _FIRST, name)):
            member = zipfile.ZipInfo(name, _NO_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o600 << 16
            target.writestr(member, source.read(name))
    return made.getvalue()
