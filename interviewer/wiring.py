"""Settings to real objects: the only place that names concrete adapters. Builds each thing once, when it is needed.

Imports what a thing is made of when it is made, so that `interviewer bank` does not wait for numpy or a database.
"""

import dataclasses
import functools
import threading
from typing import TYPE_CHECKING, Any

from interviewer import library, packs
from interviewer.bank import Bank
from interviewer.errors import InputError
from interviewer.folders import Folders
from interviewer.item import Item, Note
from interviewer.recorded import Recorded
from interviewer.rubric import Rubric
from interviewer.settings import Settings

if TYPE_CHECKING:
    from interviewer.embeddings import StaticEmbeddings, TextEmbeddings
    from interviewer.grader import Grader
    from interviewer.index import Mode, PassageIndex
    from interviewer.interview import Interview
    from interviewer.models import ChatModel, Judge
    from interviewer.models.embedded import Embedded
    from interviewer.prompt import Prompt
    from interviewer.recordings import Recordings
    from interviewer.store import Store

DEFAULT_RETRIEVAL: "Mode" = "hybrid"
"""By `interviewer eval retrieval` words alone find a little more (recall@3 .83 against .80, MRR .96 both): question,
rubric and passages come from one pen. Hybrid also finds a passage in other words, as one's own notes are."""
PASSAGES = 3
"""Reference passages retrieved for a question."""


