"""A made-up province of 146 units: figures as a snapshot keeps them, without an estimate behind them."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import insert

from analysis.period import period
from analysis.report.tables import answers_csv, summary_csv, summary_json
from analysis.summary import AnswerRow, Row, Summary
from survey_app.store.engine import Database
from survey_app.store.evaluations import Evaluation, Output


def province(label: str = "2026-H1", *, demo: bool = True) -> Summary:
    """Give the figures of a province, a centre, 14 departments, 130 communes and some counters."""
    rows = [_row(label, "province", "T", "Tỉnh Mẫu", None, 41286, 0.841, 612400, flagged=318)]
    rows.append(
        _row(label, "centre", "TT", "Trung tâm Phục vụ hành chính công tỉnh", "T", 5210, 0.887, 58930)
    )
    for n in range(1, 15):
        rate = 0.80 + (n * 37 % 15) / 100
        rows.append(_row(label, "department", f"S{n:02}", f"Sở Mẫu {n:02}", "T", 200 + 31 * n, rate, 4000))
    for n in range(1, 131):
        name = f"Phường Mẫu {n:02}" if n % 8 == 0 else f"Xã Mẫu {n:02}"
        responses, rate = 40 + n * 53 % 700, 0.68 + (n * 29 % 28) / 100
        rows.append(_row(label, "commune", f"X{n:03}", name, "T", responses, rate, 900 + n * 71 % 9000))
    x = {row.code: place for place, row in enumerate(rows)}
    rows[x["X004"]] = _row(
        label, "commune", "X004", "Xã Mẫu 04", "T", 21, 0.857, 388, status=("insufficient",)
    )
    rows[x["X005"]] = _row(label, "commune", "X005", "Xã Mẫu 05", "T", 0, None, 146, status=("no_data",))
    rows[x["X006"]] = _row(
        label,
        "commune",
        "X006",
        "Xã Đô Mẫu",
        "T",
        412,
        0.841,
        None,
        status=("coverage_unknown", "merged_in_period"),
    )
    for n, (responses, rate) in enumerate(((138, 0.739), (171, 0.889)), start=1):
        rows.append(_row(label, "counter", f"X001-{n}", f"Quầy {n}", "X001", responses, rate, 990))
    for n in (3, 4):
        rows.append(
            Row(label, 0, "counter", "serving", f"X001-{n}", "2025-07-01", f"Quầy {n}", "X001",
                "counter-service", (), "overall", status=("suppressed",))
        )  # fmt: skip
    rows.append(
        _row(label, "officer", "CB01", "Cán bộ Mẫu 01", "X001", 60, 0.9, None, measure="factor:officials")
    )
    rows += [row._replace(measure="index:pooled") for row in rows[:3]]
    rows += [row._replace(role="deciding") for row in rows[:16]]
    answers = tuple(
        AnswerRow(label, 0, "commune", "serving", code, "2025-07-01", "overall", choice, 10, 0.2)
        for code in ("X001", "X002")
        for choice in "12345"
    )
    return Summary(period(label), tuple(rows), answers, demo=demo, responses=41286)


def keep(database: Database, summary: Summary, made_at: datetime) -> int:
    """Store figures as the worker does, with reports that are none; give the number of the evaluation."""
    files = {
        "summary.csv": summary_csv(summary),
        "summary.json": summary_json(summary),
        "answers.csv": answers_csv(summary),
        "summary.pdf": b"%PDF vi",
        "summary.en.pdf": b"%PDF en",
    }
    with database.writing() as connection:
        made = connection.execute(
            insert(Evaluation).values(
                period=summary.period.label,
                made_at=made_at,
                last_response=0,
                responses=summary.responses,
                demo=summary.demo,
            )
        )
        assert made.inserted_primary_key is not None
        number = int(made.inserted_primary_key[0])
        for name, content in files.items():
            digest = sha256(content).hexdigest()
            connection.execute(
                insert(Output).values(evaluation_id=number, name=name, digest=digest, content=content)
            )
    return number


def _row(
    label: str,
    kind: str,
    code: str,
    name: str,
    parent: str | None,
    responses: int,
    rate: float | None,
    served: int | None,
    *,
    measure: str = "overall",
    flagged: int = 0,
    status: tuple[str, ...] = ("default_pool",),
) -> Row:
    half = 1.0 / (responses or 1) ** 0.5
    known = rate is not None
    return Row(
        label, 0, kind, "serving", code, "2025-07-01", name, parent, "counter-service",
        ("counter-service.v1",), measure,
        served=served,
        responses=responses,
        answers=responses,
        rate=rate,
        low=max(rate - half, 0.0) if rate is not None else None,
        high=min(rate + half, 0.998) if rate is not None else None,
        confidence_level=0.95 if known else None,
        method="wilson_moderated" if known else None,
        coverage=responses / served if served else None,
        flagged=flagged,
        rate_without_flagged=rate,
        status=status,
    )  # fmt: skip
