"""What a worker elsewhere is given to make the trials that this process would make.

The model's key is among it, so a handover goes from process to process and is neither written nor shown. Connections
and locks stay here; a file of recorded replies is read by the worker, at the same path.
"""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from interviewer import __version__, evaluate
from interviewer.errors import InputError
from interviewer.example import Example
from interviewer.recorded import Recorded
from interviewer.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Handover:
    """Everything that a trial depends on, but for the example."""

    kind: str
    """Of the grader: embedded or llm."""
    code_version: str
    parts: bytes = field(repr=False)
    """Settings, what is done with recorded replies, and `Wiring.given`; pickled, since only the same version may open
    it."""

    def __call__(self, at_once: int) -> evaluate.Make:
        """What makes the trials, where it is called.

        Args:
            at_once: requests to the model at once at most.

        Raises:
            InputError: this is another version of the program.
        """
        if self.code_version != __version__:
            theirs = f"the workers have version {__version__} of this program, not {self.code_version}"
            raise InputError(f"{theirs}; install one version on every machine")
        settings, recorded, given = pickle.loads(self.parts)  # noqa: S301  # comes from `of`, by the engine's own road
        wiring = Wiring(settings, recorded, at_once)
        wiring.take(given)
        return partial(evaluate.graded, wiring.grader(self.kind, in_run=True))


def of(wiring: Wiring, recorded: Recorded | None, kind: str, examples: Sequence[Example]) -> Handover:
    """The handover of a run.

    Args:
        recorded: as the wiring has it.
        examples: what will be graded; passages are looked up now, so that workers need no index.

    Raises:
        InterviewerError: the grader cannot be built here either.
    """
    if wiring.judge(kind).reads_notes:
        for example in {e.item.id: e for e in examples}.values():
            wiring.passages(example.item, example.rubric)
    found = recorded and replace(recorded, path=recorded.path.resolve())
    return Handover(kind, __version__, pickle.dumps((wiring.settings, found, wiring.given)))
