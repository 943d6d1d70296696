"""A small bank that is sound in every respect, written into a folder; each test then spoils one thing of it."""

import json
from pathlib import Path

ITEMS = """\
topic: nets
title: Neural networks
items:
  - id: dropout
    source: {list: ours, number: 1}
    title: Dropout at inference
    company: null
    text: What does dropout do at inference?
    kind: concept
    difficulty: 2
    time_limit_s: 120
    rubric: dropout
    notes: [dropout-off, dropout-scale]
    hints:
      - {text: Think of two calls with one input., cost: 0.05}
      - {text: Which units take part then?, cost: 0.1}
      - {text: None is dropped; what of the sums?, cost: 0.2}
    follow_ups:
      unused: Which units take part?
      scaled: By what are they scaled?
      share: What is the factor for p of one half?
    variant:
      text: And for a keep probability of a quarter?
      model_answer: The factor is 4 and no unit is left out.
      numeric: {value: 4, tolerance: 0.01, unit: factor, accepted: ["4x"], criterion: share}
    numeric: {value: 2, tolerance: 0.01, unit: factor, accepted: ["2x", "1/0.5"], criterion: share}
  - id: relu
    source: {list: ours, number: 2}
    title: Dead units
    text: When does a unit die?
    kind: diagnosis
    difficulty: 3
    time_limit_s: 180
    draft: true
"""

RUBRIC = """\
id: dropout
version: 1
model_answer: No unit is dropped; with inverted dropout training has divided by the keep probability, a factor of 2.
criteria:
  - id: unused
    claim: No unit is dropped at inference.
    weight: 3
    levels: {met: Says that all units stay., partial: Says that it is for training.}
    accepts: [all units stay, it is off]
    misconceptions: [The same units are dropped again.]
    notes: [dropout-off]
  - id: scaled
    claim: Activations are scaled by the keep probability.
    weight: 2
    levels: {met: Says how they are scaled.}
    accepts: [divide by p, inverted dropout]
    notes: [dropout-scale]
  - id: share
    claim: The factor is two.
    weight: 1
    optional: true
    levels: {met: Gives 2.}
    accepts: ["2x", twice]
    notes: [dropout-scale]
"""

_OFF = """\
At inference dropout does nothing: every unit takes part, so that the same input gives the same output twice. In
training a random mask silences a share of the units in each step, which keeps them from leaning on each other; one
may read it as training many thinned networks that share their weights. Keeping all of them in prediction stands in
for the mean over those thinned networks, exactly so for one linear layer and roughly so for deep ones. Example:
with ten units and a keep probability of $\\frac{1}{2}$ about five are heard in a training step, and all ten in
prediction. Forgetting to switch it off shows as answers that flicker from call to call."""
_SCALE = """\
A layer that hears all of its inputs receives larger sums than it was trained with, by one over the keep
probability $p$. Two remedies are equal in effect. Either each weight is multiplied by $p$ after training, or the
kept activations are divided by $p$ during training, so that nothing remains to be done later; this is called the
inverted form and is what today's libraries do. Example: a sum of four active units of strength one, with $p =
0.5$, has the mean $4 \\cdot 0.5 = 2$ in training; without a correction the layer would see 4 afterwards. Caveat:
the correction makes means equal, not variances, which is why dropout and batch normalisation get into each other's
way at times."""
NOTES = f"""\
# Neural networks

## Dropout is off at inference {{#dropout-off}}

{_OFF}

Sources: Srivastava et al., "Dropout", JMLR 15, 2014.

## Scaling by the keep probability {{#dropout-scale}}

{_SCALE}

Sources: Srivastava et al., "Dropout", JMLR 15, 2014, section 10.
"""

_SAID = {"unused": "no unit is dropped", "scaled": "divided by p in training", "share": "the factor is 2"}


SORTS = ("partial", "wrong-number-right-way", "right-number-wrong-way", "missing-one")


def golden_lines() -> list[dict[str, object]]:
    """Six answers; each criterion is met in three of them."""
    lines: list[dict[str, object]] = []
    for n, said in enumerate(
        [("unused", "scaled", "share"), ("unused", "scaled"), ("unused", "share"), ("scaled", "share")]
    ):
        lines.append({**_answer(n + 1, said), "sort": SORTS[n]})
    return [*lines, _answer(5, ()), _answer(6, ())]


def _answer(number: int, said: tuple[str, ...]) -> dict[str, object]:
    text = "; ".join(_SAID[name] for name in said) or "it learns features"
    labels = {
        name: {"level": "met", "quotes": [quote]} if name in said else {"level": "missed", "quotes": []}
        for name, quote in _SAID.items()
    }
    return {
        "id": f"dropout/{number:02}",
        "question": "dropout",
        "sort": "partial",
        "voice": "terse",
        "answer": f"Well, {text}.",
        "author": labels,
    }


FILES = {
    "questions/nets/items.yaml": ITEMS,
    "questions/nets/notes.md": NOTES,
    "rubrics/nets/dropout.yaml": RUBRIC,
    "evals/golden/nets.v1.jsonl": "".join(json.dumps(line) + "\n" for line in golden_lines()),
    "evals/golden/split.yaml": "train:\n  - dropout\ndev: []\ntest: []\n",
}


def write(root: Path) -> Path:
    """The sound bank in `root`."""
    for name, text in FILES.items():
        put(root, name, text)
    return root


def put(root: Path, name: str, text: str | bytes) -> None:
    """One file of it, whatever was there before."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def swap(root: Path, name: str, old: str, new: str) -> None:
    """Replaces the first `old` in a file; it must be there."""
    text = (root / name).read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    put(root, name, text.replace(old, new, 1))
