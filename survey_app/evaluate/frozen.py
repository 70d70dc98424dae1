"""Frozen: the columns that a closed period was computed from, in one compressed file and back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from analysis.ratings import Domain, Question, Ratings, Workload

HEAD = "head.json"
_STILL = (1980, 1, 1, 0, 0, 0)
"""The same columns give the same bytes."""

_TEXTS = ("units", "counters", "officers", "questions", "versions", "fields")


class FrozenFault(ValueError):
    """A file that is no file of frozen columns."""


class _Head(msgspec.Struct):
    units: tuple[Domain, ...]
    counters: tuple[Domain, ...]
    officers: tuple[Domain, ...]
    questions: tuple[Question, ...]
    versions: tuple[tuple[str, int], ...]
    fields: tuple[str, ...]


def freeze(parts: Mapping[str, Ratings]) -> bytes:
    """Give named ratings (``this``, ``previous``) as one file: texts as JSON, columns as plain arrays."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for part, ratings in parts.items():
            head = {name: getattr(ratings, name) for name in _TEXTS}
            archive.writestr(_entry(f"{part}/{HEAD}"), msgspec.json.encode(head, order="deterministic"))
            for name, column in columns(ratings):
                packed = io.BytesIO()
                np.save(packed, np.ascontiguousarray(column), allow_pickle=False)
                archive.writestr(_entry(f"{part}/{name}.npy"), packed.getvalue())
    return file.getvalue()


def thaw(content: bytes) -> dict[str, Ratings]:
    """Read what `freeze` wrote.

    Raises
    ------
    FrozenFault
        If the file is damaged or another kind of file.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        parts = sorted({name.partition("/")[0] for name in members})
        return {part: _ratings(part, members) for part in parts}
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, msgspec.DecodeError) as fault:
        raise FrozenFault(f"frozen columns: cannot be read ({fault}); restore them from a backup") from None


def columns(ratings: Ratings) -> Iterator[tuple[str, NDArray[Any]]]:
    """Give every column of ratings with its name; those of answers and workload have a prefix."""
    for field in fields(ratings):
        value = getattr(ratings, field.name)
        if isinstance(value, np.ndarray):
            yield field.name, value
    for question, column in ratings.answers.items():
        yield f"answers/{question}", column
    for field in fields(ratings.workload) if ratings.workload is not None else ():
        value = getattr(ratings.workload, field.name)
        if value is not None:
            yield f"workload/{field.name}", value


def _ratings(part: str, members: Mapping[str, bytes]) -> Ratings:
    head = msgspec.json.decode(members[f"{part}/{HEAD}"], type=_Head)
    texts = {name: getattr(head, name) for name in _TEXTS}
    plain: dict[str, Any] = {}
    nested: dict[str, dict[str, Any]] = {"answers": {}, "workload": {}}
    for name, content in members.items():
        if name.startswith(f"{part}/") and name.endswith(".npy"):
            group, _, key = name.removeprefix(f"{part}/").removesuffix(".npy").rpartition("/")
            column = np.load(io.BytesIO(content), allow_pickle=False)
            (nested[group] if group else plain)[key] = column
    return Ratings(
        **texts,
        **plain,
        answers={question.id: nested["answers"][question.id] for question in head.questions},
        workload=Workload(**nested["workload"]) if nested["workload"] else None,
    )


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _STILL)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
