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


def _judged(row: Row, place: int) -> Row:
    """Give a unit's row with what the comparisons add; every word of them occurs."""
    if row.rate is None or row.status:
        return row
    rate = row.rate
    grade = "very_high" if rate >= 0.9 else "high" if rate >= 0.8 else "medium" if rate >= 0.65 else "low"
    change = (place % 9 - 4) / 100
    return row._replace(
        clusters=60,
        effective_n=(row.answers or 0) / 1.2,
        target=0.85,
        against_target=("above", "below", "not_distinguishable")[place % 3],
        verdict=("above", "not_distinguishable", "below", "not_distinguishable")[place % 4],
        peer_group="commune" if row.kind in ("commune", "ward") else row.kind,
        rank_best=1 + place % 40,
        rank_worst=90 + place % 30,
        grade=grade,
        certainty=("certain", "likely", "borderline")[place % 3],
        change=change,
        change_low=change - 0.025,
        change_high=change + 0.025,
    )


@pytest.fixture(scope="session")
def judged(province: Summary) -> Summary:
    """Give the made-up province with verdicts, ranks, grades, changes, answers to all sorts of questions."""
    rows = tuple(
        row._replace(verdict=("above", "below", "not_distinguishable")[place % 3], peer_group="Hộ tịch")
        if row.kind == "officer" and row.rate is not None
        else row
        if row.kind == "counter" or not (row.measure == "overall" or row.kind == "province")
        else _judged(row, place)
        for place, row in enumerate(province.rows)
    )
    top = rows[0]._replace(verdict=None, peer_group=None, rank_best=None, rank_worst=None)
    asked = {
        "overall": dict(zip("12345", (826, 2064, 3675, 17340, 17381), strict=True)),
        "officer_attitude": dict(zip("12345", (700, 1600, 2300, 16000, 15000), strict=True)),
        "reasons": {"wait": 693, "rude": 180},
        "trips": {"1": 600, "2": 300, "3": 60, "4": 30, "5plus": 10, "unknown": 77},
        "extra_payment": {"yes": 12, "no": 988, "refused": 97},
    }
    answers = tuple(
        AnswerRow(PERIOD.label, 0, "province", "serving", "P0", "2025-07-01", question, choice, count, None)
        for question, counts in asked.items()
        for choice, count in counts.items()
    )
    return replace(province, rows=(top, *rows[1:]), answers=answers)
