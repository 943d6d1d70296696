"""promptfoo's tests as labelled answers: what they assert becomes criteria or the reference, the rest is said."""

from pathlib import Path

import pytest

from interviewer import datasets, promptfoofiles, textlines
from interviewer.errors import LibraryError
from interviewer.example import Example

CONFIG = """\
# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json
description: Grader set
prompts: ['{{question}}']
providers: [openai:gpt-4o-mini]
defaultTest:
  vars:
    topic: ReLU
    max_score: 4
  metadata: {split: dev}
  assert:
    - type: llm-rubric
      value: Is about {{ topic }}
      weight: 0.5
tests:
  - description: good
    vars:
      question: What does {{topic}} do?
      answer: It zeroes what is negative.
      score: 3
    assert:
      - type: g-eval
        value: [Says zero, 'Says negative']
        weight: 2
      - type: latency
        threshold: 1000
      - {type: llm-rubric, value: Is funny, weight: 0}
  - vars: {question: Why?, label: fail, topic: slopes, id: second}
    providerOutput: Nobody knows.
    metadata: {split: test, dataset: exam}
    assert:
      - type: assert-set
        weight: 3
        assert:
          - {type: model-graded-closedqa, value: Says A}
          - {type: llm-rubric, value: Says B, weight: 2}
      - {type: factuality, value: 'It is A because of {{topic}}.'}
"""


