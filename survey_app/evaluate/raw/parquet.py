"""Parquet: rows as columns that say what they are, in groups of a size that memory holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from survey_app.evaluate.raw.columns import Column
from survey_app.evaluate.raw.rows import Block, Cells

GROUP = 65_536
"""Rows from which on a row group is written."""


def write_parquet(path: Path, columns: Sequence[Column], blocks: Iterable[Block]) -> int:
    """Write rows with texts and codes as dictionaries; no text is null. Give how many rows."""
    # Not at the top: web processes import this package and write nothing.
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"number": pa.int64(), "day": pa.date32()}
    words = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema([(column.name, types.get(column.kind, words)) for column in columns])
    rows = 0
    waiting: list[Any] = []
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for block in blocks:
            numbers = pa.array(np.arange(block.first, block.first + block.rows))
            cells = zip(block.cells, schema.types[1:], strict=True)
            arrays = [numbers, *(_array(each, type) for each, type in cells)]
            waiting.append(pa.record_batch(arrays, schema=schema))
            rows += block.rows
            if sum(batch.num_rows for batch in waiting) >= GROUP:
                file.write_table(_table(waiting, schema))
                waiting = []
        if waiting:
            file.write_table(_table(waiting, schema))
    return rows


def _table(batches: Sequence[Any], schema: Any) -> Any:
    import pyarrow as pa

    return pa.Table.from_batches(batches, schema).unify_dictionaries()


def _array(cells: Cells, type: Any) -> Any:
    import pyarrow as pa

    place = pa.array(cells.place.astype(np.int32))
    if not pa.types.is_dictionary(type):
        return pa.array(list(cells.texts)).cast(type).take(place)
    if "" not in cells.texts:
        return pa.DictionaryArray.from_arrays(place, pa.array(list(cells.texts), pa.string()))
    texts = list(cells.texts)
    nothing = texts.index("")
    del texts[nothing]
    shifted = np.where(cells.place > nothing, cells.place - 1, cells.place).astype(np.int32)
    return pa.DictionaryArray.from_arrays(
        pa.array(shifted, mask=cells.place == nothing), pa.array(texts, pa.string())
    )
