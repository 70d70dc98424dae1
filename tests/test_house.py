"""Who may know whom: the rules of the house, checked on the imports of every module."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
WEB = ("flask", "flask_wtf", "flask_babel", "flask_login", "wtforms", "werkzeug")
HEAVY = ("scipy", "matplotlib", "typst")
BLUEPRINTS = {
    "survey_app/collect/citizen.py": "survey_app.collect.citizen",
    "survey_app/collect/kiosk.py": "survey_app.collect.kiosk",
    "survey_app/collect/screens.py": "survey_app.collect.screens",
    "survey_app/evaluate/pages.py": "survey_app.evaluate.pages",
    "survey_app/evaluate/downloads.py": "survey_app.evaluate.downloads",
    "survey_app/evaluate/unit_pages.py": "survey_app.evaluate.unit_pages",
    "survey_app/evaluate/officer_pages.py": "survey_app.evaluate.officer_pages",
    "survey_app/evaluate/comparison_pages.py": "survey_app.evaluate.comparison_pages",
    "survey_app/evaluate/method_page.py": "survey_app.evaluate.method_page",
    "survey_app/evaluate/review_pages.py": "survey_app.evaluate.review_pages",
    "survey_app/evaluate/closing_pages.py": "survey_app.evaluate.closing_pages",
    "survey_app/evaluate/progress_pages.py": "survey_app.evaluate.progress_pages",
    "survey_app/evaluate/comment_pages.py": "survey_app.evaluate.comment_pages",
    "survey_app/evaluate/head_pages.py": "survey_app.evaluate.head_pages",
    "survey_app/evaluate/self_pages.py": "survey_app.evaluate.self_pages",
    "survey_app/evaluate/export_pages.py": "survey_app.evaluate.export_pages",
    "survey_app/access/audit_pages.py": "survey_app.access.audit_pages",
    "survey_app/administer/accounts.py": "survey_app.administer.accounts",
    "survey_app/access/signin.py": "survey_app.access.signin",
    "survey_app/access/factor.py": "survey_app.access.factor",
    "survey_app/access/account.py": "survey_app.access.account",
    "survey_app/access/elsewhere.py": "survey_app.access.elsewhere",
}


def modules(under: str) -> list[Path]:
    path = PROJECT / under
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imported(path: Path, *, at_once: bool = False) -> Iterator[str]:
    """Give the modules that one names; with ``at_once`` only those that importing it imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = [
        n
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef)
        for n in ast.walk(f)
    ]
    for node in ast.walk(tree):
        if at_once and node in inside:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports relatively"
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def offenders(under: str, *forbidden: str, at_once: bool = False) -> list[str]:
    return sorted(
        {
            f"{path.relative_to(PROJECT)} imports {name}"
            for path in modules(under)
            for name in imported(path, at_once=at_once)
            if any(name == each or name.startswith(f"{each}.") for each in forbidden)
        }
    )


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        ("analysis", (*WEB, "sqlalchemy", "survey_app", "click")),
        ("survey_app/store", (*WEB, "click", "analysis", "survey_app.questionnaire", "survey_app.evaluate")),
        (
            "survey_app/store",
            ("survey_app.collect", "survey_app.access", "survey_app.web", "survey_app.config"),
        ),
        ("survey_app/questionnaire", ("flask", "sqlalchemy", "survey_app.store")),
        ("survey_app/collect/intake.py", WEB),
        ("survey_app/evaluate/reading.py", WEB),
        ("survey_app/worker.py", WEB),
        ("survey_app/endings.py", WEB),
        ("survey_app/notices.py", WEB),
    ],
)
def test_room_knows_nobody_it_should_not(room: str, forbidden: tuple[str, ...]) -> None:
    assert modules(room)
    assert offenders(room, *forbidden) == []


def test_store_knows_sqlalchemy_and_alembic_alone() -> None:
    known = {name.partition(".")[0] for path in modules("survey_app/store") for name in imported(path)}
    assert known - sys.stdlib_module_names <= {"sqlalchemy", "alembic", "survey_app"}


def test_only_the_form_of_a_questionnaire_knows_web_forms() -> None:
    found = offenders("survey_app/questionnaire", *WEB)
    assert [line for line in found if not line.startswith("survey_app/questionnaire/form.py ")] == []


@pytest.mark.parametrize("path", BLUEPRINTS)
def test_blueprint_knows_no_other(path: str) -> None:
    assert (PROJECT / path).is_file()
    others = [name for other, name in BLUEPRINTS.items() if other != path]
    assert offenders(path, *others) == []


def test_heavy_libraries_are_never_imported_with_a_module_of_the_application() -> None:
    assert offenders("survey_app", *HEAVY, at_once=True) == []


def test_pyplot_which_keeps_figures_for_ever_is_used_nowhere() -> None:
    assert offenders("analysis", "matplotlib.pyplot") + offenders("survey_app", "matplotlib.pyplot") == []
