"""An office program: what LibreOffice makes of a file, as somebody would see it printed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pypdfium2

from analysis.report.glyphs import FONTS

FONTS_ALONE = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>{fonts}</dir>
<cachedir>{cache}</cachedir>
<alias binding="same"><family>Times New Roman</family><prefer><family>Tinos</family></prefer></alias>
<alias binding="same"><family>Arial</family><prefer><family>Arimo</family></prefer></alias>
</fontconfig>
"""
"""Our own faces stand in for those of an office, whatever is installed here."""


def printed_by_office(content: bytes, name: str, folder: Path) -> list[str]:
    """Give the text of the pages that LibreOffice makes of a file."""
    program = shutil.which("soffice")
    assert program, "soffice not found; install LibreOffice (Debian: libreoffice-writer, libreoffice-calc)"
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS_ALONE.format(fonts=FONTS, cache=folder / "fontcache"), encoding="utf-8")
    file = folder / name
    file.write_bytes(content)
    subprocess.run(
        [
            program,
            f"-env:UserInstallation=file://{folder / 'profile'}",
            *("--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(folder), str(file)),
        ],
        check=True,
        capture_output=True,
        timeout=240,
        env=os.environ | {"FONTCONFIG_FILE": str(fonts)},
    )
    document = pypdfium2.PdfDocument(file.with_suffix(".pdf").read_bytes())
    try:
        pages = [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()
    return [re.sub(r"\s+", " ", unicodedata.normalize("NFC", page)) for page in pages]
