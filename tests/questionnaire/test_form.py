"""Answers that come in through the form of a questionnaire."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from survey_app.questionnaire.definition import Questionnaire
from survey_app.questionnaire.form import answers_of, form_class
from survey_app.questionnaire.toml import load

FILE = Path(__file__).parents[2] / "questionnaires" / "counter-service.v1.toml"
NUMBER = """
[[questions]]
id = "minutes"
kind = "number"
minimum = 1
maximum = 600
text.vi = "Ông/Bà đã chờ bao nhiêu phút?"
text.en = "How many minutes did you wait?"
text.fr = "Combien de minutes avez-vous attendu ?"
"""
QUESTIONNAIRE = load(FILE.read_text(encoding="utf-8") + NUMBER, "a test")
Form = form_class(QUESTIONNAIRE)


def sent(*pairs: tuple[str, Any]) -> FlaskForm:
    form = Form(MultiDict([("overall", "4"), *pairs]))
    form.validate()
    return form


def answers(*pairs: tuple[str, Any], place: dict[str, str | None] | None = None) -> dict[str, Any]:
    form = sent(*pairs)
    assert not form.errors
    return answers_of(form, QUESTIONNAIRE, place or {})[0]


def comment(words: str) -> str | None:
    form = sent(("comment", words))
    assert not form.errors
    return answers_of(form, QUESTIONNAIRE, {})[1].get("comment")


def test_form_has_a_field_for_every_question_and_nothing_else() -> None:
    assert list(sent().data) == [question.id for question in QUESTIONNAIRE.questions]


def test_one_tap_is_a_whole_response() -> None:
    form = sent()
    assert form.validate()
    assert answers_of(form, QUESTIONNAIRE, {}) == ({"overall": "4"}, {})


def test_headline_left_out_is_required() -> None:
    form = Form(MultiDict([("access", "4")]))
    assert not form.validate()
    assert form.errors == {"overall": ("required",)}


def test_empty_headline_is_required() -> None:
    form = Form(MultiDict([("overall", "")]))
    assert not form.validate()
    assert form.errors == {"overall": ("required",)}


def test_nothing_sent_has_only_the_required_error() -> None:
    form = Form(None)
    assert not form.validate()
    assert form.errors == {"overall": ("required",)}


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("overall", "5"),
        ("access", "na"),
        ("officer_attitude", "1"),
        ("trips", "5plus"),
        ("trips", "unknown"),
        ("extra_payment", "refused"),
        ("stage", "rejected"),
    ],
)
def test_code_of_the_question_is_taken_as_given(id: str, value: str) -> None:
    form = Form(MultiDict({"overall": "3"} | {id: value}))
    assert form.validate()
    assert answers_of(form, QUESTIONNAIRE, {})[0][id] == value


@pytest.mark.parametrize(
    ("id", "value"),
    [
        ("access", "6"),
        ("access", "0"),
        ("access", " 4"),
        ("access", "４"),
        ("access", "refused"),
        ("access", "skipped"),
        ("trips", "na"),
        ("trips", "5"),
        ("extra_payment", "maybe"),
        ("reasons", "1"),
        ("reasons", "na"),
        ("minutes", "0"),
        ("minutes", "601"),
        ("minutes", "-5"),
        ("minutes", "1_0"),
        ("minutes", "٣"),
        ("minutes", "9" * 10_000),
        ("access", 4),
        ("access", ["4"]),
        ("reasons", {"wait": 1}),
    ],
)
def test_code_of_another_question_or_none_is_unknown(id: str, value: Any) -> None:
    form = Form(MultiDict([("overall", "1"), (id, value)]))
    assert not form.validate()
    assert form.errors == {id: ("unknown",)}


def test_overall_has_no_way_out() -> None:
    form = Form(MultiDict({"overall": "na"}))
    assert not form.validate()
    assert form.errors == {"overall": ("unknown",)}


def test_two_answers_to_one_choice_are_unknown() -> None:
    assert sent(("access", "1"), ("access", "5")).errors == {"access": ("unknown",)}


def test_fields_of_the_page_and_of_strangers_are_left_alone() -> None:
    assert answers(("visit", "token"), ("website", "x"), ("officer", "5"), ("__class__", "x")) == {
        "overall": "4"
    }


def test_skipped_questions_are_left_out() -> None:
    assert answers(("access", ""), ("trips", ""), ("minutes", " "), ("comment", "  \n ")) == {"overall": "4"}


def test_reasons_stand_once_in_the_order_of_the_questionnaire() -> None:
    given = answers(
        ("access", "2"), ("reasons", "rude"), ("reasons", "place"), ("reasons", "rude"), ("reasons", "")
    )
    assert given["reasons"] == ["place", "rude"]


@pytest.mark.parametrize(
    ("id", "value", "asked"),
    [("access", "1", True), ("feedback", "2", True), ("access", "3", False), ("access", "na", False)],
)
def test_reasons_count_only_after_a_low_answer(id: str, value: str, asked: bool) -> None:
    assert ("reasons" in answers((id, value), ("reasons", "wait"))) is asked


@pytest.mark.parametrize(
    ("place", "asked"),
    [({}, True), ({"stage": None}, True), ({"stage": ""}, True), ({"stage": "received"}, False)],
)
def test_stage_counts_only_where_the_place_does_not_say_it(place: dict[str, str | None], asked: bool) -> None:
    assert ("stage" in answers(("stage", "result"), place=place)) is asked


def test_condition_on_an_answer_that_was_dropped_does_not_hold() -> None:
    chained = load(
        FILE.read_text(encoding="utf-8").replace('{ place = "stage", is = "unknown" }', CHAINED_ON_REASONS),
        "a test",
    )
    form = form_class(chained)(MultiDict({"overall": "5", "reasons": "late", "stage": "result"}))
    assert form.validate()
    assert answers_of(form, chained, {})[0] == {"overall": "5"}


CHAINED_ON_REASONS = '{ question = "reasons", is = "late" }'


def test_condition_on_one_of_several_choices_holds() -> None:
    chained = load(
        FILE.read_text(encoding="utf-8").replace('{ place = "stage", is = "unknown" }', CHAINED_ON_REASONS),
        "a test",
    )
    data = MultiDict([("overall", "1"), ("reasons", "late"), ("reasons", "rude"), ("stage", "result")])
    form = form_class(chained)(data)
    assert form.validate()
    assert answers_of(form, chained, {})[0]["stage"] == "result"


def test_number_is_a_number() -> None:
    assert answers(("minutes", " 045 "))["minutes"] == 45


def test_comment_stands_apart_from_the_answers() -> None:
    form = sent(("comment", "Chờ lâu"))
    assert answers_of(form, QUESTIONNAIRE, {}) == ({"overall": "4"}, {"comment": "Chờ lâu"})


def test_comment_with_marks_apart_is_put_together_before_it_is_counted() -> None:
    longest = "ệ" * 500
    assert len(unicodedata.normalize("NFD", longest)) == 1500
    assert comment(unicodedata.normalize("NFD", longest)) == longest


def test_comment_is_stripped_of_spaces_and_signs_nobody_sees() -> None:
    assert comment("  Dòng một\r\nDòng\x00 hai\x1b[31m\ud800 \r\n") == "Dòng một\nDòng hai[31m"


def test_comment_of_spaces_or_unseen_signs_is_skipped() -> None:
    assert comment("\x00 \x07\r\n") is None


def test_line_ends_of_browsers_count_once() -> None:
    assert comment("a\r\n" * 249 + "ab") == "a\n" * 249 + "ab"


def test_comment_of_the_longest_length_is_taken() -> None:
    assert comment("à" * 500) == "à" * 500


def test_comment_over_the_longest_length_is_long() -> None:
    form = sent(("comment", "à" * 501))
    assert form.errors == {"comment": ("long",)}
    assert form["comment"].raw_data == ["à" * 501]


def test_comment_of_ten_million_letters_is_refused_at_once() -> None:
    data = MultiDict({"overall": "4", "comment": "e\u0323\u0302" * 3_500_000})
    began = time.perf_counter()
    form = Form(data)
    assert not form.validate()
    assert time.perf_counter() - began < 1
    assert form.errors == {"comment": ("long",)}


def test_formula_in_a_comment_is_kept_as_written() -> None:
    assert comment('=HYPERLINK("x")') == '=HYPERLINK("x")'


def test_two_questionnaires_keep_their_fields_apart() -> None:
    kiosk_file = FILE.with_name("kiosk-quick.v1.toml")
    kiosk: Questionnaire = load(kiosk_file.read_text(encoding="utf-8"), str(kiosk_file))
    form = form_class(kiosk)(MultiDict({"overall": "2", "improve": "time", "best": "place"}))
    assert form.validate()
    assert answers_of(form, kiosk, {}) == ({"overall": "2", "improve": "time"}, {})
    assert "trips" not in form
    assert "trips" in Form(None)
