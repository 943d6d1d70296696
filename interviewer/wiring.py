"""Settings to real objects: the only place that names concrete adapters. Builds each thing once, when it is needed."""

import functools
from pathlib import Path

from interviewer import evidence, library
from interviewer.bank import Bank
from interviewer.embeddings import StaticEmbeddings, TextEmbeddings
from interviewer.grader import Grader
from interviewer.index import Mode, PassageIndex, open_index
from interviewer.interview import Interview
from interviewer.item import Item, Note
from interviewer.judges import ModelJudge
from interviewer.models import ChatModel, Judge
from interviewer.models import embedded as embedded_model
from interviewer.models.retry import LIVE, RUN, Policy
from interviewer.query import query_for
from interviewer.rubric import Rubric
from interviewer.settings import Settings
from interviewer.store import Store

DEFAULT_RETRIEVAL: Mode = "vectors"
"""Best mean of recall@1, recall@3 and MRR by `interviewer eval retrieval`; see evals/RESULTS.md."""
PASSAGES = 3
"""Reference passages retrieved for a question."""


class Wiring:
    """Everything that one configuration needs, built once and shared; immutable from then on."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @property
    def root(self) -> Path:
        """The bank's folder."""
        return self.settings.bank or library.home()

    @functools.cached_property
    def bank(self) -> Bank:
        """The bank.

        Raises:
            LibraryError: it cannot be used.
        """
        return library.load(self.root)

    @functools.cached_property
    def words(self) -> StaticEmbeddings:
        """Static word vectors: for the embedded grader, and for the index unless an endpoint is configured."""
        return StaticEmbeddings()

    @functools.cached_property
    def embedded(self) -> embedded_model.Embedded:
        """The embedded grader: judge without a key, witness beside a model."""
        return embedded_model.Embedded(self.words.words_vectors, embedded_model.load())

    @property
    def embeddings(self) -> TextEmbeddings:
        """What turns texts into vectors for the index."""
        settings = self.settings
        if not settings.embeddings_model:
            return self.words
        from interviewer.models.embeddings_endpoint import endpoint_embeddings

        key = settings.api_key.get_secret_value()
        return endpoint_embeddings(settings.embeddings_model, settings.embeddings_base_url, key)

    @functools.cached_property
    def index(self) -> PassageIndex:
        """The passage index, built first where it is absent, stale or damaged."""
        return self.index_of()

    def index_of(self, mode: Mode | None = None, rebuild: bool = False) -> PassageIndex:
        """An index of a chosen mode, to compare with others or to build anew."""
        chosen = self.settings.retrieval
        mode = mode or (DEFAULT_RETRIEVAL if chosen == "auto" else chosen)
        return open_index(self.bank.notes, self.settings.home, self.embeddings, mode, rebuild)

    @functools.cached_property
    def model(self) -> ChatModel:
        """The configured language model.

        Raises:
            SettingsError: none is configured, or not usably.
        """
        from interviewer.models.chosen import chat_model

        return chat_model(self.settings)

    def judge(self, kind: str = "auto", policy: Policy = LIVE) -> Judge:
        """The judge of that kind; `auto` as the settings say.

        Args:
            kind: auto, embedded or llm.
        """
        if kind == "embedded" or (kind == "auto" and not self.settings.uses_model):
            return self.embedded
        from interviewer import promptfiles, tokens

        s = self.settings
        room = s.context_tokens - s.max_tokens

        def fit_notes(fixed: str, notes: tuple[Note, ...]) -> tuple[Note, ...]:
            return tokens.fit_notes([fixed], notes, room, s.model)

        return ModelJudge(self.model, promptfiles.load(s.prompt), fit_notes, policy)

    def grader(self, kind: str = "auto", in_run: bool = False) -> Grader:
        """The grader around that judge.

        Args:
            in_run: nobody waits, so trouble may take longer to pass.
        """
        judge = self.judge(kind, RUN if in_run else LIVE)
        witness = None if judge is self.embedded else self.embedded.probabilities
        common = evidence.common_stems(self.bank.rubrics.values()) if witness else frozenset[str]()
        return Grader(judge, self.bank.rubric_of, self.passages, witness, common)

    def parameters(self, kind: str) -> dict[str, object]:
        """How the judge of that kind is asked, for a run's record."""
        judge = self.judge(kind)
        if not isinstance(judge, ModelJudge):
            return {"weights": judge.version}
        prompt = {"prompt": judge.prompt.label, "prompt_digest": judge.prompt.digest}
        return {**self.model.parameters, **prompt, "witness": self.embedded.version}

    @functools.cached_property
    def _found(self) -> dict[str, tuple[Note, ...]]:
        return {}

    def passages(self, item: Item, rubric: Rubric) -> tuple[Note, ...]:
        """The reference passages of a question of the bank, best first; none for a question from elsewhere."""
        if self.bank.items.get(item.id) is not item:
            return ()
        if item.id not in self._found:
            self._found[item.id] = tuple(self.index.search(query_for(item, rubric), PASSAGES))
        return self._found[item.id]

    @functools.cached_property
    def store(self) -> Store:
        """The database.

        Raises:
            StoreError: it cannot be used.
        """
        return Store(self.settings.home / "interviews.db")

    def interview(self) -> Interview:
        """Live interviews over the configured grader."""
        return Interview(self.bank, self.grader(), self.store)
