"""A made-up province as a summary, and letterheads."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from analysis.period import period
from analysis.report import Letterhead
from analysis.report.numerals import Language
from analysis.summary import AnswerRow, Pool, Row, Summary

PERIOD = period("2026-H1")
SYLLABLES = (
    *("An", "Bình", "Châu", "Diễn", "Đại", "Đông", "Giang", "Hòa", "Hưng", "Khánh"),
    *("Lộc", "Mường", "Nghĩa", "Phúc", "Quỳnh", "Sơn", "Tân", "Thịnh", "Vĩnh", "Yên"),
)
DEPARTMENTS = (
    "Trung tâm Phục vụ hành chính công tỉnh Mẫu",
    "Sở Mẫu về Khoa học, Công nghệ, Chuyển đổi số và các việc có tên rất dài của tỉnh",
    "Sở Mẫu về Nông nghiệp và Môi trường",
    "Sở Mẫu về Xây dựng",
    "Ban Mẫu quản lý khu kinh tế",
)
FACTORS = {"access": 0.874, "procedures": 0.768, "officials": 0.872, "result": 0.858, "feedback": 0.8996}
QUESTIONS = {
    "officer_attitude": 0.885,
    "officer_responsibility": 0.871,
    "officer_guidance": 0.861,
    "parking": 0.7,
}


def made(kind: str, code: str, name: str, n: int, rate: float, **fields: object) -> Row:
    """Make a row with a rough interval; figures are invented, only their order is right."""
    half = 1.96 * math.sqrt(max(rate * (1 - rate), 0.01) / (n / 1.6))
    figures: dict[str, object] = {
        "role": "serving",
        "valid_from": "2025-07-01",
        "parent_code": "P0",
        "measure": "overall",
        "questionnaire": "counter-service",
        "versions": ("counter-service.v1",),
        "responses": n,
        "answers": n,
        "satisfied": round(n * rate),
        "rate": rate,
        "low": max(0.0, rate - half),
        "high": min(1.0, rate + half),
        "confidence_level": 0.95,
        "method": "wilson-moderated",
    }
    return Row(period=PERIOD.label, revision=0, kind=kind, code=code, name=name, **{**figures, **fields})  # type: ignore[arg-type]


def hidden(row: Row) -> Row:
    """Make the suppressed form of a row."""
    return Row(*row[:11], status=("suppressed",))


def _communes(random_: random.Random) -> list[Row]:
    rows = []
    for index in range(130):
        word = "Phường" if index % 9 == 0 else "Xã"
        name = f"{word} {SYLLABLES[index % 20]} {SYLLABLES[(index * 7 + index // 20) % 20]}"
        n, rate = random_.randint(35, 1800), min(0.985, max(0.55, random_.gauss(0.84, 0.05)))
        served = n * random_.randint(6, 16)
        row = made("commune", f"X{index:03}", name, n, rate, served=served, coverage=n / served)
        rows.append(row)
    rows[7] = hidden(rows[7])
    rows[31] = made(
        "commune", "X031", rows[31].name, 12, 0.75, served=900, coverage=12 / 900, status=("insufficient",)
    )
    rows[44] = Row(*rows[44][:11], served=412, responses=0, answers=0, status=("no_data",))
    rows[58] = rows[58]._replace(status=("merged_in_period", "single_day"))
    rows[59] = rows[59]._replace(
        name="Xã mang một cái tên dài khác thường để thử việc xuống dòng trong bảng và hình"
    )
    return rows


def _people() -> list[Row]:
    rows = []
    for unit in ("X003", "S1", "X001"):
        for place in (10, 2, 1):
            rows.append(
                made("counter", f"{unit}-{place}", f"Quầy {place}", 60 * place, 0.86, parent_code=unit)
            )
            name = f"Cán bộ Mẫu {place:02}"
            rows.append(
                made(
                    "officer",
                    f"{unit}-C{place}",
                    name,
                    60 * place,
                    0.9,
                    parent_code=unit,
                    measure="factor:officials",
                )
            )
    rows[2] = hidden(rows[2])
    rows[5] = hidden(rows[5])
    return sorted(rows, key=lambda row: row.kind)


@pytest.fixture(scope="session")
def province() -> Summary:
    """Give a made-up province with all its levels, hidden cells, long names and a threshold case."""
    random_ = random.Random(4)
    top = made(
        "province",
        "P0",
        "Tỉnh Mẫu",
        41286,
        0.841,
        parent_code=None,
        served=612400,
        offered=90120,
        coverage=41286 / 612400,
        bound_low=0.0567,
        bound_high=0.9893,
        flagged=318,
        rate_without_flagged=0.8402,
    )
    measured = [(f"factor:{name}", rate) for name, rate in FACTORS.items()]
    measured += [(f"question:{name}", rate) for name, rate in QUESTIONS.items()]
    measured += [("index:pooled", 0.846), ("index:question_mean", 0.8441)]
    parts = [
        made("province", "P0", "Tỉnh Mẫu", 40000 - 900 * place, rate, parent_code=None, measure=measure)
        for place, (measure, rate) in enumerate(measured)
    ]
    units = [
        made(
            "centre" if not place else "department", f"S{place}", name, 300 + 150 * place, 0.81 + 0.03 * place
        )
        for place, name in enumerate(DEPARTMENTS)
    ]
    deciding = [row._replace(role="deciding", answers=(row.answers or 0) + 5) for row in units[1:]]
    rows = (top, *parts, *units, *_communes(random_), *deciding, *_people())
    answers = tuple(
        AnswerRow(PERIOD.label, 0, "province", "serving", "P0", "2025-07-01", "overall", choice, count, share)
        for choice, count, share in (("4", 3, 0.75), ("5", 1, 0.25), ("skipped", 9, None))
    )
    pools = (Pool("commune", "overall", 1.0, 0.05, 127, 9000, False),)
    return Summary(PERIOD, rows, answers, pools, demo=True, responses=41286)


@pytest.fixture(scope="session")
def letterheads() -> dict[Language, Letterhead]:
    """Give a made-up letterhead in both languages."""
    vietnamese = Letterhead(
        parent="Ủy ban nhân dân tỉnh Mẫu",
        issuer="Sở Nội vụ",
        symbol="BC-SNV",
        place="Tỉnh Mẫu",
        addressee="Ủy ban nhân dân tỉnh Mẫu",
        recipients=("Như trên;", "Lưu: VT, CCHC."),
    )
    english = Letterhead(
        parent="People's Committee of Mau Province",
        issuer="Department of Home Affairs",
        symbol="BC-SNV",
        place="Mau",
        addressee="People's Committee of Mau Province",
        recipients=("As above;", "Archives."),
    )
    return {"vi": vietnamese, "en": english}


@pytest.fixture(scope="session")
def renamed(province: Summary) -> Callable[[str], Summary]:
    """Give a small summary in which a commune bears a name."""

    def named(name: str) -> Summary:
        rows = tuple(row._replace(name=name) if row.code == "X002" else row for row in province.rows[:22])
        return replace(province, rows=rows)

    return named
