"""Makes the figures of the README and writes them to evals/RESULTS.md: python evals/results.py (`make eval`)

Human-scored sets are read by path from ../shared/data; where that is absent their rows say so. Needs the development
tools (scikit-learn).
"""

import asyncio
import math
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from style import style

from interviewer import attackfigures, comparison, datasets, evaluate, golden, retrieval, runs
from interviewer.agreement import kappa
from interviewer.attackfigures import FamilyFigures
from interviewer.example import Example
from interviewer.figures import Figures, figures
from interviewer.grader import Grader
from interviewer.rubric import LEVELS
from interviewer.settings import Settings
from interviewer.trial import Trial
from interviewer.wiring import Recorded, Wiring

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(tempfile.mkdtemp())
SHARED = "../shared/data/"
SETS = ("golden:train", "golden:dev", f"{SHARED}digiklausur_mandatory.jsonl")
SETS += (f"{SHARED}saf_en.jsonl:test_unseen_questions", f"{SHARED}scientsbank.jsonl:test_unseen_domains")
TAPE = ROOT / "evals" / "recordings" / "qwen2.5-coder-1.5b.jsonl.gz"
PAIRS = (("token.v1", "token.v2", "golden:recorded"), ("rubric-short.v1", "rubric-short.v2", "golden:recorded-one"))
HEAD = """# Results

Made by `python evals/results.py` (`make eval`) at commit {commit} on {day}. Golden answers are authored, not human
data ([how](golden/README.md)); the other sets were scored by people, and nobody here wrote them. Intervals are 95 %,
over questions.

## The embedded grader ({version})

"Within question" is the mean over questions of Pearson's r between human and machine score, weighted by answers; the
machine score is the weighted mean of the criteria's probabilities. A set with reference answers and no rubric is graded
against the sentences of its reference. `golden:test` is left for later reports. embedded.v1, trained on 54 of the 114
training questions, had an item kappa of .39 on this `golden:dev` (see the
[card](../interviewer/models/weights/embedded.v2.md)).

| set | item kappa (met or not) | n items | within question r | length alone | MAE | n answers | ms, median |
|---|---|---|---|---|---|---|---|
{embedded}

## A real model, replayed (Qwen2.5-Coder-1.5B-Instruct Q4_K_M, `evals/recordings`)

Nobody tuned these prompts to it; the embedded grader judged the same answers. Seconds are the model's own, on the
busy two-core machine where it was recorded.

| grader | answers | item kappa | n items | ungraded | within question r | tokens in, out an answer | s, median |
|---|---|---|---|---|---|---|---|
{replayed}

{verdicts}

## Attacks and honest changes on the embedded grader (`interviewer eval run --attacks`)

An attack pays where it scores more than its clean twin; "at most" is the one-sided 95 % bound (Clopper and Pearson).

| family | paid | of | at most | mean inflation |
|---|---|---|---|---|
{attacks}

| honest change | pairs | levels that differ | of | at most |
|---|---|---|---|---|
{invariance}

## Retrieval (query: question and criteria; gold: the passages linked to the question; {passages} passages)

| retrieval | questions | recall@1 | recall@3 | MRR |
|---|---|---|---|---|
{retrieved}

## The golden answers

{golden}
"""


def trials(grader: Grader, examples: Sequence[Example], concurrency: int = 1) -> list[Trial]:
    """What a grader makes of them."""
    made: list[Trial] = []
    asyncio.run(evaluate.run(grader, examples, made.append, evaluate.Plan(concurrency)))
    return made


def shown(value: float, form: str) -> str:
    """A figure; a dash where it is not defined."""
    return "–" if math.isnan(value) else format(value, form)


def around(f: Figures, name: str, value: float) -> str:
    """A figure with its interval."""
    found = f.intervals.get(name)
    return f"{value:.2f}" + (f" ({found.low:.2f} to {found.high:.2f})" if found else "")


def embedded_row(data: str, f: Figures) -> str:
    """One line of the embedded grader's table."""
    items = (around(f, "items.kappa", f.items.kappa), str(f.items.n)) if f.items else ("–", "–")
    block, score = ("expected", f.expected) if f.expected else ("scores", f.scores)
    if score is None or f.length is None:
        raise ValueError(f"{data}: no human scores")
    within = around(f, f"{block}.within_question", score.within_question)
    rest = (within, f"{f.length.within_question:.2f}", f"{score.mae:.2f}", str(score.n))
    return f"| `{data}` | {' | '.join((*items, *rest))} | {1000 * f.seconds_median:.1f} |"