class Wiring:
    """Everything that one configuration needs, built once and shared; immutable from then on."""

    def __init__(self, settings: Settings, recorded: Recorded | None = None, at_once: int = 0) -> None:
        """
        Args:
            recorded: what is done with recorded replies; None: nothing.
            at_once: requests to the model at once at most; 0 for no limit.
        """
        self.settings = settings
        self._recorded, self._at_once = recorded, at_once
        self._found: dict[str, tuple[Note, ...]] = {}
        self._searching = threading.Lock()

    @property
    def given(self) -> dict[str, Any]:
        """What was read from files and found by the index so far, for a wiring elsewhere; nothing that is open."""
        return {name: self.__dict__[name] for name in ("bank", "prompt", "_found") if name in self.__dict__}

    def take(self, given: dict[str, Any]) -> None:
        """Takes what another wiring of the same settings has in `given`; it is not read or searched anew."""
        self.__dict__.update(given)

    @functools.cached_property
    def folders(self) -> Folders:
        """Where the bank is read from; raises LibraryError where the program's own is wanted and is not there."""
        return library.chosen(self.settings.bank)

    @functools.cached_property
    def bank(self) -> Bank:
        """The bank; the log says what of a pack is left out.

        Raises:
            LibraryError: it cannot be used.
        """
        bank = packs.load(self.folders)
        packs.tell(bank.left_out)
        return bank

    @functools.cached_property
    def words(self) -> "StaticEmbeddings":
        """Static word vectors: for the embedded grader, and for the index unless an endpoint is configured."""
        from interviewer.embeddings import StaticEmbeddings

        return StaticEmbeddings()

    @functools.cached_property
    def embedded(self) -> "Embedded":
        """The embedded grader: judge without a key, witness beside a model."""
        from interviewer.models import embedded

        return embedded.Embedded(self.words.words_vectors, embedded.load())

    @property
    def embeddings(self) -> "TextEmbeddings":
        """What turns texts into vectors for the index."""
        settings = self.settings
        if not settings.embeddings_model:
            return self.words
        from interviewer.models.embeddings_endpoint import endpoint_embeddings

        key = settings.api_key.get_secret_value()
        return endpoint_embeddings(settings.embeddings_model, settings.embeddings_base_url, key)

    @functools.cached_property
    def index(self) -> "PassageIndex":
        """The passage index, built first where it is absent, stale or damaged."""
        return self.index_of()

    def index_of(self, mode: "Mode | None" = None, rebuild: bool = False) -> "PassageIndex":
        """An index of a chosen mode, to compare with others or to build anew."""
        from interviewer.index import open_index

        chosen = self.settings.retrieval
        mode = mode or (DEFAULT_RETRIEVAL if chosen == "auto" else chosen)
        kept_in = self.folders.kept_in(self.settings.home)
        return open_index(self.bank.notes, kept_in, self.embeddings, mode, rebuild)

    @functools.cached_property
    def model(self) -> "ChatModel":
        """The configured language model, or the recorded replies of one.

        Raises:
            SettingsError: none is configured, or not usably.
            InputError: the recorded replies cannot be read.
        """
        from interviewer.models.chosen import batch_model, chat_model, recorded_model, sampling

        recorded = self._recorded
        if recorded and recorded.use == "replay":
            return recorded_model(self.settings, self.recordings, recorded.command)
        if recorded and recorded.use == "batch":
            return batch_model(self.settings, self.recordings)
        model: ChatModel = chat_model(self.settings, in_run=self._at_once > 0)
        if self._at_once:
            from interviewer.models.pace import Paced

            model = Paced(model, self._at_once)
        if recorded:
            from interviewer.models.offline import Recorder

            model = Recorder(model, self.recordings, sampling(self.settings), recorded.use == "new")
        return model

    @functools.cached_property
    def recordings(self) -> "Recordings":
        """The recorded replies of the file that was named.

        Raises:
            InputError: the file cannot be read; or none was named.
        """
        from interviewer.recordings import Recordings

        if self._recorded is None:
            raise InputError("no file of recorded replies is named; add --recordings")
        return Recordings(self._recorded.path)

    @functools.cached_property
    def prompt(self) -> "Prompt":
        """The grading prompt that the settings name."""
        from interviewer import promptfiles

        return promptfiles.load(self.settings.prompt)

    def judge(self, kind: str = "auto", in_run: bool = False) -> "Judge":
        """The judge of that kind; `auto` as the settings say.

        Args:
            kind: auto, embedded or llm.
            in_run: nobody waits, so trouble may take longer to pass.
        """
        if kind == "embedded" or (kind == "auto" and not self.settings.uses_model):
            return self.embedded
        from interviewer import tokens
        from interviewer.judges import ModelJudge
        from interviewer.models.retry import LIVE, ONCE, RUN

        s = self.settings
        room = s.context_tokens - s.max_tokens

        def fit_notes(fixed: str, notes: tuple[Note, ...]) -> tuple[Note, ...]:
            return tokens.fit_notes([fixed], notes, room, s.model)

        is_batch = self._recorded is not None and self._recorded.use == "batch"
        policy = ONCE if is_batch else RUN if in_run else dataclasses.replace(LIVE, deadline_s=s.deadline_s)
        return ModelJudge(self.model, self.prompt, fit_notes, lambda task: self.embedded.clauses(task), policy)

    def grader(self, kind: str = "auto", in_run: bool = False) -> "Grader":
        """The grader around that judge; see `judge` for what it takes."""
        from interviewer.grader import Grader

        judge = self.judge(kind, in_run)
        witness = None if judge.name == "embedded" else lambda task: self.embedded.probabilities(task)
        # Asked for by name: a set from elsewhere needs no bank, and to read one takes longer than a hundred gradings.
        return Grader(judge, lambda item: self.bank.rubric_of(item), self.passages, witness, lambda: self._common)

    @functools.cached_property
    def _common(self) -> frozenset[str]:
        from interviewer import evidence

        return evidence.common_stems(self.bank.rubrics.values())

    def parameters(self, kind: str) -> dict[str, object]:
        """How the judge of that kind is asked, for a run's record."""
        from interviewer.judges import ModelJudge

        judge = self.judge(kind)
        if not isinstance(judge, ModelJudge):
            return {"weights": judge.version}
        prompt = {"prompt": judge.prompt.label, "prompt_digest": judge.prompt.digest}
        return {**self.model.parameters, **prompt, "witness": self.embedded.version}

    def passages(self, item: Item, rubric: Rubric) -> tuple[Note, ...]:
        """The reference passages of a question of the bank, best first; none for a question from elsewhere.

        Blocks (milliseconds, seconds where the index must be built or an endpoint asked); from any thread.
        """
        from interviewer.query import query_for

        if item.rubric_id is None or self.bank.items.get(item.id) != item:
            return ()
        if item.id not in self._found:
            with self._searching:
                self._found[item.id] = tuple(self.index.search(query_for(item, rubric), PASSAGES))
        return self._found[item.id]

    @functools.cached_property
    def store(self) -> "Store":
        """The database.

        Raises:
            StoreError: it cannot be used.
        """
        from interviewer.store import Store

        return Store(self.settings.home / "interviews.db")

    def interview(self) -> "Interview":
        """Live interviews over the configured grader."""
        from interviewer.interview import Interview

        return Interview(self.bank, self.grader(), self.store)

    async def aclose(self) -> None:
        """Closes the connections of the event loop that is about to end; what is needed later opens again."""
        if "model" in self.__dict__ and (close := getattr(self.model, "aclose", None)):  # never built only to be closed
            await close()
        if "recordings" in self.__dict__ and self._recorded and self._recorded.use != "replay":
            self.recordings.close()
