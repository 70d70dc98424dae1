"""Documents: answers as they are stored, JSON, turned into columns of codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, Literal, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from analysis.ratings import NOT_APPLICABLE, REFUSED, SKIPPED, UNMAPPED, Question


class Documents:
    """Turns answer documents into columns of codes, a question at a time.

    The documents of a day are decoded together into structs with a field a question: half the time of
    decoding each into a dictionary.
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        fields = [f"q{place}" for place in range(len(questions))]
        document = msgspec.defstruct(
            "Document",
            [(name, _answer_type(q), None) for name, q in zip(fields, questions, strict=True)],
            rename={name: q.id for name, q in zip(fields, questions, strict=True)},
            gc=False,
        )
        self._decode = msgspec.json.Decoder(list[document]).decode  # type: ignore[valid-type]
        self._values = [attrgetter(name) for name in fields]
        self._known = [_Codes(question) for question in questions]

    def codes(self, texts: str) -> Iterator[NDArray[Any]]:
        """Give each question's codes for documents with commas between them."""
        rows = self._decode(f"[{texts}]")
        for known, value in zip(self._known, self._values, strict=True):
            yield np.fromiter(map(known.__getitem__, map(value, rows)), known.type, len(rows))


def _answer_type(question: Question) -> Any:
    """Give the type of an answer: of literals, because msgspec then makes no new text of each."""
    none = Literal["na", "refused", "unmapped"]
    if question.kind == "number":
        return int | none | None
    code: Any = Literal.__getitem__((*question.choices, *get_args(none)))
    return tuple.__class_getitem__((code, ...)) | none | None if question.kind == "multiple" else code | None


class _Codes(dict[Any, Any]):
    """The code of each value that a question was answered with, worked out when first seen."""

    def __init__(self, question: Question) -> None:
        super().__init__({None: SKIPPED, "na": NOT_APPLICABLE, "refused": REFUSED, "unmapped": UNMAPPED})
        self._choices = {code: place for place, code in enumerate(question.choices)}
        self.type = {"multiple": np.int64, "number": np.float64}.get(question.kind, np.int8)

    def __missing__(self, value: Any) -> int:
        if isinstance(value, tuple):
            code = sum(1 << self._choices[choice] for choice in value) if value else SKIPPED
        else:
            code = value if isinstance(value, int) else self._choices[value]
        self[value] = code
        return code
