"""What a reader is told before any figure."""

from dataclasses import replace

from madeup import trials

from interviewer.overview import overview
from interviewer.report import ReportedRun, cautions, sets
from interviewer.trial import Run

RUN = Run("llm", "v1", "golden:dev", "abc", {}, {}, "0.1", "", "2026-11-07T10:00:00+00:00", 1.5, 60)
RUN = replace(RUN, finished="2026-11-07")
FULL = overview(lambda: list(trials(60, questions=12)), draws=0)
FEW = overview(lambda: list(trials(6, questions=1)), draws=0)


def test_a_finished_run_of_enough_questions_needs_no_caution() -> None:
    assert cautions([ReportedRun("A", "one", RUN, FULL)]) == ()


def test_each_thing_to_know_is_said_of_the_run_it_is_true_of() -> None:
    rough = replace(FULL, figures=replace(FULL.figures, exact=False))
    runs = [
        ReportedRun("A", "one", replace(RUN, finished=None), FULL),
        ReportedRun("B", "two", RUN, FEW),
        ReportedRun("C", "three", replace(RUN, data="other.jsonl", data_digest="def"), rough),
    ]
    said = cautions(runs)
    assert [line.partition(":")[0] for line in said[:2]] == [
        "Run A (one) is not finished",
        "Run B (two) has answers to only 1 question",
    ]
    assert "120 trials so far" in said[0]
    assert said[2].startswith("Run C (three) has so many different values")
    assert "(A: golden:dev, 60 answers; B: golden:dev, 6 answers; C: other.jsonl, 60 answers)" in said[3]
    assert len(said) == 4


def test_runs_are_of_one_set_where_their_digests_are_equal() -> None:
    a, b, c = (ReportedRun(letter, letter, RUN, FULL) for letter in "ABC")
    b = replace(b, run=replace(RUN, data_digest="def"))
    assert sets([a, b, c]) == ((a, c), (b,))
