"""Arrays: what columns of numbers, places, marks and words are made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.intp]
Marks = NDArray[np.bool_]
Words = NDArray[np.str_]
