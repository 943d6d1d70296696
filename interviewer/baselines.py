"""Reads and writes baselines (evals/baselines/<name>.json): a line a trial, so that a new one leaves a readable diff.

Kept of a trial is what a paired comparison needs; quotes, reasons, time and tokens are not, so that nothing in the file
changes where no grade does.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from interviewer.baseline import ALPHA, Baseline, GateRules, Rises
from interviewer.errors import InputError
from interviewer.grade import State
from interviewer.rubric import LevelName
from interviewer.trial import CriterionTrial, Run, Trial

FORMAT = 1
_USUAL = Rises()
Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Rises(_Form):
    ungraded: Share = _USUAL.ungraded
    unscored: Share = _USUAL.unscored
    invented_quotes: Annotated[int, Field(ge=0)] = _USUAL.invented_quotes
    attack_success: Annotated[int, Field(ge=0)] = _USUAL.attack_success


class _Rules(_Form):
    alpha: Annotated[float, Field(gt=0, lt=1)] = ALPHA
    margins: dict[str, Amount]
    rises: _Rises = _Rises()


class _Line(_Form):
    example: str
    trial: Annotated[int, Field(ge=1)]
    question: str
    topic: str
    kind: str
    sort: str
    difficulty: int | None
    voice: str
    words: Annotated[int, Field(ge=0)]
    state: State
    score: Share | None
    expected: Share | None
    human: Share | None
    invented_quotes: Annotated[int, Field(ge=0)] = 0
    inflation: Annotated[float, Field(ge=-1, le=1)] | None = None
    criteria: dict[str, tuple[LevelName | None, LevelName | None, Share | None]]
    """Human level, machine's level, P(met)."""


class _File(_Form):
    format: Literal[1]
    rules: _Rules
    run: dict[str, Any]
    figures: dict[str, float | None]
    trials: Annotated[list[_Line], Field(min_length=1)]


def path_of(name: str, root: Path) -> Path:
    """The file that `--baseline` names: a path where it has a folder or an ending, else a name in the bank folder."""
    return (
        Path(name) if name.endswith(".json") or Path(name).name != name else root / "evals/baselines" / f"{name}.json"
    )


def read(path: Path) -> Baseline:
    """The baseline of a file.

    Raises:
        InputError: absent, damaged, of another version, or with rules that cannot be.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = _File.model_validate(content)
        run = TypeAdapter(Run).validate_python(found.run)
    except FileNotFoundError as error:
        doing = f"`interviewer eval accept RUN --baseline {path}` makes it of a run"
        raise InputError(f"there is no baseline {path}; {doing}") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); make it readable, or name another one") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _damaged(path, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    rules = GateRules(found.rules.margins, found.rules.alpha, Rises(**found.rules.rises.model_dump()))
    figures = {name: float("nan") if value is None else value for name, value in found.figures.items()}
    return Baseline(rules, run, figures, tuple(map(_trial, found.trials)))


def _damaged(path: Path, what: str) -> InputError:
    doing = "mend it, take it back from git, or move it away and accept a run anew"
    return InputError(f"{path} is no baseline of this version ({what}); {doing}")


def _trial(line: _Line) -> Trial:
    criteria = [CriterionTrial(name, level, p, human) for name, (human, level, p) in line.criteria.items()]
    return Trial(
        example=line.example,
        question=line.question,
        topic=line.topic,
        kind=line.kind,
        sort=line.sort,
        trial=line.trial,
        state=line.state,
        score=line.score,
        expected=line.expected,
        human_score=line.human,
        criteria=tuple(criteria),
        answer_words=line.words,
        seconds=0.0,
        difficulty=line.difficulty,
        voice=line.voice,
        invented_quotes=line.invented_quotes,
        inflation=line.inflation,
    )


def write(path: Path, baseline: Baseline) -> None:
    """Writes a baseline; whoever reads meanwhile finds the old one whole.

    Raises:
        InputError: the file cannot be written.
    """
    heads = {
        "format": FORMAT,
        "rules": asdict(baseline.rules),
        "run": asdict(baseline.run),
        "figures": {name: None if value != value else value for name, value in baseline.figures.items()},
    }
    lines = [f' "{key}": {_indented(value)},' for key, value in heads.items()]
    trials = ",\n".join(f"  {json.dumps(_line(t), ensure_ascii=False, allow_nan=False)}" for t in baseline.trials)
    text = "\n".join(["{", *lines, ' "trials": [', trials, " ]", "}"]) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}); name another file with --baseline") from error


def _indented(value: object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).replace("\n", "\n ")


def _line(t: Trial) -> dict[str, Any]:
    line = _Line(
        example=t.example,
        trial=t.trial,
        question=t.question,
        topic=t.topic,
        kind=t.kind,
        sort=t.sort,
        difficulty=t.difficulty,
        voice=t.voice,
        words=t.answer_words,
        state=t.state,
        score=t.score,
        expected=t.expected,
        human=t.human_score,
        invented_quotes=t.invented_quotes,
        inflation=t.inflation,
        criteria={c.id: (c.human, c.level, c.probability) for c in t.criteria},
    )
    return line.model_dump(exclude_defaults=True)
