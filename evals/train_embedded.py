"""Trains the embedded grader on the golden answers' train split: python evals/train_embedded.py [FILE]

Needs the development tools (scikit-learn). No chance in it: the same answers give the same weights.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from training_rows import rows

from interviewer.agreement import kappa
from interviewer.models.embedded import FOLDER
from interviewer.models.features import NAMES
from interviewer.rubric import POINTS

BARE = ("claim-whole", "claim-whole-novel", "words-whole", "cosine-window", "negation-differs", "numbers")
R = rows()
Y = np.array([POINTS[level] for level in R.levels])
MEAN = np.vstack([R.full, R.bare]).mean(axis=0)
SCALE = np.maximum(np.vstack([R.full, R.bare]).std(axis=0), 1e-3)


def fit(z: np.ndarray, points: np.ndarray) -> LogisticRegression:
    """Soft labels: a partial level is half a met and half a missed row."""
    share, truth = np.r_[points, 1 - points], np.r_[np.ones(len(points)), np.zeros(len(points))]
    return LogisticRegression(C=0.3, max_iter=5000).fit(np.r_[z, z][share > 0], truth[share > 0], share[share > 0])


def plain(model: LogisticRegression) -> dict[str, object]:
    """Coefficients and intercept as plain numbers."""
    return {"coefficients": model.coef_[0].round(5).tolist(), "intercept": round(float(model.intercept_[0]), 5)}


def head(x: np.ndarray, used: tuple[str, ...]) -> dict[str, object]:
    """A head over some of the features, its limits chosen on held-out questions of the split."""
    z, held, grid = (x - MEAN) / SCALE * np.isin(NAMES, used), np.zeros(len(Y)), np.arange(0.2, 0.81, 0.02)
    for train, rest in GroupKFold(7).split(z, Y, R.questions):
        held[rest] = fit(z[train], Y[train]).predict_proba(z[rest])[:, 1]
    met = max(grid, key=lambda t: kappa(Y == 1, held >= t, 2))
    level = {low: (held >= low).astype(int) + (held >= met) for low in grid[grid <= met]}
    partial = max(level, key=lambda low: kappa(np.round(2 * Y).astype(int), level[low], 3, "quadratic"))
    print(f"{len(Y)} labels, {len(set(R.questions))} questions: held-out kappa {kappa(Y == 1, held >= met, 2):.3f}")
    return {**plain(fit(z, Y)), "partial_from": round(float(partial), 2), "met_from": round(float(met), 2)}


wrong = LogisticRegression(C=0.1, max_iter=5000).fit((R.full - MEAN) / SCALE, R.levels == "contradicted")
weights = {"features": NAMES, "mean": MEAN.round(5).tolist(), "scale": SCALE.round(5).tolist()}
weights |= {"credit": head(R.full, NAMES), "bare": head(R.bare, BARE), "contradiction": plain(wrong)}
weights |= {"contradicted_from": 0.4, "idf": R.idf, "unknown": max(R.idf.values())}
out = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "embedded.v2.json"
out.write_text(json.dumps(weights, separators=(",", ":")) + "\n")
