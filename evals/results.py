"""Makes the figures of the README and writes them to evals/RESULTS.md: python evals/results.py

Human-scored sets are read by path from ../shared/data; where that is absent their rows say so.
"""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from interviewer import datasets, evaluate, retrieval, runs
from interviewer.figures import Figures, figures
from interviewer.settings import Settings
from interviewer.wiring import Wiring

ROOT = Path(__file__).resolve().parent.parent
SHARED = "../shared/data/"
SETS = ("golden:train", "golden:dev", f"{SHARED}digiklausur_mandatory.jsonl")
SETS += (f"{SHARED}saf_en.jsonl:test_unseen_questions", f"{SHARED}scientsbank.jsonl:test_unseen_domains")
HEAD = """# Results

Made by `python evals/results.py` (`make eval`) at commit {commit} on {day}. Golden answers are authored, not human
data; the other sets were scored by people, and nobody here wrote them. "Within question" is the mean over questions of
Pearson's r between human and machine score, weighted by answers; the machine score is the weighted mean of the
criteria's probabilities. A set with reference answers and no rubric is graded against the sentences of its reference.

## The embedded grader ({version})

| set | item kappa (met or not) | n items | within question r | length alone | MAE | n answers | ms, median |
|---|---|---|---|---|---|---|---|
{rows}

## Retrieval (query: question and criteria; gold: the passages linked to the question)

| retrieval | questions | recall@1 | recall@3 | MRR |
|---|---|---|---|---|
{retrieved}
"""


def row(data: str, f: Figures) -> str:
    """One line of the table."""
    items = (f"{f.items.kappa:.2f}", str(f.items.n)) if f.items else ("–", "–")
    score, length = f.expected or f.scores, f.length
    if score is None or length is None:
        raise ValueError(f"{data}: no human scores")
    agreement = (f"{score.within_question:.2f}", f"{length.within_question:.2f}", f"{score.mae:.2f}", str(score.n))
    return f"| `{data}` | {' | '.join((*items, *agreement))} | {1000 * f.seconds_median:.1f} |"


def main() -> None:
    """Measures and writes."""
    wiring = Wiring(Settings(home=Path(tempfile.mkdtemp())))
    grader = wiring.grader("embedded")
    rows = []
    for data in SETS:
        path = ROOT / data.partition(":")[0]
        if data.startswith(SHARED) and not path.exists():
            rows.append(f"| `{data}` | absent here |||||||")
            continue
        name = str(path) + data[len(data.partition(":")[0]) :] if data.startswith(SHARED) else data
        examples = datasets.load(name, wiring.bank, ROOT)
        rows.append(row(data, figures(asyncio.run(evaluate.run(grader, examples, lambda trial: None, 1)))))
    retrieved = []
    for mode in ("vectors", "words", "hybrid"):
        f = retrieval.evaluate(wiring.bank, wiring.index_of(mode).search).overall
        retrieved.append(f"| {mode} | {f.n} | {f.recall_at_1:.3f} | {f.recall_at_3:.3f} | {f.mrr:.3f} |")
    text = HEAD.format(
        commit=runs.git_commit(),
        day=datetime.now(UTC).date(),
        version=wiring.embedded.version,
        rows="\n".join(rows),
        retrieved="\n".join(retrieved),
    )
    (ROOT / "evals" / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
