"""Questionnaire files with faults: each is told with its line, and all at once."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest

from survey_app.questionnaire.faults import QuestionnaireFaults
from survey_app.questionnaire.form import RESERVED_IDS
from survey_app.questionnaire.toml import canonical_text, load

HEAD = """\
id = "small"
version = 1
languages = ["vi", "en"]
complete = ["vi"]
headline = "overall"
factors = [{ id = "officials", vi = "Cán bộ" }]
thanks.vi = "Cảm ơn"
[intro]
who.vi = "{asker}"
free.vi = "a"
anonymous.vi = "b"
purpose.vi = "c"
kept.vi = "d"
length.vi = "e"
"""
SCALE = """\
[scales.faces]
choices = [
  { code = "1", score = 1, vi = "Kém" },
  { code = "2", score = 2, vi = "Tốt" },
]
satisfied = ["2"]
low = ["1"]
na.vi = "Không đúng"
"""
OVERALL = """\
[[questions]]
id = "overall"
kind = "scale"
scale = "faces"
required = true
na = false
short.vi = "Chung"
text.vi = "Hài lòng hay không?"
"""
SOUND = HEAD + SCALE + OVERALL


def faults(text: str, source: str = "a file") -> list[str]:
    with pytest.raises(QuestionnaireFaults) as caught:
        load(text, source)
    return [str(fault) for fault in caught.value.faults]


def only_fault(text: str, source: str = "a file") -> str:
    (fault,) = faults(text, source)
    return fault


def line(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_sound_file_loads() -> None:
    questionnaire = load(SOUND, "small.v1.toml")
    assert (questionnaire.id, questionnaire.version) == ("small", 1)
    assert questionnaire.question("overall").answer_codes == {"1", "2"}
    with pytest.raises(KeyError):
        questionnaire.question("nothing")


def test_text_without_a_translation_falls_back_to_vietnamese() -> None:
    questionnaire = load(
        SOUND.replace('thanks.vi = "Cảm ơn"', 'thanks = { vi = "Cảm ơn", en = "Thanks" }'), ""
    )
    assert questionnaire.thanks["en"] == "Thanks"
    assert questionnaire.thanks["fr"] == "Cảm ơn"
    assert questionnaire.question("overall").text["en"] == "Hài lòng hay không?"


def test_digest_is_the_same_for_every_way_to_end_lines_and_mark_the_file() -> None:
    digest = hashlib.sha256(SOUND.encode()).hexdigest()
    assert load(SOUND, "").digest == digest
    assert load("\ufeff" + SOUND.replace("\n", "\r\n"), "").digest == digest
    assert load("\ufeff" + SOUND.replace("\n", "\r\n"), "").text == SOUND
    assert load(SOUND + "# a note\n", "").digest != digest
    assert canonical_text("e\u0302\r\n") == "ê\n"


def test_canonical_text_loads_to_an_equal_questionnaire() -> None:
    questionnaire = load(SOUND.replace("\n", "\r\n"), "")
    assert load(questionnaire.text, "") == questionnaire


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (SOUND.replace('kind = "scale"', 'kind = "scale'), 'kind = "scale'),
        (SOUND.replace('kind = "scale"', "kind = “scale”"), "kind = “"),
        (SOUND.replace('kind = "scale"', 'kind = "scale"\nkind = "text"'), 'kind = "text"'),
    ],
    ids=["open quote", "curly quotes", "key twice"],
)
def test_syntax_error_is_told_with_its_line(text: str, where: str) -> None:
    fault = only_fault(text)
    assert fault.startswith(f"line {line(text, where)}, column ")
    assert "straight quotes" in fault


def test_file_that_breaks_off_is_told_with_its_last_line() -> None:
    text = SOUND + "hint = "
    assert only_fault(text + "[").startswith(f"line {line(text, 'hint')}")


def test_unknown_key_is_told_with_the_one_meant() -> None:
    text = SOUND + 'hnit.vi = "Gợi ý"\n'
    expected = 'questions.overall.hnit: the key "hnit" is not known here. Perhaps "hint" is meant.'
    assert only_fault(text) == f"line {line(text, 'hnit')}, {expected}"


def test_key_of_another_kind_is_told() -> None:
    assert 'the key "maximum_length" is not known here' in only_fault(SOUND + "maximum_length = 5\n")


@pytest.mark.parametrize("key", ["id", "version", "languages", "complete", "headline"])
def test_header_without_a_key_is_told(key: str) -> None:
    text = "".join(row for row in HEAD.splitlines(True) if not row.startswith(f"{key} = ")) + SCALE + OVERALL
    assert only_fault(text) == f'file: "{key}" is missing. Add "{key}".'


def test_empty_file_is_told_what_is_missing() -> None:
    found = faults("")
    assert 'file: "questions" is missing. Add "questions".' in found
    assert 'file: "scales" is missing. Add "scales".' in found


def test_missing_words_of_a_complete_language_are_told() -> None:
    text = SOUND.replace('complete = ["vi"]', 'complete = ["vi", "en"]')
    found = faults(text)
    told = 'the words in "en" are missing. Add en = "…".'
    assert f"line {line(text, 'thanks')}, thanks: {told}" in found
    second = line(text, '{ code = "2"')
    assert f"line {second}, scales.faces.choices.2: {told}" in found
    assert len(found) == 13


def test_words_in_a_language_outside_the_list_are_told() -> None:
    text = SOUND + 'hint = { vi = "Gợi ý", fr = "Indice" }\n'
    assert 'questions.overall.hint.fr: the key "fr" is not known here' in only_fault(text)


def test_vietnamese_left_out_of_the_languages_is_told() -> None:
    text = SOUND.replace('complete = ["vi"]', 'complete = ["en"]').replace("thanks.vi", "thanks.en")
    assert any('complete: "vi" is not among the languages. Add "vi"' in fault for fault in faults(text))


def test_complete_language_that_is_not_spoken_is_told() -> None:
    text = SOUND.replace('complete = ["vi"]', 'complete = ["vi", "fr"]')
    assert only_fault(text).startswith('line 4, complete: "fr" is not among languages.')


@pytest.mark.parametrize("words", ['""', '"  "', "5", "true", '["Chung"]', '{ vi = "Chung" }'])
def test_empty_or_wrong_words_are_told(words: str) -> None:
    text = SOUND.replace('short.vi = "Chung"', f"short.vi = {words}")
    fault = only_fault(text)
    assert fault.startswith(f"line {line(text, 'short.vi')}, questions.overall.short.vi: found ")


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ("version = 1", 'version = "1"', "Write a whole number from 1 on, without quotes."),
        ("version = 1", "version = 0", "Write a whole number from 1 on, without quotes."),
        ("version = 1", "version = true", "Write a whole number from 1 on, without quotes."),
        ("required = true", 'required = "yes"', "Write true or false, without quotes."),
        ('satisfied = ["2"]', "satisfied = [2]", 'Write a list of words: ["…", "…"].'),
        (
            'text.vi = "Hài lòng hay không?"',
            'text = "Hài lòng?"',
            "Write a table: [text], or { … = … } on one line.",
        ),
        ("[[questions]]", "[questions]", "Write a list of tables: [[questions]], or [ { … }, { … } ]."),
        ("score = 2", 'score = "2"', "Write a number without quotes."),
        ("score = 2", "score = nan", "Write a number without quotes."),
        ("score = 2", "score = 1", "Order the choices from worst to best."),
        ("na = false", "na = true", "Write a table: [na], or { … = … } on one line."),
    ],
)
def test_value_of_the_wrong_kind_is_told(old: str, new: str, advice: str) -> None:
    assert any(fault.endswith(advice) for fault in faults(SOUND.replace(old, new)))


def test_unknown_kind_of_question_is_told() -> None:
    text = SOUND + '[[questions]]\nid = "stars"\nkind = "stars"\ntext.vi = "Mấy sao?"\n'
    assert only_fault(text) == (
        f"line {line(text, 'kind = ' + chr(34) + 'stars')}, questions.stars.kind: "
        'the kind is "stars". Use one of scale, choice, multiple, number, text.'
    )


def test_keys_that_a_kind_needs_are_told() -> None:
    kinds = ("scale", "choice", "multiple", "number", "text")
    text = SOUND + "".join(
        f'[[questions]]\nid = "q_{kind}"\nkind = "{kind}"\ntext.vi = "?"\n' for kind in kinds
    )
    told = " ".join(faults(text))
    for kind, key in zip(kinds, ("short", "choices", "choices", "minimum", "maximum_length"), strict=True):
        assert f'questions.q_{kind}: "{key}" is missing.' in told


def test_number_whose_maximum_is_below_its_minimum_is_told() -> None:
    text = SOUND + '[[questions]]\nid = "age"\nkind = "number"\ntext.vi = "?"\nminimum = 5\nmaximum = 4\n'
    assert "questions.age.maximum: 4 is below the minimum 5." in only_fault(text)


def test_id_that_stands_twice_is_told_at_the_second() -> None:
    text = SOUND + OVERALL
    expected = 'questions.overall.id: the id "overall" stands twice. Give each its own id.'
    assert only_fault(text) == f"line {SOUND.count(chr(10)) + 2}, {expected}"


def test_ids_that_differ_only_in_capitals_are_told() -> None:
    text = SOUND + OVERALL.replace('"overall"', '"Overall"')
    assert any('the ids "overall" and "Overall" differ only in capitals' in fault for fault in faults(text))


def test_factor_that_stands_twice_is_told() -> None:
    text = SOUND.replace(
        'factors = [{ id = "officials", vi = "Cán bộ" }]',
        'factors = [{ id = "officials", vi = "Cán bộ" }, { id = "officials", vi = "Công chức" }]',
    )
    assert only_fault(text).startswith('line 6, factors.officials.id: the id "officials" stands twice.')


@pytest.mark.parametrize("id", ["Overall2", "2nd", "with-hyphen", "thái_độ", "a" * 41, "_hidden"])
def test_id_that_is_not_snake_case_is_told(id: str) -> None:
    text = SOUND + f'[[questions]]\nid = "{id}"\nkind = "text"\nmaximum_length = 5\ntext.vi = "?"\n'
    assert f'the id is "{id}". Begin with a-z, then up to 39 of a-z, 0-9 and _.' in only_fault(text)


@pytest.mark.parametrize(
    "id",
    [
        "validate",
        "process",
        "meta",
        "data",
        "errors",
        "populate_obj",
        "hidden_tag",
        "csrf_token",
        "form_errors",
        "visit",
        "part",
        "when",
        "website",
        "lang",
        "validate_overall",
        "filter_overall",
    ],
)
def test_id_that_the_form_uses_is_told(id: str) -> None:
    text = SOUND + f'[[questions]]\nid = "{id}"\nkind = "text"\nmaximum_length = 5\ntext.vi = "?"\n'
    assert f'the id "{id}" is used by the form itself. Choose another word.' in only_fault(text)


def test_reserved_ids_hold_what_instances_and_classes_of_forms_have() -> None:
    assert {"_fields", "_prefix", "Meta", "validate_on_submit", "is_submitted"} <= RESERVED_IDS


def test_unknown_factor_is_told() -> None:
    text = SOUND + OVERALL.replace('"overall"', '"officer"').replace("na = false", 'factor = "oficials"')
    expected = 'questions.officer.factor: there is no factor "oficials". Use one of officials.'
    assert only_fault(text) == f"line {line(text, 'factor = ')}, {expected}"


def test_unknown_scale_is_told() -> None:
    text = SOUND.replace('scale = "faces"', 'scale = "face"')
    assert 'there is no scale "face". Use one of [scales]: faces.' in only_fault(text)


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ('{ question = "overal", is = "1" }', 'there is no question "overal"'),
        ('{ question = "later", is = "1" }', 'the question "later" does not stand before this one'),
        ('{ question = "asked", is = "1" }', 'the question "asked" does not stand before this one'),
        ('{ any = "multiple", is = "1" }', 'no question of kind "multiple" stands before this one'),
        ('{ place = "weather", is = "unknown" }', 'the place has no "weather"'),
        ('{ place = "stage", is = "lost" }', '"lost" is no code of what is asked about'),
        ('{ question = "overall", is = ["1", "na"] }', '"na" is no code of what is asked about'),
        ('{ question = "overall", is = [] }', "no code is given"),
        ('{ question = "overall" }', '"is" is missing'),
        ('{ is = "1" }', "found 0 of any, question, place"),
        ('{ any = "scale", question = "overall", is = "1" }', "found 2 of any, question, place"),
        ('{ question = "overall", is = "1", not = "2" }', 'the key "not" is not known here'),
        ('"overall"', 'found "overall"'),
    ],
)
def test_condition_that_cannot_be_told_is_a_fault(when: str, told: str) -> None:
    asked = f'[[questions]]\nid = "asked"\nkind = "text"\nmaximum_length = 5\ntext.vi = "?"\nwhen = {when}\n'
    text = SOUND + asked + OVERALL.replace('"overall"', '"later"')
    fault = only_fault(text)
    assert fault.startswith(f"line {line(text, 'when =')}, questions.asked.when")
    assert told in fault


def test_condition_on_a_comment_is_told() -> None:
    text = SOUND + (
        '[[questions]]\nid = "words"\nkind = "text"\nmaximum_length = 5\ntext.vi = "?"\n'
        '[[questions]]\nid = "more"\nkind = "text"\nmaximum_length = 5\ntext.vi = "?"\n'
        'when = { question = "words", is = "yes" }\n'
    )
    assert "Name a question with choices." in only_fault(text)


def test_required_question_with_a_condition_is_told() -> None:
    text = SOUND + OVERALL.replace('"overall"', '"officer"') + 'when = { question = "overall", is = "1" }\n'
    assert "questions.officer.required: a question with a condition is required." in only_fault(text)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('headline = "overall"', 'headline = "rate"', 'headline: there is no question "rate"'),
        ("required = true", "required = false", 'the headline "overall" is not required'),
        ("na = false", 'factor = "officials"', 'the headline "overall" has a factor'),
        (
            'kind = "scale"\nscale = "faces"\nrequired = true\nna = false\n',
            'kind = "text"\nmaximum_length = 9\nrequired = true\n',
            'the headline "overall" is no scale',
        ),
    ],
)
def test_headline_that_gives_no_rate_is_told(old: str, new: str, told: str) -> None:
    assert told in only_fault(SOUND.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('satisfied = ["2"]', 'satisfied = ["2", "3"]', 'scales.faces.satisfied: no choice has the code "3"'),
        ('low = ["1"]', 'low = ["0"]', 'scales.faces.low: no choice has the code "0"'),
        ('low = ["1"]', 'low = ["1", "2"]', 'the code "2" is both satisfied and low'),
        ('satisfied = ["2"]', "satisfied = []", "scales.faces.satisfied: no code is given"),
    ],
)
def test_mark_on_an_unknown_choice_is_told(old: str, new: str, told: str) -> None:
    assert told in only_fault(SOUND.replace(old, new))


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("=1+1", 'the code "=1+1" reads as a formula'),
        ("+1", 'the code "+1" reads as a formula'),
        ("-1", 'the code "-1" reads as a formula'),
        ("@x", 'the code "@x" reads as a formula'),
        ("na", 'the code "na" is reserved'),
        ("refused", 'the code "refused" is reserved'),
        ("skipped", 'the code "skipped" is reserved'),
        ("unmapped", 'the code "unmapped" is reserved'),
        ("not_applicable", 'the code "not_applicable" is reserved'),
        ("Yes", 'the code is "Yes"'),
        ("có", 'the code is "có"'),
        ("no", 'the code "no" stands twice'),
    ],
)
def test_code_that_cannot_stand_is_told(code: str, told: str) -> None:
    text = SOUND + (
        '[[questions]]\nid = "help"\nkind = "choice"\ntext.vi = "?"\nchoices = [\n'
        f'  {{ code = "no", vi = "Không" }},\n  {{ code = "{code}", vi = "Có" }},\n]\n'
    )
    fault = only_fault(text)
    assert fault.startswith(f"line {line(text, 'Có')}, questions.help.choices.{code}.code: {told}.")


def test_question_with_one_choice_is_told() -> None:
    text = SOUND + (
        '[[questions]]\nid = "help"\nkind = "choice"\ntext.vi = "?"\n'
        'choices = [{ code = "no", vi = "Không" }]\n'
    )
    assert "questions.help.choices: 1 choices. Give from 2 to 60." in only_fault(text)


def test_words_with_marks_apart_are_told() -> None:
    text = SOUND.replace('"Hài lòng hay không?"', f'"{unicodedata.normalize("NFD", "Hài lòng hay không?")}"')
    fault = only_fault(text)
    assert fault.startswith(f"line {line(text, 'text.vi')}, questions.overall.text.vi: ")
    assert "not Unicode NFC" in fault


@pytest.mark.parametrize("words", ["{name}", "{}", "{asker", "asker}"])
def test_placeholder_that_nobody_fills_is_told(words: str) -> None:
    fault = only_fault(SOUND.replace('free.vi = "a"', f'free.vi = "{words}"'))
    assert "intro.free.vi: " in fault
    assert "cannot be filled in. Use only {answer_years}, {asker}," in fault


def test_file_under_another_name_is_told() -> None:
    fault = only_fault(SOUND, "questionnaires/small.v2.toml")
    assert 'the file is called "small.v2.toml". Call it "small.v1.toml", or mend id and version.' in fault


@pytest.mark.parametrize("id", ["Small", "small_one", "../small", "1small"])
def test_questionnaire_id_that_makes_no_file_name_is_told(id: str) -> None:
    assert f'id: the id is "{id}"' in only_fault(SOUND.replace('"small"', f'"{id}"'))


def test_question_without_an_id_is_named_by_its_position() -> None:
    text = SOUND + '[[questions]]\nkind = "text"\nmaximum_length = 5\ntext.vi = "?"\n'
    number = text[: text.rindex("[[questions]]")].count("\n") + 1
    assert only_fault(text) == f'line {number}, questions.2: "id" is missing. Add "id".'


def test_many_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = """\
id = "Many"
version = "one"
languages = ["vi"]
complete = ["vi"]
headline = "nothing"
thanks = { en = "Thanks" }
[intro]
who.vi = "{somebody}"
free.vi = ""
[scales.faces]
choices = [
  { code = "=1", score = 1, vi = "Kém" },
  { code = "=1", score = 1, vi = "Tốt" },
]
satisfied = ["5"]
low = []
[[questions]]
id = "data"
kind = "scale"
scale = "stars"
factor = "officials"
short.vi = "Chung"
text.vi = "?"
[[questions]]
id = "data"
kind = "smiley"
text.vi = "?"
when = { question = "later", is = "1" }
"""
    with pytest.raises(QuestionnaireFaults) as caught:
        load(text, "many.v1.toml")
    found = caught.value.faults
    lines = [fault.line or 0 for fault in found]
    assert lines == sorted(lines)
    assert {2, 5, 6, 8, 9, 12, 13, 15, 16, 18, 20, 21, 25, 26, 28} <= set(lines)
    assert len(found) >= 20
    message = str(caught.value)
    assert message.startswith(f"many.v1.toml: {len(found)} faults\n  line 2, version: ")
    assert message.count("\n") == len(found)


def speaking(tag: str, *, named: bool = True) -> str:
    text = SOUND.replace('languages = ["vi", "en"]', f'languages = ["vi", "en", "{tag}"]')
    return text.replace("[intro]", f'[names]\n{tag} = "Tày"\n[intro]') if named else text


@pytest.mark.parametrize("tag", ["tyj", "hmv", "kjg", "mww-hmng", "ar"])
def test_tongue__named__is_spoken_and_known_by_its_own_name(tag: str) -> None:
    loaded = load(speaking(tag), "a file")
    assert loaded.languages == ("vi", "en", tag)
    assert loaded.names == {tag: "Tày"}


def test_tongue__without_its_name__is_told() -> None:
    assert '"tyj" is missing' in only_fault(speaking("tyj", named=False))


@pytest.mark.parametrize("tag", ["th", "th-vn"])
def test_tongue__thai_of_thailand__is_refused(tag: str) -> None:
    assert "Thai of Thailand" in only_fault(speaking(tag))


def test_id__that_the_page_itself_uses__is_refused() -> None:
    for id in ("by", "errors", "f1"):
        assert "used by the form itself" in only_fault(
            SOUND + f'[[questions]]\nid = "{id}"\nkind = "text"\nmaximum_length = 5\ntext.vi = "a"\n'
        )
