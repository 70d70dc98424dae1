"""The questionnaires that come with the system: their words, codes and order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from survey_app.questionnaire.definition import Questionnaire
from survey_app.questionnaire.rated import rating_questions
from survey_app.questionnaire.toml import load

FOLDER = Path(__file__).parents[2] / "questionnaires"
FILES = sorted(FOLDER.glob("*.toml"))


def read(name: str) -> Questionnaire:
    path = FOLDER / name
    return load(path.read_text(encoding="utf-8"), str(path))


COUNTER = read("counter-service.v1.toml")
KIOSK = read("kiosk-quick.v1.toml")
ONLINE = read("online-service.v1.toml")


def test_folder_holds_the_three_questionnaires() -> None:
    assert [path.name for path in FILES] == [
        "counter-service.v1.toml",
        "kiosk-quick.v1.toml",
        "online-service.v1.toml",
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_is_complete_in_three_languages_and_asks_every_text(path: Path) -> None:
    questionnaire = read(path.name)
    assert questionnaire.complete == ("vi", "en", "fr")
    assert list(questionnaire.intro) == ["who", "free", "anonymous", "purpose", "kept", "length"]
    for question in questionnaire.questions:
        for text in (question.text, *(choice.text for choice in question.choices)):
            assert set(text.words) == {"vi", "en", "fr"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_french_has_no_break_space_before_high_signs(path: Path) -> None:
    french = re.findall(r'fr = "([^"]*)"', path.read_text(encoding="utf-8"))
    assert len(french) > 20
    assert not [words for words in french if re.search(r"(?<!\u00a0)[?!:;]", words)]


@pytest.mark.parametrize("questionnaire", [COUNTER, KIOSK, ONLINE], ids=lambda one: one.id)
def test_vietnamese_question_is_short_enough_to_read_once(questionnaire: Questionnaire) -> None:
    assert max(len(question.text["vi"].split()) for question in questionnaire.questions) <= 16


def test_counter_service_asks_in_order() -> None:
    assert [question.id for question in COUNTER.questions] == [
        "overall",
        "access",
        "procedures",
        "officer_attitude",
        "officer_responsibility",
        "officer_guidance",
        "result",
        "feedback",
        "reasons",
        "trips",
        "extra_payment",
        "stage",
        "respondent",
        "comment",
    ]
    assert COUNTER.headline == "overall"
    assert [question.id for question in COUNTER.questions if question.required] == ["overall"]


def test_counter_service_rates_eight_questions_in_five_factors() -> None:
    rated = [question for question in rating_questions(COUNTER) if question.rated]
    assert [question.factor for question in rated] == [
        None,
        "access",
        "procedures",
        "officials",
        "officials",
        "officials",
        "result",
        "feedback",
    ]
    assert [factor.id for factor in COUNTER.factors] == [
        "access",
        "procedures",
        "officials",
        "result",
        "feedback",
    ]


def test_counter_service_words_are_those_agreed() -> None:
    overall, access = COUNTER.question("overall"), COUNTER.question("access")
    assert overall.text["vi"] == "Nhìn chung, Ông/Bà hài lòng hay không hài lòng về lần phục vụ này?"
    assert overall.text["fr"] == "Dans l'ensemble, comment jugez-vous le service reçu cette fois-ci\u00a0?"
    assert access.text["vi"] == "Ông/Bà hài lòng hay không hài lòng về nơi làm thủ tục?"
    assert access.text["en"] == "How satisfied or dissatisfied are you with the place itself?"
    assert access.text["fr"] == "Comment jugez-vous le lieu d'accueil\u00a0?"
    assert access.label["vi"] == "Nơi làm thủ tục"
    assert access.hint is not None
    assert access.hint["vi"] == "Dễ tìm, chỗ ngồi chờ, máy móc"
    assert COUNTER.thanks["vi"] == "Cảm ơn Ông/Bà. Phiếu đã được ghi nhận."
    assert COUNTER.factors[4].name["vi"] == "Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị"
    assert COUNTER.intro["who"]["en"] == "{asker} asks you to rate your visit to {counter}, {unit}."


def test_scale_runs_from_worst_to_best() -> None:
    choices = COUNTER.question("overall").choices
    assert [choice.text["vi"] for choice in choices] == [
        "Rất không hài lòng",
        "Không hài lòng",
        "Bình thường",
        "Hài lòng",
        "Rất hài lòng",
    ]
    assert [choice.code for choice in choices] == ["1", "2", "3", "4", "5"]
    assert [choice.satisfied for choice in choices] == [False, False, False, True, True]
    assert [choice.low for choice in choices] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("overall", None),
        ("access", "Không đúng trường hợp của tôi"),
        ("officer_attitude", "Tôi không gặp cán bộ"),
        ("officer_guidance", "Tôi không gặp cán bộ"),
        ("result", "Chưa có kết quả"),
        ("feedback", "Tôi không góp ý gì"),
        ("trips", None),
    ],
)
def test_not_applicable_is_worded_for_each_question(id: str, words: str | None) -> None:
    na = COUNTER.question(id).na
    assert (na["vi"] if na else None) == words


def test_reasons_follow_the_order_of_a_visit() -> None:
    reasons = COUNTER.question("reasons")
    assert [choice.code for choice in reasons.choices] == [
        "place",
        "wait",
        "absent",
        "unclear",
        "extra_papers",
        "sent_around",
        "rude",
        "late",
        "wrong",
        "no_reason",
        "other",
    ]
    assert reasons.choices[4].text["vi"] == "Bị đòi thêm giấy tờ so với bảng niêm yết"
    assert reasons.when is not None
    assert len(reasons.when.questions) == 8
    assert reasons.when.codes == {"1", "2"}


def test_facts_have_their_codes() -> None:
    codes = {id: [choice.code for choice in COUNTER.question(id).choices] for id in ("trips", "stage")}
    assert codes["trips"] == ["1", "2", "3", "4", "5plus", "unknown"]
    assert codes["stage"] == ["inquiry", "received", "supplement", "rejected", "result", "other"]
    payment = COUNTER.question("extra_payment")
    assert payment.answer_codes == {"yes", "no", "refused"}
    assert payment.refused is not None
    assert payment.refused["fr"] == "Je préfère ne pas répondre"
    assert COUNTER.question("comment").maximum_length == 500


def test_kiosk_asks_one_follow_up_with_the_same_seven_tiles() -> None:
    best, improve = KIOSK.question("best"), KIOSK.question("improve")
    assert [question.id for question in KIOSK.questions] == ["overall", "best", "improve"]
    assert best.choices == improve.choices
    assert [choice.code for choice in best.choices] == [
        "time",
        "place",
        "procedure",
        "attitude",
        "guidance",
        "result",
        "other",
    ]
    assert best.when is not None
    assert improve.when is not None
    assert (best.when.codes, improve.when.codes) == ({"4", "5"}, {"1", "2", "3"})


def test_online_service_asks_in_order() -> None:
    assert [question.id for question in ONLINE.questions] == [
        "overall_online",
        "access_online",
        "procedures_online",
        "officials_online",
        "result",
        "feedback",
        "reasons_online",
        "visits",
        "filled_by",
        "extra_payment",
        "respondent",
        "comment",
    ]
    assert ONLINE.headline == "overall_online"
    assert [choice.code for choice in ONLINE.question("reasons_online").choices] == [
        "login",
        "search",
        "form",
        "upload",
        "pay",
        "paper",
        "supplement",
        "silence",
        "late",
        "other",
    ]


@pytest.mark.parametrize("other", [KIOSK, ONLINE], ids=lambda one: one.id)
def test_question_of_one_id_is_the_same_everywhere(other: Questionnaire) -> None:
    shared = {question.id for question in other.questions} & {question.id for question in COUNTER.questions}
    assert shared
    for id in shared:
        assert other.question(id) == COUNTER.question(id)


def test_rating_questions_leave_out_texts_and_ways_out() -> None:
    questions = {question.id: question for question in rating_questions(COUNTER)}
    assert "comment" not in questions
    assert questions["extra_payment"].choices == ("yes", "no")
    assert not questions["extra_payment"].rated
    assert questions["reasons"].kind == "multiple"
    overall = questions["overall"]
    assert overall.headline
    assert overall.choices == ("1", "2", "3", "4", "5")
    assert overall.satisfied == {"4", "5"}
    assert overall.very_satisfied == {"5"}
    assert overall.dissatisfied == {"1", "2"}
    assert overall.scores == {"1": 1.0, "2": 2.0, "3": 3.0, "4": 4.0, "5": 5.0}


def test_example_in_the_readme_loads() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    example = load(readme.split("```toml\n")[1].split("```")[0], "README.md")
    assert [question.kind for question in example.questions] == ["scale", "scale", "multiple", "text"]
    assert example.thanks["fr"] == "Cảm ơn Ông/Bà."
