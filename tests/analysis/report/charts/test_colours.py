"""Colours: what readers in grey and with other sight can tell apart."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from analysis.report.charts import marks
from analysis.report.charts.columns import Array
from tests.analysis.report.charts.conftest import answers

# Machado, Oliveira and Fernandes 2009, IEEE Trans. Vis. Comput. Graph. 15: severity 1.0, linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour: str) -> Array:
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(TO_XYZ[1] @ linear(colour))


def contrast(one: str, other: str) -> float:
    """Give the contrast by WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, sight: Array) -> Array:
    seen = np.clip(sight @ linear(colour), 0, 1)
    x, y, z = np.cbrt(TO_XYZ @ seen / (TO_XYZ @ np.ones(3)))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def lightness(colour: str) -> float:
    return float(116 * np.cbrt(luminance(colour)) - 16)


def test_formulas_give_the_figures_of_the_look() -> None:
    assert contrast(marks.INK, marks.PAPER) == pytest.approx(17.65, abs=0.01)
    assert contrast(marks.LAM, marks.PAPER) == pytest.approx(8.46, abs=0.01)
    assert contrast(marks.LAM, marks.BAND) == pytest.approx(4.45, abs=0.01)


@pytest.mark.parametrize("colour", [marks.INK, marks.INK2, marks.LAM, marks.GACH])
def test_letters_can_be_read_on_paper_and_on_washes(colour: str) -> None:
    assert contrast(colour, marks.PAPER) >= 4.5
    assert contrast(colour, marks.WASH) >= 4.5


def test_point_stands_out_from_its_interval_in_grey() -> None:
    assert contrast(marks.LAM, marks.BAND) >= 3
    assert lightness(marks.BAND) - lightness(marks.LAM) >= 30
    assert lightness(marks.PAPER) - lightness(marks.BAND) >= 20


@pytest.mark.parametrize("sight", SIGHTS)
def test_neighbouring_answers_are_told_apart_by_every_sight(sight: str) -> None:
    seen = [lab(colour, SIGHTS[sight]) for colour in marks.ANSWERS]
    assert all(np.linalg.norm(one - other) >= 27.5 for one, other in pairwise(seen))
    assert np.linalg.norm(seen[0] - seen[-1]) >= 74


def test_answers_that_are_alike_in_grey_differ_by_hatching() -> None:
    figure = answers(["Nhìn chung"], "vi")
    hatched = [
        patch.get_hatch() is not None
        for axes in figure.axes
        for patch in axes.patches
        if isinstance(patch, Rectangle)
    ]
    assert hatched == [True, True, False, False, False] * 2
    greys = [lightness(colour) for colour in marks.ANSWERS]
    for one in range(5):
        for other in range(one):
            assert abs(greys[one] - greys[other]) >= 12 or hatched[one] != hatched[other]


def test_numbers_in_bars_can_be_read() -> None:
    assert contrast(marks.PAPER, marks.ANSWERS[4]) >= 4.5
    assert all(contrast(marks.INK, colour) >= 4.5 for colour in marks.ANSWERS[1:4])