def embedded(wiring: Wiring) -> list[str]:
    """The embedded grader on every set."""
    lines = []
    for data in SETS:
        if data.startswith(SHARED) and not (ROOT / data.partition(":")[0]).exists():
            lines.append(f"| `{data}` | absent here |||||||")
            continue
        name = str(ROOT / data) if data.startswith(SHARED) else data
        examples = datasets.load(name, wiring.bank, ROOT)
        lines.append(embedded_row(data, figures(trials(wiring.grader("embedded"), examples))))
    return lines


def replayed() -> tuple[list[str], list[str]]:
    """The recorded prompts, two and two, and the embedded grader beside them; and what the comparisons say."""
    lines, verdicts = [], []
    for first, second, data in PAIRS:
        made: dict[str, list[Trial]] = {}
        for prompt in (first, second, "embedded"):
            settings = Settings(home=HOME, prompt=prompt if prompt != "embedded" else "rubric")
            wiring = Wiring(settings, Recorded(TAPE, "replay"))
            grader = wiring.grader("embedded" if prompt == "embedded" else "llm", in_run=True)
            made[prompt] = trials(grader, datasets.load(data, wiring.bank, ROOT))
            lines.append(replayed_row(prompt, figures(made[prompt])))
        for a, b in ((first, second), (second, "embedded")):
            found = comparison.compare(made[a], made[b], sliced=()).of("items.kappa")
            assert found is not None
            needed = f" (about {found.rows_needed:,} rows needed)" if found.rows_needed else ""
            numbers = f"{found.difference:+.2f} ({found.low:+.2f} to {found.high:+.2f}), p {shown(found.p, '.3f')}"
            verdicts.append(f"- `{data}`, item kappa of `{b}` against `{a}`: {numbers}: {found.verdict}{needed}.")
    return lines, verdicts


def replayed_row(name: str, f: Figures) -> str:
    """One line of the replayed graders' table."""
    assert f.items is not None and f.scores is not None
    tokens = f"{f.cost.input_tokens:,.0f}, {f.cost.output_tokens:,.0f}" if f.cost.input_tokens > 0 else "–"
    parts = (f.n, around(f, "items.kappa", f.items.kappa), f.items.n, f"{f.coverage.ungraded_share:.2f}")
    rest = (shown(f.scores.within_question, ".2f"), tokens, f"{f.seconds_median:.2f}")
    return f"| `{name}` | {' | '.join(map(str, (*parts, *rest)))} |"


def family_row(f: FamilyFigures) -> str:
    """One line of the attack table."""
    return f"| {f.family} | {f.successes} | {f.n} | {f.bound:.2f} | {f.inflation:+.3f} |"


def main() -> None:
    """Measures and writes."""
    wiring = Wiring(Settings(home=HOME))
    attacked = attackfigures.of(trials(wiring.grader("embedded"), datasets.attacks(wiring.bank, ROOT)))
    retrieved = []
    for mode in ("vectors", "words", "hybrid"):
        f = retrieval.evaluate(wiring.bank, wiring.index_of(mode).search).overall
        retrieved.append(f"| {mode} | {f.n} | {f.recall_at_1:.3f} | {f.recall_at_3:.3f} | {f.mrr:.3f} |")
    lines, verdicts = replayed()
    text = HEAD.format(
        commit=runs.git_commit(),
        day=datetime.now(UTC).date(),
        version=wiring.embedded.version,
        embedded="\n".join(embedded(wiring)),
        replayed="\n".join(lines),
        verdicts="\n".join(verdicts),
        attacks="\n".join(map(family_row, (*attacked.families, attacked.overall))),
        invariance="\n".join(
            f"| {f.kind} | {f.pairs} | {f.flips} | {f.criteria} | {f.bound:.2f} |" for f in attacked.invariance
        ),
        passages=len(wiring.bank.notes),
        retrieved="\n".join(retrieved),
        golden=of_golden(wiring),
    )
    (ROOT / "evals" / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)


def of_golden(wiring: Wiring) -> str:
    """How far two labellers agree by topic, and how much of the label an answer's style gives away."""
    lines = ["| topic | answers | labels | kappa of the two labellings |", "|---|---|---|---|"]
    answers = golden.load(ROOT).answers
    for topic in dict.fromkeys(item.topic for item in wiring.bank.items.values()):
        here = [a for a in answers if wiring.bank.items[a.question].topic == topic]
        both = [(LEVELS.index(a.author[c].level), LEVELS.index(a.blind[c])) for a in here if a.blind for c in a.author]
        agreed = kappa([x for x, _ in both], [y for _, y in both], len(LEVELS))
        lines.append(f"| {topic} | {len(here)} | {len(both)} | {agreed:.3f} |")
    return "\n".join(lines) + "\n\n" + style(datasets.load("golden", wiring.bank, ROOT))


if __name__ == "__main__":
    main()
