"""Run folders of made-up trials, for the commands that read them."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from interviewer.runs import RunFolder
from interviewer.trial import Run, Trial

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "evals"))
from alike import Prompt, graded, human, other

RUN = Run(
    grader="small-model",
    grader_version="rubric.v1",
    data="made-up",
    data_digest="0123456789ab",
    rubric_versions={"q00": 1, "q01": 1},
    parameters={"endpoint": "http://127.0.0.1/v1", "prompt": "rubric.v1", "prompt_digest": "aaaa"},
    code_version="0.1.0",
    git_commit="abc",
    started="2026-11-07T10:00:00+00:00",
    seconds=1.5,
    n=181,
    finished="2026-11-07T10:00:02+00:00",
    rubric_digests={"q00": "d0", "q01": "d1"},
)


def folder(path: Path, trials: Sequence[Trial], **changed: Any) -> Path:
    """A run folder with those trials; `changed` fields of its description."""
    described = replace(RUN, **changed)
    run = RunFolder(path, described)
    for trial in trials:
        run.append(trial)
    run.close(0.0, described.finished, {})
    return path


def pair(seed: int, after: Prompt, before: Prompt | None = None, right: float = 0.8) -> tuple[list[Trial], list[Trial]]:
    """The trials of one grader under two prompts, on a set of the size of golden:dev.

    Args:
        right: share of the grader's own levels that are the human ones.
    """
    chance = np.random.default_rng(seed)
    said = human(chance)
    levels = other(said, 1 - right, chance)
    return graded(said, levels, before or Prompt(), chance), graded(said, levels, after, chance)