def written(folder: Path, text: str, name: str = "promptfooconfig.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str, name: str = "promptfooconfig.yaml") -> list[Example]:
    return datasets.external(written(folder, text, name))


def faults(path: Path) -> list[tuple[str, int, str, str]]:
    with pytest.raises(LibraryError) as caught:
        datasets.external(path)
    return [(f.file, f.line, f.field, f.expected) for f in caught.value.findings]


def test_a_whole_config_is_read_with_its_defaults(tmp_path: Path) -> None:
    first, second = read(tmp_path, CONFIG)
    assert (first.id, first.answer, first.score) == ("promptfooconfig/15", "It zeroes what is negative.", 0.75)
    assert [(c.id, c.claim, c.weight) for c in first.rubric.criteria] == [
        ("criterion-1", "Is about ReLU", 0.5),
        ("criterion-2", "Says zero", 1),
        ("criterion-3", "Says negative", 1),
    ], "a list shares the weight of its assertion, a weight of 0 judges nothing"
    assert (first.split, first.labels) == ("dev", {})
    assert (second.id, second.answer, second.score) == ("promptfooconfig/second", "Nobody knows.", 0.0)
    assert (second.split, second.dataset) == ("test", "exam")
    assert [(c.claim, c.weight) for c in second.rubric.criteria] == [
        ("Is about slopes", 0.5),
        ("Says A", 1),
        ("Says B", 2),
    ], "an assert-set weighs 3 together, one part and two"
    assert second.rubric.model_answer == "It is A because of slopes."


def test_a_bare_list_of_tests_and_a_reference_as_a_variable(tmp_path: Path) -> None:
    tests = "- vars: {query: Why?, response: Because., expectedAnswer: Because of the slope of it.}\n"
    (example,) = read(tmp_path, tests, "tests.yml")
    assert example.score is None and example.rubric.model_answer == "Because of the slope of it."
    assert [c.claim for c in example.rubric.criteria] == ["Because of the slope of it."]


def test_tests_may_stand_in_files_beside_it(tmp_path: Path) -> None:
    config = """\
defaultTest:
  assert: [{type: factuality, value: '{{reference_answer}}'}]
tests:
  - file://tests.csv
  - file://more.yaml
  - vars: {question: Own?, answer: A, reference_answer: The own reference.}
"""
    written(tmp_path, "question,answer,reference_answer\nCsv?,B,The reference of the table.\n", "tests.csv")
    written(tmp_path, "- vars: {question: Yaml?, answer: C, reference_answer: Another reference.}\n", "more.yaml")
    examples = read(tmp_path, config)
    assert [e.id for e in examples] == ["tests/2", "more/1", "promptfooconfig/6"]
    assert [e.rubric.model_answer for e in examples] == [
        "The reference of the table.",
        "Another reference.",
        "The own reference.",
    ]
    (only,) = read(tmp_path, "tests: file://more.yaml\n")
    assert only.item.text == "Yaml?"


CSV = """\
question,answer,score,max_score,__expected1,__expected2,__expected3,__metadata:split,__description,__threshold
ReLU?,Zero.,1,2,llm-rubric: Says zero,grade:Says negative,contains: zero,dev,first,0.5
Why?,Because.,,,factuality: Because of {{question}},,,,second,
What?,Paris,0,1,Paris is it,,,test,third,
"""


def test_a_csv_of_tests(tmp_path: Path) -> None:
    first, second, third = read(tmp_path, CSV, "tests.csv")
    assert [c.claim for c in first.rubric.criteria] == ["Says zero", "Says negative"]
    assert (first.id, first.score, first.split) == ("tests/2", 0.5, "dev")
    assert second.score is None and second.rubric.model_answer == "Because of Why?"
    assert third.score == 0 and third.rubric.model_answer == "Paris is it", "no type: what the output should equal"


def test_a_csv_may_give_the_output_itself(tmp_path: Path) -> None:
    (example,) = read(tmp_path, "question,__providerOutput,__expected\nQ?,The output,g-eval:Says it\n", "tests.csv")
    assert example.answer == "The output"


def one(assertion: str, variables: str = "question: Q?, answer: A") -> str:
    return f"tests:\n  - vars: {{{variables}}}\n    assert:\n      - {assertion}\n"


JUDGED = "{type: llm-rubric, value: Says it}"
BAD = [
    ("tests: []\n", 1, "tests", "a list of tests"),
    ("prompts: [a]\n", 1, "tests", "a list of tests"),
    ("just words\n", 1, "", "a list of tests"),
    ("tests: huggingface://datasets/x/y\n", 1, "tests.0", "a test, or file:// and the name"),
    ("tests: [{path: file://t.py, config: {}}]\n", 1, "tests.0", "a test, or file:// and the name"),
    ("tests: [file://gone.csv]\n", 1, "tests.0", "gone.csv: No such file"),
    ("tests: [file://make.py]\n", 1, "tests.0", "a .yaml or .csv file expected; make.py is not opened"),
    ("defaultTest: file://d.yaml\n" + one(JUDGED), 1, "defaultTest", "a test with vars and assert"),
    ("tests: [\n", 2, "", "valid YAML"),
    ("tests:\n  - vars: file://v.yaml\n    assert: []\n", 2, "tests.0.vars", "names and their values"),
    (one(JUDGED, "question: Q?"), 2, "answer", "under one of the names answer, student_answer"),
    (one(JUDGED, "answer: A"), 2, "question", "under one of the names question, prompt"),
    (one(JUDGED, "question: Q?, answer: [a, b]"), 2, "tests.0.vars.answer", "a test of its own for each"),
    (one(JUDGED, "question: Q?, answer: file://a.txt"), 2, "tests.0.vars.answer", "file://a.txt is not opened"),
    (one(JUDGED, "question: Q?, answer: A, score: .nan"), 2, "tests.0.vars.score", "finite number"),
    (one(JUDGED, "question: Q?, answer: A, score: 5, max_score: 4"), 2, "tests.0.vars.score", "0 to 4 (max_score)"),
    (one(JUDGED, "question: Q?, answer: A, label: fine"), 2, "tests.0.vars.label", "met, partial or missed (or 1"),
    (one("{type: contains, value: a}"), 2, "assert", "one of llm-rubric, g-eval, model-graded-closedqa, factuality"),
    (one("{value: a}"), 4, "tests.0.assert.0", "an assertion with a type"),
    (one("$ref: '#/assertionTemplates/a'"), 4, "tests.0.assert.0", "an assertion with a type"),
    (one("{type: llm-rubric}"), 4, "tests.0.assert.0", "a value with words in it expected for llm-rubric"),
    (one("{type: g-eval, value: []}"), 4, "tests.0.assert.0", "a value with words in it expected for g-eval"),
    (one("{type: g-eval, value: {a: b}}"), 4, "tests.0.assert.0", "one text or number"),
    (one("{type: llm-rubric, value: file://r.txt}"), 4, "tests.0.assert.0", "file://r.txt is not opened"),
    (one("{type: llm-rubric, value: 'Says {{gone}}'}"), 4, "tests.0.assert.0", "got 'Says {{gone}}'"),
    (one("{type: llm-rubric, value: '{% if a %}b{% endif %}'}"), 4, "tests.0.assert.0", "no other template"),
    (one("{type: llm-rubric, value: '{{ question | upper }}'}"), 4, "tests.0.assert.0", "no other template"),
    (one("{type: not-llm-rubric, value: Lies}"), 4, "tests.0.assert.0", "and so no not-llm-rubric, expected"),
    (one("{type: g-eval, value: a, weight: heavy}"), 4, "tests.0.assert.0.weight", "0 or more expected; got 'heavy'"),
    (one("{type: g-eval, value: a, weight: .nan}"), 4, "tests.0.assert.0.weight", "0 or more expected; got 'nan'"),
    (one("{type: equals, value: a}\n      - {type: similar, value: b}"), 5, "tests.0.assert.1", "one reference answer"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "field", "expected"), BAD, ids=[f"{e[:24]}-{n}" for n, (*_, e) in enumerate(BAD)]
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, line: int, field: str, expected: str) -> None:
    found = faults(written(tmp_path, text))
    assert any(f[:3] == ("promptfooconfig.yaml", line, field) and expected in f[3] for f in found), found
    assert len(found) == 1 or field.startswith("tests.0"), "nothing is said twice"


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    text = (
        one("{type: not-g-eval, value: a}", "question: Q?, answer: A, score: x")
        + one(JUDGED, "question: Q?").partition("\n")[2]
    )
    assert [(line, field) for _, line, field, _ in faults(written(tmp_path, text))] == [
        (2, "tests.0.vars.score"),
        (4, "tests.0.assert.0"),
        (5, "answer"),
    ]


def test_a_fault_in_a_file_beside_it_carries_its_name(tmp_path: Path) -> None:
    written(tmp_path, "question,answer,score,__expected\nQ?,A,9,g-eval:Says it\n", "tests.csv")
    assert faults(written(tmp_path, "tests: file://tests.csv\n"))[0][:3] == ("tests.csv", 2, "score")


def test_what_an_answer_says_is_no_template(tmp_path: Path) -> None:
    (example,) = read(tmp_path, one("{type: factuality, value: 'Not {{answer}}'}", "question: Q?, answer: '{{x}} {%'"))
    assert (example.answer, example.rubric.model_answer) == ("{{x}} {%", "Not {{x}} {%")


def test_levels_and_promptfoo_s_columns_do_not_mix(tmp_path: Path) -> None:
    found = faults(written(tmp_path, "question,answer,__expected,criterion:A\nQ?,A,g-eval:B,met\n", "t.csv"))
    assert [(line, field) for _, line, field, _ in found] == [(1, "criterion:A")]


def test_a_file_too_large_for_the_parser_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "tests:\n")
    with path.open("a", encoding="utf-8") as file:
        file.truncate(promptfoofiles.LARGEST_YAML + 1)
    ((_, line, _, expected),) = faults(path)
    assert line == 0 and "at most 20,000,000 bytes of YAML" in expected


@pytest.mark.parametrize("bad", [b"x: Gr\xf6\xdfe\n", b"x: " + b"y" * textlines.LONGEST_LINE + b"\n"])
def test_a_line_that_is_no_text_is_named(tmp_path: Path, bad: bytes) -> None:
    path = written(tmp_path, "tests:\n")
    path.write_bytes(path.read_bytes() + bad)
    ((_, line, _, expected),) = faults(path)
    assert line == 2 and ("UTF-8 text expected" in expected or "1,000,000 bytes" in expected)
