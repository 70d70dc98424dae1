"""What holds for charts of every kind."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

import matplotlib
import pytest
from matplotlib.figure import Figure

from analysis.report.charts import marks, svg
from analysis.report.numerals import Language
from tests.analysis.report.charts.conftest import Draw, names, written

PALETTE = {
    *(marks.LAM, marks.BAND, marks.WASH, marks.GACH),
    *(marks.INK, marks.INK2, marks.HAIRLINE, marks.PAPER, *marks.ANSWERS),
}
HOSTILE = r"$x$ {n} & <script> \a"
