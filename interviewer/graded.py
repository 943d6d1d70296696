"""A grader run over a labelled set as a value with assertions, for tests; `pytest_plugin` hands it out.

Unlike `eval run` it keeps nothing on the disk but newly recorded replies.
"""

import functools
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from interviewer import accepting, baselines, datasets, evaluate, failurewords, figures, headlines, regression
from interviewer.baseline import Baseline, GateRules
from interviewer.cli_run import use_of
from interviewer.commandline import finished, wired
from interviewer.errors import InputError, InterviewerError
from interviewer.figures import Figures
from interviewer.trial import Run, Trial

if TYPE_CHECKING:
    from interviewer.wiring import Wiring

T = TypeVar("T")
AT_ONCE = 8
"""Answers graded at once."""


@dataclass(frozen=True, slots=True)
class GradedRun:
    """A run that has ended. Its assertions raise AssertionError with the figure, its interval and the worst misses."""

    run: Run
    figures: Figures
    trials: tuple[Trial, ...]
    """Sorted by example and number."""
    bank: Path
    """Folder whose evals/baselines are meant by name."""

    def assert_at_least(self, figure: str, floor: float) -> None:
        """Asserts that a figure ("items.kappa") is not below the floor. One that is not defined never is.

        The figure itself is held against the floor, not the end of its interval.

        Raises:
            InputError: there is no such figure.
        """
        __tracebackhide__ = True
        self._assert(figure, lambda value: value >= floor, f"at least {floor:g}")

    def assert_at_most(self, figure: str, ceiling: float) -> None:
        """Asserts that a figure is not above the ceiling; as `assert_at_least` otherwise."""
        __tracebackhide__ = True
        self._assert(figure, lambda value: value <= ceiling, f"at most {ceiling:g}")

    def _assert(self, figure: str, is_so: Callable[[float], bool], wanted: str) -> None:
        __tracebackhide__ = True
        _bare(lambda: failurewords.checked(figure))
        if not is_so(headlines.value(self.figures, figure)):
            raise AssertionError(failurewords.not_so(self.run, self.figures, self.trials, figure, wanted))

    def assert_not_worse_than(
        self, before: "GradedRun | str | Path", margins: Mapping[str, float] | None = None
    ) -> None:
        """Asserts what `eval gate` passes: every loss beyond the margins is ruled out. "Cannot tell" fails.

        Args:
            before: a run on the same data, or the name or path of a baseline.
            margins: by figure, the loss that does not matter; in place of the baseline's, or of `regression.MARGINS`.

        Raises:
            InputError: no such baseline, other data, or margins of figures that cannot be gated.
        """
        __tracebackhide__ = True
        accepted, found = _bare(lambda: _judged(self, before, margins))
        if found.status != "fine":
            raise AssertionError(failurewords.worse(accepted.run, self.run, found))


def _judged(
    after: GradedRun, before: "GradedRun | str | Path", margins: Mapping[str, float] | None
) -> tuple[Baseline, regression.Gate]:
    accepted = _accepted(before, margins, after.bank)
    accepting.same_data(accepted, after.run)
    return accepted, regression.judged(accepted.rules, accepted.trials, after.trials)


def _accepted(before: "GradedRun | str | Path", margins: Mapping[str, float] | None, bank: Path) -> Baseline:
    if isinstance(before, GradedRun):
        measured = accepting.values(before.trials)
        rules = GateRules(margins) if margins else accepting.default_rules(measured)
        return Baseline(rules, before.run, measured, before.trials)
    found = baselines.read(baselines.path_of(str(before), bank))
    return replace(found, rules=replace(found.rules, margins=margins)) if margins else found


class Grading(Protocol):
    """The fixture."""

    def __call__(
        self,
        grader: str = "embedded",
        data: str | Path = "golden:dev",
        prompt: str | Path | None = None,
        model: str | None = None,
        trials: int = 1,
        recordings: str | Path | None = None,
        replay: bool = True,
    ) -> GradedRun:
        """The run of a grader over a set; made once, however often it is asked for.

        Args:
            grader: embedded, or llm.
            data: golden, golden:dev, golden:<slice>, or a file of answers.
            prompt: of llm: a name, name and version (rubric.v1) or file; None as the settings say.
            model: of llm; None as the settings say, or the one that was recorded.
            trials: times that each answer is graded.
            recordings: file of recorded replies; None for the user's own.
            replay: of llm: use recorded replies only. False asks the model, and records what is new where `recordings`
                is given.

        Raises:
            InterviewerError: anything that `eval run` refuses; a recorded reply that is missing.
        """
        ...


def grading() -> Grading:
    """A fixture's worth of runs."""
    once = functools.cache(_made)

    def graded(
        grader: str = "embedded",
        data: str | Path = "golden:dev",
        prompt: str | Path | None = None,
        model: str | None = None,
        trials: int = 1,
        recordings: str | Path | None = None,
        replay: bool = True,
    ) -> GradedRun:
        __tracebackhide__ = True
        file, path = None if prompt is None else str(prompt), None if recordings is None else Path(recordings)
        return _bare(lambda: once(grader, str(data), file, model, trials, path, replay))

    return graded


def _made(
    grader: str, data: str, prompt: str | None, model: str | None, trials: int, recordings: Path | None, replay: bool
) -> GradedRun:
    if grader != "llm" and (prompt or model or recordings):
        raise InputError("a prompt, a model and recordings are for a language model; add grader='llm'")
    use = None
    if grader == "llm" and (replay or recordings):
        use = use_of(None if replay else "new", replay, recordings, prompt, model, data)
    wiring = wired(use, AT_ONCE, grader=grader, prompt=prompt, model=model)
    described, kept = _graded(wiring, grader, data, trials)
    accepting.usable(described, kept, f"the run of {grader} on {data}")
    return GradedRun(described, figures.figures(kept), tuple(kept), wiring.folders.home)


def _graded(wiring: "Wiring", grader: str, data: str, trials: int) -> tuple[Run, list[Trial]]:
    examples = datasets.load(data, lambda: wiring.bank, wiring.folders)
    judge, kept, started = wiring.grader(grader, in_run=True), list[Trial](), time.perf_counter()
    parameters = wiring.parameters(grader)
    described = evaluate.describe(judge.name, judge.judge.version, parameters, data, examples, trials)
    plan = evaluate.Plan(AT_ONCE, trials)
    _apart(lambda: finished(wiring, evaluate.run(judge, examples, kept.append, plan)))
    kept.sort(key=lambda t: (t.example, t.trial))
    ended = datetime.now(UTC).isoformat(timespec="seconds")
    return replace(described, seconds=round(time.perf_counter() - started, 3), finished=ended), kept


def _bare(work: Callable[[], T]) -> T:
    """What the work comes to; what a user can mend is raised without the way it took through this program."""
    __tracebackhide__ = True
    try:
        return work()
    except InterviewerError as error:
        raise error.with_traceback(None) from None


def _apart(work: Callable[[], T]) -> T:
    """What the work comes to, in a thread of its own: a test may have an event loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()
