"""Vectors of texts and of single words from static token embeddings that come with the wordllama wheel: no network,
no key, the same numbers every time.

Knows nothing of notes or of the index. Called by `wiring`, the passage index and the embedded grader.
"""

import functools
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from interviewer.errors import PassageIndexError

if TYPE_CHECKING:
    from wordllama import WordLlamaInference

Vectors = NDArray[np.float32]
_WEIGHTS = "l2_supercat"
_WORDS_KEPT = 32_768


class TextEmbeddings(Protocol):
    """LangChain's `Embeddings` interface and a name; met without inheriting, since importing that class costs 0.4 s."""

    @property
    def name(self) -> str:
        """What made the vectors; vectors of different names are never compared."""
        ...

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text."""
        ...

    def embed_query(self, text: str) -> list[float]:
        """The vector of a query."""
        ...


class Tokens(NamedTuple):
    """The tokens of a text and their static vectors, in order."""

    texts: list[str]
    vectors: Vectors
    """Shape (tokens, 256), not normalised: length carries how much a token says."""


class StaticEmbeddings:
    """Mean of static token vectors, normalised. The weights are loaded at first use (0.4 s) and shared."""

    dimensions = 256

    def __init__(self) -> None:
        self._word = functools.lru_cache(maxsize=_WORDS_KEPT)(self._unit)

    @property
    def name(self) -> str:
        """Library, version and weights."""
        return f"wordllama-{metadata.version('wordllama')}/{_WEIGHTS}-{self.dimensions}"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector a text; zeros for a text without tokens."""
        return [[float(x) for x in row] for row in self.vectors(texts)]

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a query; zeros for a text without tokens."""
        return self.embed_documents([text])[0]

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """One row a text, shape (texts, 256): unit length, or zeros for a text without tokens."""
        return self._rows([self._unit(text) for text in texts])

    def words_vectors(self, words: Sequence[str]) -> Vectors:
        """One row a word, shape (words, 256), as `vectors` gives it; words seen before cost a look-up."""
        return self._rows([self._word(word) for word in words])

    def tokens(self, text: str) -> Tokens:
        """The tokens of a text with their raw vectors, for aligning texts piece by piece."""
        model = _model()
        encoding = model.tokenizer.encode(text, add_special_tokens=False)
        return Tokens(list(encoding.tokens), np.asarray(model.embedding[encoding.ids], dtype=np.float32))

    def _unit(self, text: str) -> Vectors:
        raw = self.tokens(text).vectors
        if not len(raw):  # wordllama itself divides by zero here
            return np.zeros(self.dimensions, dtype=np.float32)
        mean = raw.mean(axis=0, dtype=np.float64)
        length = float(np.linalg.norm(mean))
        unit: Vectors = (mean / length if length else mean).astype(np.float32)
        return unit

    def _rows(self, rows: list[Vectors]) -> Vectors:
        return np.stack(rows) if rows else np.zeros((0, self.dimensions), dtype=np.float32)


@functools.cache
def _model() -> "WordLlamaInference":
    with _logging_untouched():
        import wordllama

    weights = Path(wordllama.__file__).parent
    try:
        # Without a cache_dir it looks in a folder that the wheel does not have, and then asks the network.
        model = wordllama.WordLlama.load(
            _WEIGHTS, cache_dir=weights, dim=StaticEmbeddings.dimensions, disable_download=True
        )
    except FileNotFoundError as error:
        raise PassageIndexError(
            f"the built-in word vectors are missing ({error}); install the program again, or choose words retrieval "
            "with INTERVIEWER_RETRIEVAL=words"
        ) from error
    model.tokenizer.no_padding()  # texts are encoded one by one: no row is as long as the longest of its batch
    return model


@contextmanager
def _logging_untouched() -> Iterator[None]:
    """Takes back what importing wordllama does to the root logger (`logging.basicConfig(level=INFO)`)."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    try:
        yield
    finally:
        for handler in root.handlers[:]:
            if handler not in handlers:
                root.removeHandler(handler)
        root.setLevel(level)
