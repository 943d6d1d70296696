"""Trains the embedded grader on the golden answers' train split: python evals/train_embedded.py [--out FILE]

Needs the development tools (scikit-learn). No chance in it: the same answers give the same weights.
"""

import argparse
import collections
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from interviewer import datasets, library
from interviewer.agreement import kappa
from interviewer.answer import canonical
from interviewer.embeddings import StaticEmbeddings
from interviewer.models.embedded import FOLDER
from interviewer.models.features import NAMES, Lexicon, features, read, target
from interviewer.rubric import POINTS
from interviewer.words import stems

BARE = ("claim-whole", "claim-whole-novel", "words-whole", "cosine-window", "negation-differs", "numbers")
root = library.home()
bank = library.load(root)
examples = datasets.load("golden:train", bank, root)
texts = [n.text for n in bank.notes.values()]
texts += [" ".join((c.claim, c.met, *c.accepts)) for r in bank.rubrics.values() for c in r.criteria]
counts = collections.Counter(s for text in texts for s in set(stems(text)))
idf = {s: round(math.log(1 + len(texts) / n), 3) for s, n in sorted(counts.items())}
lexicon = Lexicon(StaticEmbeddings().words_vectors, idf, max(idf.values()))

full, bare, labels, groups = [], [], [], []
for e in examples:
    reading = read(canonical(e.answer).text, lexicon)
    for c in e.rubric.criteria:
        full.append(features(target(c, e.item.text, lexicon), reading)[0])
        bare.append(features(target(replace(c, accepts=(), misconceptions=()), e.item.text, lexicon), reading)[0])
        labels.append(e.labels[c.id])
        groups.append(e.item.id)
y = np.array([POINTS[label] for label in labels])
mean, scale = np.mean(full + bare, axis=0), np.maximum(np.std(full + bare, axis=0), 1e-3)


def fit(z: np.ndarray, points: np.ndarray) -> LogisticRegression:
    """Soft labels: a partial level is half a met and half a missed row."""
    share = np.r_[points, 1 - points]
    truth = np.r_[np.ones(len(points)), np.zeros(len(points))]
    return LogisticRegression(C=0.3, max_iter=5000).fit(np.r_[z, z][share > 0], truth[share > 0], share[share > 0])


def head(rows: list[np.ndarray], used: tuple[str, ...]) -> dict[str, object]:
    """A head over some of the features, its limits chosen on held-out questions of the train split."""
    z, held, grid = (np.array(rows) - mean) / scale * np.isin(NAMES, used), np.zeros(len(y)), np.arange(0.2, 0.81, 0.02)
    for train, rest in GroupKFold(7).split(z, y, groups):
        held[rest] = fit(z[train], y[train]).predict_proba(z[rest])[:, 1]
    met = max(grid, key=lambda t: kappa(y == 1, held >= t, 2))
    level = {low: (held >= low).astype(int) + (held >= met) for low in grid[grid <= met]}
    partial = max(level, key=lambda low: kappa(np.round(2 * y).astype(int), level[low], 3, "quadratic"))
    print(f"{len(y)} labels, {len(set(groups))} questions: held-out kappa {kappa(y == 1, held >= met, 2):.3f}")
    return {**plain(fit(z, y)), "partial_from": round(float(partial), 2), "met_from": round(float(met), 2)}


def plain(model: LogisticRegression) -> dict[str, object]:
    """Coefficients and intercept as plain numbers."""
    return {"coefficients": model.coef_[0].round(5).tolist(), "intercept": round(float(model.intercept_[0]), 5)}


wrong = LogisticRegression(C=0.1, max_iter=5000).fit(
    (np.array(full) - mean) / scale, np.array(labels) == "contradicted"
)
weights = {"features": NAMES, "mean": mean.round(5).tolist(), "scale": scale.round(5).tolist()}
weights |= {"credit": head(full, NAMES), "bare": head(bare, BARE), "contradiction": plain(wrong)}
weights |= {"contradicted_from": 0.4, "idf": idf, "unknown": max(idf.values())}
parser = argparse.ArgumentParser()
parser.add_argument("--out", type=Path, default=FOLDER / "embedded.v1.json")
parser.parse_args().out.write_text(json.dumps(weights, separators=(",", ":")) + "\n")
