"""Trains the embedded grader on the golden answers' train split: python evals/train_embedded.py [--out FILE]

Needs the development tools (scikit-learn). Fixed seed-free procedure: the same answers give the same weights.
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

root = library.home()
bank = library.load(root)
examples = datasets.load("golden:train", bank, root)
texts = [n.text for n in bank.notes.values()]
texts += [" ".join((c.claim, c.met, *c.accepts)) for r in bank.rubrics.values() for c in r.criteria]
counts = collections.Counter(s for text in texts for s in set(stems(text)))
idf = {s: round(math.log(1 + len(texts) / n), 3) for s, n in sorted(counts.items())}
lexicon = Lexicon(StaticEmbeddings().words_vectors, idf, max(idf.values()))

rows, points, against, groups = [], [], [], []
for e in examples:
    reading = read(canonical(e.answer).text, lexicon)
    # Once as the bank has it, once as a bare claim: all that a foreign rubric or a reference answer gives.
    for c in (v for c in e.rubric.criteria for v in (c, replace(c, accepts=(), misconceptions=()))):
        rows.append(features(target(c, e.item.text, lexicon), reading)[0])
        points.append(POINTS[e.labels[c.id]])
        against.append(e.labels[c.id] == "contradicted")
        groups.append(e.item.id)
x, y, wrong = np.array(rows), np.array(points), np.array(against)
mean, scale = x.mean(0), np.maximum(x.std(0), 1e-3)
z = (x - mean) / scale


def fit(at: np.ndarray) -> LogisticRegression:
    """Soft labels: a partial level is half a met and half a missed row."""
    both, share = np.r_[z[at], z[at]], np.r_[y[at], 1 - y[at]]
    truth = np.r_[np.ones(len(at)), np.zeros(len(at))]
    return LogisticRegression(C=0.3, max_iter=5000).fit(both[share > 0], truth[share > 0], share[share > 0])


held = np.zeros(len(y))
for train, rest in GroupKFold(7).split(z, y, groups):
    held[rest] = fit(train).predict_proba(z[rest])[:, 1]
grid = np.arange(0.2, 0.81, 0.02)
met = max(grid, key=lambda t: kappa(y == 1, held >= t, 2))
level = [[(int(p >= low) + int(p >= met)) for p in held] for low in grid[grid <= met]]
partial = grid[int(np.argmax([kappa(np.round(2 * y).astype(int), m, 3, "quadratic") for m in level]))]
contradiction = LogisticRegression(C=0.1, max_iter=5000).fit(z, wrong)
weights = {"features": NAMES, "mean": mean.round(5).tolist(), "scale": scale.round(5).tolist()}
for name, head in (("credit", fit(np.arange(len(y)))), ("contradiction", contradiction)):
    weights[name] = {"coefficients": head.coef_[0].round(5).tolist(), "intercept": round(float(head.intercept_[0]), 5)}
weights["thresholds"] = {"partial": round(float(partial), 2), "met": round(float(met), 2), "contradicted": 0.4}
weights |= {"idf": idf, "unknown": max(idf.values())}
parser = argparse.ArgumentParser()
parser.add_argument("--out", type=Path, default=FOLDER / "embedded.v1.json")
parser.parse_args().out.write_text(json.dumps(weights, separators=(",", ":")) + "\n")
print(
    f"{len(y)} labels, {len(set(groups))} questions; grouped CV kappa {kappa(y == 1, held >= met, 2):.3f}",
    weights["thresholds"],
)
