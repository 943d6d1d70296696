"""How often the gate passes an equal prompt, and how often it stops a worse one, on a set of golden:dev's size.

python evals/gate_power.py [ROUNDS]: made-up runs (alike.py), judged by the same rule as real ones.
"""

import sys
from collections import Counter

import numpy as np
from alike import Prompt, graded, human, other

from interviewer.agreement import kappa
from interviewer.baseline import GateRules
from interviewer.regression import MARGINS, judged

RIGHT = (0.55, 0.8, 0.95)
"""Share of a grader's levels that are the human ones."""
PROMPTS = {
    "equal, 1 % flips": Prompt(0.01),
    "equal, 2 % flips": Prompt(),
    "equal, 5 % flips": Prompt(0.05),
    "5 % lost": Prompt(lost=0.05),
    "5 % lost, 5 % lenient": Prompt(lost=0.05, lenient=0.05),
    "5 % lost, 10 % lenient": Prompt(lost=0.05, lenient=0.10),
    "5 % lost, 20 % lenient": Prompt(lost=0.05, lenient=0.20),
}
ROW = "{:>24} {:>7} | {:>6} {:>11} {:>12} | {}"


def main() -> None:
    """Prints one line a prompt and grader."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{rounds} rounds each; margins {MARGINS}; last: share of rounds that each figure passed")
    print(ROW.format("prompt B against A", "kappa A", "fine", "regression", "cannot tell", ", ".join(MARGINS)))
    for name, prompt in PROMPTS.items():
        for right in RIGHT:
            chance, told, passed, agreed = np.random.default_rng(1), Counter[str](), Counter[str](), 0.0
            for _ in range(rounds):
                said = human(chance)
                levels = other(said, 1 - right, chance)
                a, b = (graded(said, levels, p, chance) for p in (Prompt(prompt.flips), prompt))
                found = judged(GateRules(MARGINS), a, b, sliced=())
                told[found.status] += 1
                passed.update(r.rule for r in found.rulings if r.status == "fine")
                agreed += kappa(said == 2, levels == 2, 2)
            shares = [f"{told[s] / rounds:.3f}" for s in ("fine", "regression", "cannot tell")]
            figures = ", ".join(f"{passed[m] / rounds:.3f}" for m in MARGINS)
            print(ROW.format(name, f"{agreed / rounds:.2f}", *shares, figures), flush=True)


if __name__ == "__main__":
    main()
