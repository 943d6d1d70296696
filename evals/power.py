"""How often a comparison finds a planted loss of .05 kappa, and how often it finds one that is not there.

python evals/power.py [ROUNDS]: made-up graders (planted.py), compared by the same `compare` as real runs.
"""

import sys

import numpy as np
from planted import Plan, pair

from interviewer.comparison import compare
from interviewer.differences import Difference

MARGIN = 0.025
SIZES = {500: 25, 1000: 50, 2000: 100, 5000: 250}
"""Criteria in all -> questions, at four answers of five criteria to each."""
ROW = "{:>8} {:>10} {:>6} | {:>8} {:>8} {:>6} {:>18} {:>11}"
VERDICTS = ("improved", "worse", "same within margin", "cannot tell")


def compared(plan: Plan, rounds: int) -> list[Difference]:
    """The difference in kappa of so many pairs of made-up runs."""
    chance, found = np.random.default_rng(1), list[Difference]()
    for number in range(rounds):
        a, b = pair(plan, chance)
        margins, kappa = {"items.kappa": MARGIN}, ["items.kappa"]
        found += compare(a, b, margins, kappa, sliced=(), draws=500, swaps=999, seed=number).differences
    return found


def main() -> None:
    """Prints one line a size, loss and likeness."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print(f"{rounds} rounds each; margin {MARGIN}; 'alike': share of judgements that B takes over from A")
    print(ROW.format("criteria", "kappa A, B", "alike", "p <= .05", *VERDICTS))
    for size, questions in SIZES.items():
        for right_b in (0.8, 0.775):
            for alike in (0.0, 0.5, 0.8):
                found = compared(Plan(questions=questions, right_b=right_b, alike=alike), rounds)
                told = [sum(d.verdict == verdict for d in found) for verdict in VERDICTS]
                shares = [n / rounds for n in (sum(d.p <= 0.05 for d in found), *told)]
                kappas = f".60, .{round(200 * right_b - 100)}"
                print(ROW.format(size, kappas, alike, *(f"{share:.3f}" for share in shares)), flush=True)


if __name__ == "__main__":
    main()
