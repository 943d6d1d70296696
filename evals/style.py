"""How much of an answer's label its style gives away: length alone, and words blind to the question.

A grader trained on answers that can be told by their style would learn the style. Needs scikit-learn.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from interviewer.example import Example

LONGEST_AUC = 0.65
"""What the length of an answer may tell of whether a criterion of it is met."""


def aucs(examples: Sequence[Example]) -> tuple[float, float, int]:
    """AUC of length and of a bag of words for "this criterion is met", and how many criteria.

    The bag of words (one- and two-word terms, logistic) predicts from the answer alone whether it earns half its
    points, on questions that it has not seen; every criterion of an answer gets the answer's prediction.
    """
    texts, questions = [e.answer for e in examples], [e.item.id for e in examples]
    good = np.array([(e.score or 0.0) >= 0.5 for e in examples])
    words = TfidfVectorizer(min_df=5, ngram_range=(1, 2), sublinear_tf=True).fit_transform(texts)
    said = cross_val_predict(
        LogisticRegression(max_iter=2000), words, good, groups=questions, cv=GroupKFold(8), method="predict_proba"
    )[:, 1]
    rows = [(n, level == "met") for n, e in enumerate(examples) for level in e.labels.values()]
    at, met = np.array([n for n, _ in rows]), np.array([m for _, m in rows])
    length = np.array([len(text.split()) for text in texts])
    return float(roc_auc_score(met, length[at])), float(roc_auc_score(met, said[at])), len(rows)


def style(examples: Sequence[Example]) -> str:
    """The two figures in words."""
    length, words, count = aucs(examples)
    return (
        f"Style: of {count:,} labels, the answer's length alone tells met from not met with AUC {length:.3f} (kept "
        f"below {LONGEST_AUC}), a bag of words blind to the question with AUC {words:.3f} (`evals/style.py`)."
    )
