"""YAML with line numbers: words stay words, a key stands once, nothing ends in a traceback."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stopwatch import cpu_seconds

from interviewer import yamlfile


def content(text: str) -> Any:
    document, findings = yamlfile.parse(text, "f.yaml")
    assert findings == []
    assert document is not None
    return document.data


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("no", "no"),
        ("No", "No"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("n", "n"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("10", 10),
        ("-3", -3),
        ("010", 10),
        ("089", 89),
        ("0x1f", "0x1f"),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("3:15", "3:15"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e-12", 1e-12),
        ("1.0e-12", 1e-12),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("2026-11-07", "2026-11-07"),
        ("<<", "<<"),
        ("=", "="),
        ("'10'", "10"),
        ('"no"', "no"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_scalars_are_those_of_yaml_1_2(scalar: str, value: object) -> None:
    read = content(f"a: {scalar}")["a"]
    assert read == value
    assert type(read) is type(value)


def test_nan_is_a_number() -> None:
    assert math.isnan(content("a: .NaN")["a"])


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("a: 1\nb: 2\na: 3", 3, "a"),
        ("a:\n  b: 1\n  b: 2", 3, "a.b"),
        ("- x\n- b: 1\n  c: 2\n  b: 3", 4, "1.b"),
        ("{a: 1, b: 2, a: 1}", 1, "a"),
    ],
)
def test_a_key_that_stands_twice_is_found_and_the_rest_is_read(text: str, line: int, field: str) -> None:
    document, findings = yamlfile.parse(text, "f.yaml")
    assert document is not None
    assert [(f.file, f.line, f.field, f.expected) for f in findings] == [
        ("f.yaml", line, field, "the key stands twice; keep one")
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: b: c", 1, "mapping values are not allowed in this context; quote text that holds a colon"),
        ("a: 1\nb:\n\tc: 1", 3, "cannot start any token"),
        ("a: 'x\n\n", 3, "end of stream"),
        ("a: [1, 2\nb: 3", 2, "expected"),
        ("--- 1\n--- 2", 2, "another document"),
        ("a: !!python/object/apply:os.system [ls]", 1, "could not determine a constructor"),
        ("? [a]\n: b", 1, "unhashable"),
        ("a: *nowhere", 1, "undefined alias"),
        ("a: \x07", 0, "control characters"),
        ("a: \x00", 0, "control characters"),
        ("[" * 20_000, 0, "nested more than 500 deep"),
        ("- " * 20_000, 0, "nested more than 500 deep"),
        ("a: &x [*x]", 0, "deep"),
    ],
)
def test_what_is_not_yaml_is_one_finding_with_its_line(text: str, line: int, what: str) -> None:
    document, findings = yamlfile.parse(text, "f.yaml")
    assert document is None
    (finding,) = findings
    assert (finding.file, finding.line) == ("f.yaml", line)
    assert finding.expected.startswith("valid YAML 1.2 expected: ")
    assert what in finding.expected


TEXT = """\
# a comment
topic: trees

items:
  - id: one
    text: >-
      folded
      text
    hints:
      - first
      - {text: second, cost: 1}
  - id: two
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("topic",), 2),
        (("items",), 4),
        (("items", 0), 5),
        (("items", 0, "text"), 6),
        (("items", 0, "hints", 0), 10),
        (("items", 0, "hints", 1, "cost"), 11),
        (("items", 1, "id"), 12),
        (("items", 1, "missing"), 12),
        (("items", 7, "id"), 4),
        (("nowhere", "at", "all"), 1),
    ],
)
def test_lines(path: yamlfile.Path, line: int) -> None:
    document, _ = yamlfile.parse(TEXT, "f.yaml")
    assert document is not None
    assert document.line(path) == line
    finding = document.finding(path, "more expected", warning=True)
    assert (finding.line, finding.field, finding.warning) == (line, ".".join(map(str, path)), True)


def test_an_empty_file_has_no_content() -> None:
    assert content("") is None
    assert content("# only a comment\n") is None
    assert content("\ufeffa: ü") == {"a": "ü"}


def test_aliases_of_aliases_do_not_multiply() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    assert cpu_seconds(lambda: yamlfile.parse(bomb, "f.yaml")) < 0.5


PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-999, 999), st.text("abcno: -#'\"\n", max_size=12)),
    lambda child: st.one_of(
        st.lists(child, max_size=4), st.dictionaries(st.text("abc", min_size=1), child, max_size=4)
    ),
    max_leaves=12,
)


@given(PLAIN)
def test_json_is_yaml(value: object) -> None:
    import json

    assert content(json.dumps(value)) == value


@given(st.text(st.sampled_from("ab:-[]{}&*!|>'\"%@`#,? \n\t0.~<="), max_size=60))
def test_no_text_ends_in_a_traceback(text: str) -> None:
    document, findings = yamlfile.parse(text, "f.yaml")
    assert document is not None or findings
    assert all(str(f).startswith("f.yaml") for f in findings)
