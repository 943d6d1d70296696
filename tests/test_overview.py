"""What is gathered of a run: in two passes the same as from the whole list."""

import math
from collections import Counter
from dataclasses import replace

import pytest
from madeup import trials

from interviewer.errors import InputError
from interviewer.figures import figures
from interviewer.overview import overview
from interviewer.slices import by_slice

GIVEN = list(trials(120, repeats=2, seed=3))


def test_a_stream_gives_what_a_list_gives() -> None:
    passes: list[int] = []

    def stream() -> object:
        passes.append(1)
        yield from GIVEN

    found = overview(stream, worst=7, draws=50)  # type: ignore[arg-type]
    assert len(passes) == 2
    assert found.figures.as_dict() == figures(GIVEN, draws=50).as_dict()
    assert [s.as_dict() for s in found.slices] == [s.as_dict() for s in by_slice(GIVEN, draws=50)]
    assert (found.answers, found.repeats) == (120, 2)
    assert len(found.misses) == 7
    assert {m.place for m in found.misses} == set(found.repeated)
    assert all(sum(n.values()) == 2 for n in found.repeated.values())


def test_the_scatter_counts_every_trial_with_both_scores() -> None:
    found = overview(lambda: GIVEN, draws=0)
    both = [(t.human_score, t.score) for t in GIVEN if t.score is not None and t.human_score is not None]
    expected = Counter((math.floor(h * 20 + 0.5), math.floor(s * 20 + 0.5)) for h, s in both)
    assert found.scatter == tuple(sorted((*place, n) for place, n in expected.items()))
    assert sum(n for *_, n in found.scatter) == len(both) < len(GIVEN)


def test_one_trial_is_enough() -> None:
    found = overview(lambda: GIVEN[:1])
    assert (found.figures.n, found.answers, found.repeats) == (1, 1, 1)


def test_no_trials_are_one_clear_line() -> None:
    with pytest.raises(InputError, match="holds no trial; run it again"):
        overview(lambda: [])


@pytest.mark.parametrize("score", [math.nan, 1.5, -0.1, math.inf])
def test_a_score_that_is_none_is_refused_by_name(score: float) -> None:
    with pytest.raises(InputError, match=r"trial of q\d/\d+: score is .* 0 to 1 expected"):
        overview(lambda: [replace(GIVEN[0], score=score)])
