"""Typesetting: a Typst template and data become PDF, PNG or SVG; data are never code."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, overload

import typst

from analysis.report.glyphs import FONTS, legible

Format = Literal["pdf", "png", "svg"]

_PLACE = re.compile(r"\S*__typst_py_bytes__\.typ")
_UNDATED = b"#set document(date: none);"  # else the clock gets into the file
_PACKAGE = re.compile(rb'"@[\w-]+/[\w-]+')


class TemplateFault(ValueError):
    """A template cannot be typeset."""


def _clean(value: object) -> object:
    """Give data with every text legible, keys as they are."""
    match value:
        case str():
            return legible(value)
        case Mapping():
            return {key: _clean(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_clean(inner) for inner in value]
    return value


def _source(template: Path) -> bytes:
    source = template.read_bytes()
    if found := _PACKAGE.search(source):
        raise TemplateFault(
            f"template {template.name}: imports the package {found[0][1:].decode()}; "
            "packages are off, write what it gives into the template"
        )
    return _UNDATED + source


@overload
def typeset(template: Path, data: Mapping[str, object]) -> bytes: ...
@overload
def typeset(template: Path, data: Mapping[str, object], *, format: Literal["pdf"]) -> bytes: ...
@overload
def typeset(
    template: Path, data: Mapping[str, object], *, format: Literal["png", "svg"], ppi: float = ...
) -> list[bytes]: ...


def typeset(
    template: Path, data: Mapping[str, object], *, format: Format = "pdf", ppi: float = 144.0
) -> bytes | list[bytes]:
    """Typeset a template with data: one PDF, or a list of PNG or SVG pages; the same bytes each time.

    The template finds the data as ``json(bytes(sys.inputs.data))``: texts in them are texts, never markup.
    It sees no file, no package, and no font but those of this package (Tinos, Arimo). An image comes as
    text in the data: ``image(bytes(data.chart), format: "svg", alt: …)``. Characters that the fonts lack
    are printed by their number. A PDF is tagged and keeps to PDF/UA-1, so it needs a title and a language.

    Parameters
    ----------
    template
        A Typst file.
    data
        What JSON can carry.
    format
        ``pdf``, ``png`` or ``svg``.
    ppi
        Pixels per inch of a PNG.

    Raises
    ------
    TemplateFault
        If the template imports a package, reads a file, or is not valid; the text says where.
    """
    source = _source(template)
    text = json.dumps(_clean(data), ensure_ascii=False, allow_nan=False)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    with tempfile.TemporaryDirectory() as root:
        try:
            compiler = typst.Compiler(
                source,
                root=root,
                font_paths=fonts,
                sys_inputs={"data": text},
                package_path=os.devnull,
                package_cache_path=os.devnull,
            )
            made = compiler.compile(format=format, ppi=ppi, pdf_standards=["ua-1"] if format == "pdf" else [])
        except typst.TypstError as error:
            fault = _PLACE.sub(template.name, error.diagnostic or error.message)
            raise TemplateFault(f"template {template.name}: {fault}") from error
    pages = made if isinstance(made, list) else [made or b""]
    return pages[0] if format == "pdf" else pages
