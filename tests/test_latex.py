"""The form of the mathematics in passages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer import library
from interviewer.latex import fault


@pytest.mark.parametrize(
    "text",
    [
        "no mathematics",
        "",
        "$x$ and $y$",
        r"$$\frac{1}{2} = \left( \frac{1}{4} \right) \cdot 2$$",
        r"$\{1, 2\}$ is a set and $\%$ a sign",
        r"$\begin{pmatrix} 1 \\ 2 \end{pmatrix}$",
        r"$\left. x \right|_{x=1}$ and $a \leftarrow b \rightarrow c$",
        r"it costs \$5 and \$6",
        r"it costs \$5 and $x$ costs \$6",
        "$$\na + b\n$$",
        r"$\begin{aligned*} a \end{aligned*}$",
    ],
)
def test_sound_mathematics(text: str) -> None:
    assert fault(text) == ""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("it costs $5", "a dollar sign without its partner; write \\$ for money"),
        ("$x$ and $y", "a dollar sign without its partner"),
        ("$$x$", "a dollar sign without its partner"),
        (r"$\frac{1}{2$", "a closing '}' is missing in '\\\\frac{1}{2'"),
        (r"$$\frac{1}2}$$", "'}' closes nothing"),
        (r"$\left( x$", "a closing 'right' is missing"),
        (r"$x \right)$", r"'\\right' closes nothing"),
        (r"$\left( { x \right) }$", "closes nothing"),
        (r"$\begin{pmatrix} 1$", "a closing 'pmatrix' is missing"),
        (r"$\begin{pmatrix} 1 \end{bmatrix}$", "closes nothing"),
        (r"$1 \end{bmatrix}$", "closes nothing"),
        (r"fine $x$, \$3, then $\sqrt{2$", "a closing '}' is missing in '\\\\sqrt{2'"),
    ],
)
def test_what_is_wrong_is_named_with_the_formula(text: str, what: str) -> None:
    assert what in fault(text)


FORMULAS = st.recursive(
    st.sampled_from(["x", "1", r"\alpha", r"\{", r"\}", r"\\"]),
    lambda f: st.one_of(
        st.tuples(f, f).map(lambda p: rf"\frac{{{p[0]}}}{{{p[1]}}}"),
        f.map(lambda p: rf"\left( {p} \right)"),
        f.map(lambda p: rf"\begin{{cases}} {p} \end{{cases}}"),
        st.tuples(f, f).map(lambda p: f"{p[0]} + {p[1]}"),
    ),
    max_leaves=8,
)


@given(FORMULAS, st.data())
def test_balanced_formulas_pass_and_one_brace_less_does_not(formula: str, data: st.DataObject) -> None:
    assert fault(f"so ${formula}$") == ""
    braces = [i for i, c in enumerate(formula) if c in "{}" and formula[i - 1 : i] != "\\"]
    if braces and r"\begin" not in formula:
        at = data.draw(st.sampled_from(braces))
        assert fault(f"so ${formula[:at]}{formula[at + 1 :]}$") != ""


def test_every_passage_of_the_bank_is_sound() -> None:
    notes = library.load(library.home()).notes
    assert [(note.id, fault(note.text)) for note in notes.values() if fault(note.text)] == []
