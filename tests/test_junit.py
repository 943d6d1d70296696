"""JUnit XML: well-formed whatever stands in it, and counted right."""

from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer import junit
from interviewer.regression import Ruling, Status

HOSTILE = "]]> <script>&amp; \x00\x0b\x1b[31m \ud800 \ufffe \"'\u2028 😀"


def ruling(rule: str, status: Status, reason: str) -> Ruling:
    return Ruling(rule, status, 0.5, 0.4, 0.05, reason)


def test_one_case_a_ruling() -> None:
    rulings = [
        ruling("items.kappa", "regression", "lost .1"),
        ruling("scores.mae", "cannot tell", "rows needed"),
        ruling("ungraded", "fine", "0 before"),
    ]
    whole = Xml.fromstring(junit.report("main", rulings))
    (suite,) = whole
    for counted in (whole, suite):
        assert {k: counted.get(k) for k in ("tests", "failures", "errors")} == {
            "tests": "3",
            "failures": "1",
            "errors": "1",
        }
    assert [(c.get("classname"), c.get("name"), [e.tag for e in c]) for c in suite] == [
        ("gate.main", "items.kappa", ["failure"]),
        ("gate.main", "scores.mae", ["error"]),
        ("gate.main", "ungraded", ["system-out"]),
    ]
    assert suite[0][0].get("message") == "lost .1"
    assert suite[0][0].text == "items.kappa: lost .1"
    assert suite[2][0].text == "0 before"


def test_what_could_not_be_judged_is_one_error() -> None:
    (suite,) = Xml.fromstring(junit.report("main", (), "no such run"))
    (case,) = suite
    assert (suite.get("tests"), suite.get("errors"), case[0].tag, case[0].get("message")) == (
        "1",
        "1",
        "error",
        "no such run",
    )


@settings(deadline=None)
@given(st.text())
@pytest.mark.parametrize("status", ["fine", "regression", "cannot tell"])
def test_any_text_is_well_formed(status: Status, text: str) -> None:
    for hostile in (text, HOSTILE + text):
        report = junit.report(hostile, [ruling(hostile, status, hostile)])
        (case,) = Xml.fromstring(report.encode("utf-8"))[0]
        assert "<script" not in report
        assert case.get("name") is not None


def test_readable_text_stays_as_it_is() -> None:
    (case,) = Xml.fromstring(junit.report("b", [ruling("a <b> & “c”", "regression", "x < 1\ty")]))[0]
    assert (case.get("name"), case[0].text) == ("a <b> & “c”", "a <b> & “c”: x < 1\ty")
    (case,) = Xml.fromstring(junit.report("b", [ruling("a", "fine", "x\x00y\ufffez")]))[0]
    assert case[0].text == "x�y�z"  # shown, and not silently gone
