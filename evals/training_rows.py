"""The rows that the embedded grader learns from: one a criterion and answer of a golden split."""

import collections
import math
from dataclasses import dataclass, replace

import numpy as np

from interviewer import datasets, library
from interviewer.answer import canonical
from interviewer.embeddings import StaticEmbeddings
from interviewer.models.features import Lexicon, features, read, target
from interviewer.words import stems


@dataclass(frozen=True)
class Rows:
    """Features and labels, row by row."""

    full: np.ndarray
    """With accepted wordings and misconceptions, shape (rows, features)."""
    bare: np.ndarray
    """The same criteria as bare claims."""
    levels: np.ndarray
    questions: np.ndarray
    idf: dict[str, float]


def rows(split: str = "train") -> Rows:
    """The rows of a split; word weights come from the bank's passages and rubrics, not from answers."""
    root = library.home()
    bank = library.load(root)
    texts = [n.text for n in bank.notes.values()]
    texts += [" ".join((c.claim, c.met, *c.accepts)) for r in bank.rubrics.values() for c in r.criteria]
    counts = collections.Counter(s for text in texts for s in set(stems(text)))
    idf = {s: round(math.log(1 + len(texts) / n), 3) for s, n in sorted(counts.items())}
    lexicon = Lexicon(StaticEmbeddings().words_vectors, idf, max(idf.values()))
    found: list[tuple[np.ndarray, np.ndarray, str, str]] = []
    for e in datasets.load(f"golden:{split}", bank, root):
        reading = read(canonical(e.answer).text, lexicon)
        for c in e.rubric.criteria:
            both = (c, replace(c, accepts=(), misconceptions=()))
            full, bare = (features(target(v, e.item.text, lexicon), reading)[0] for v in both)
            found.append((full, bare, e.labels[c.id], e.item.id))
    full, bare, levels, questions = (np.array(column) for column in zip(*found, strict=True))
    return Rows(full, bare, levels, questions, idf)
