"""The passage index: what is found, and what happens when its files are stale, damaged, held or cannot be written."""

import json
import logging
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from interviewer import shelf, vectors
from interviewer.embeddings import StaticEmbeddings
from interviewer.errors import ModelUnavailable, PassageIndexError
from interviewer.index import DEPTH, Mode, PassageIndex, fused, open_index
from interviewer.item import Note
from interviewer.keywords import WordRanking

MODES: tuple[Mode, ...] = ("vectors", "words", "hybrid")
TEXTS = {
    "dropout": ("nets", "Dropout", "Units are zeroed at random in training and all of them are kept when predicting."),
    "momentum": ("nets", "Momentum", "Gradient descent with a running mean of past gradients moves faster in ravines."),
    "relu": ("nets", "ReLU", "The rectifier passes positive inputs and returns zero for negative ones."),
    "attention": ("nets", "Attention", "Queries are compared with keys; the softmax of the scores weighs the values."),
    "bayes": ("chance", "Bayes' rule", "The posterior is proportional to the prior times the likelihood."),
    "poisson": ("chance", "Poisson", "Counts of rare independent events in a fixed time, mean equal to variance."),
    "bootstrap": ("chance", "Bootstrap", "Resampling the data with replacement estimates the spread of a statistic."),
    "p-value": ("chance", "p-value", "The probability, were there no effect, of data at least as extreme as these."),
    "forest": ("trees", "Random forest", "Decision trees grown on bootstrap samples with random features, averaged."),
    "boosting": ("trees", "Boosting", "Trees are added one by one, each fitted to the residuals of those before it."),
    "auc": ("metrics", "ROC and AUC", "The chance that a random positive is ranked above a random negative."),
    "recall": ("metrics", "Recall", "The share of the positives that are found; 'recall' says nothing of precision."),
}
NOTES = {i: Note(i, topic, title, text, "a book") for i, (topic, title, text) in TEXTS.items()}
QUERIES = [
    ("dropout: are units zeroed when predicting?", "dropout"),
    ("prior and likelihood give the posterior", "bayes"),
    ('is "recall" the share of positives that\'s found?', "recall"),
    ("trees fitted to residuals one by one", "boosting"),
]
EMBEDDINGS = StaticEmbeddings()


class Counting(StaticEmbeddings):
    """Counts the texts that were embedded for building and for asking."""

    def __init__(self) -> None:
        super().__init__()
        self.built = 0
        self.asked = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.built += len(texts)
        return super().embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        self.asked += 1
        return [float(x) for x in self.vectors([text])[0]]


class Failing(StaticEmbeddings):
    """An endpoint that is down."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise ModelUnavailable("down; try again later")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Mode, PassageIndex]]:
    home = tmp_path_factory.mktemp("shared")
    indexes = {mode: open_index(NOTES, home, EMBEDDINGS, mode) for mode in MODES}
    yield indexes
    for index in indexes.values():
        index.close()


def ids(notes: list[Note]) -> list[str]:
    return [note.id for note in notes]


def current(home: Path) -> Path:
    return home / "index" / (home / "index" / "current").read_text()


@contextmanager
def opening(home: Path, notes: dict[str, Note] = NOTES, mode: Mode = "vectors") -> Iterator[PassageIndex]:
    index = open_index(notes, home, EMBEDDINGS, mode)
    yield index
    index.close()


def finds_everything(index: PassageIndex) -> bool:
    return [ids(index.search(query, 1)) for query, _ in QUERIES] == [[note_id] for _, note_id in QUERIES]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("query", "first"), QUERIES)
def test_the_note_that_answers_comes_first(
    opened: dict[Mode, PassageIndex], mode: Mode, query: str, first: str
) -> None:
    assert opened[mode].search(query, 3)[0] == NOTES[first]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("query", ["", "  \n", "?!", "\u200b", '"'])
def test_a_query_without_words_finds_nothing(opened: dict[Mode, PassageIndex], mode: Mode, query: str) -> None:
    assert opened[mode].search(query, 3) == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "query",
    ["\"posterior\" AND 'prior'", "posterior'; DROP TABLE notes; --", "posterior\x00prior", "posterior " * 5_000],
)
def test_quotes_and_operators_are_only_text(opened: dict[Mode, PassageIndex], mode: Mode, query: str) -> None:
    assert opened[mode].search(query, 1) == [NOTES["bayes"]]


@pytest.mark.parametrize("mode", MODES)
def test_as_many_as_asked_for_and_of_the_topic(opened: dict[Mode, PassageIndex], mode: Mode) -> None:
    index = opened[mode]
    query = "random trees on bootstrap samples, the mean of training data, positives and events"
    everything = ids(index.search(query, 100))
    assert len(everything) == len(set(everything)) > 4
    for k in range(5):
        assert ids(index.search(query, k)) == everything[:k]
    assert index.search(query, -1) == []
    assert ids(index.search(query, 100, "chance")) == ids(index.search(query, 9, "chance"))
    assert {note.topic for note in index.search(query, 100, "chance")} == {"chance"}
    assert index.search(query, 3, "no such topic") == []


def test_vectors_rank_as_cosine_over_all_notes_does(opened: dict[Mode, PassageIndex]) -> None:
    """The oracle: every note compared with the query, without an index."""
    order = sorted(NOTES)
    kept = EMBEDDINGS.vectors([vectors.document(NOTES[i]) for i in order]).astype(np.float64)
    for query in [note.text for note in NOTES.values()] + [query for query, _ in QUERIES]:
        near = kept @ np.asarray(EMBEDDINGS.embed_query(query))
        exact = sorted(order, key=lambda i: (-round(float(near[order.index(i)]), 6), i))
        assert ids(opened["vectors"].search(query, len(order))) == exact


def test_hybrid_is_the_fusion_of_the_two(opened: dict[Mode, PassageIndex]) -> None:
    for query, _ in QUERIES:
        both = [ids(opened[mode].search(query, DEPTH)) for mode in ("vectors", "words")]
        assert ids(opened["hybrid"].search(query, 12)) == fused(both)


def test_fusion_by_hand() -> None:
    # a: 1/61 + 1/63 = .03227; b: 1/62 + 1/61 = .03252; c: 1/63 + 1/62 = .03200; d: 1/64 = .01563, e as d
    assert fused([["a", "b", "c", "e"], ["b", "c", "a", "d"]]) == ["b", "a", "c", "d", "e"]
    assert fused([]) == fused([[], []]) == []


def test_words_are_compared_by_stem_and_only_shared_ones_count() -> None:
    ranking = WordRanking(NOTES)
    assert ranking.ranked("predictions, zeroing")[0] == "dropout"
    assert ranking.ranked("zygote") == ranking.ranked("the of and") == []
    assert WordRanking({"empty": Note("empty", "t", "the", "of", "")}).ranked("the of empty") == []


def test_equal_notes_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    twins = {i: replace(NOTES["bayes"], id=i) for i in ("c", "a", "b")}
    for mode in MODES:
        with opening(tmp_path, NOTES | twins, mode) as index:
            assert ids(index.search("prior times likelihood", 4)) == ["a", "b", "bayes", "c"]


def test_two_builds_and_two_openings_agree(tmp_path: Path) -> None:
    seen = set()
    for home in (tmp_path / "one", tmp_path / "two", tmp_path / "one"):
        with opening(home, mode="hybrid") as index:
            seen.add(tuple(tuple(ids(index.search(note.text, 5))) for note in NOTES.values()))
    assert len(seen) == 1


def test_a_second_opening_builds_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    counting = Counting()
    open_index(NOTES, tmp_path, counting, "vectors").close()
    assert counting.built == len(NOTES)
    manifest = current(tmp_path) / "manifest.json"
    before = manifest.stat().st_mtime_ns
    again = open_index(dict(reversed(NOTES.items())), tmp_path, counting, "vectors")
    assert finds_everything(again)
    again.close()
    assert counting.built == len(NOTES)
    assert manifest.stat().st_mtime_ns == before
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING and r.name.startswith("interviewer")]


def test_a_query_asked_again_is_not_embedded_again(tmp_path: Path) -> None:
    counting = Counting()
    index = open_index(NOTES, tmp_path, counting, "hybrid")
    assert index.search(QUERIES[0][0], 3) == index.search(QUERIES[0][0], 3)
    assert counting.asked == 1
    index.close()


def test_building_is_repeated_on_request(tmp_path: Path) -> None:
    counting = Counting()
    open_index(NOTES, tmp_path, counting, "vectors").close()
    before = current(tmp_path)
    open_index(NOTES, tmp_path, counting, "vectors", rebuild=True).close()
    assert counting.built == 2 * len(NOTES)
    assert current(tmp_path) != before
    assert not before.exists()


class OtherEmbeddings(StaticEmbeddings):
    @property
    def name(self) -> str:
        return "others"


CHANGED = replace(NOTES["bayes"], text="A theorem about sourdough bread.")


@pytest.mark.parametrize(
    ("notes", "embeddings", "query", "first", "reason"),
    [
        (NOTES | {"bayes": CHANGED}, EMBEDDINGS, "sourdough bread", "bayes", "notes"),
        (NOTES | {"new": replace(CHANGED, id="new")}, EMBEDDINGS, "sourdough bread", "new", "notes, count"),
        ({i: n for i, n in NOTES.items() if i != "bayes"}, EMBEDDINGS, "decision trees", "forest", "notes, count"),
        (NOTES | {"auc": replace(NOTES["auc"], topic="trees")}, EMBEDDINGS, "ranked above", "auc", "notes"),
        (NOTES, OtherEmbeddings(), "decision trees", "forest", "embeddings"),
    ],
)
def test_a_stale_index_is_built_again(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    notes: dict[str, Note],
    embeddings: StaticEmbeddings,
    query: str,
    first: str,
    reason: str,
) -> None:
    open_index(NOTES, tmp_path, EMBEDDINGS, "vectors").close()
    old = current(tmp_path)
    index = open_index(notes, tmp_path, embeddings, "vectors")
    assert ids(index.search(query, 99))[0] == first
    assert set(ids(index.search(query, 99))) == set(notes)
    index.close()
    assert not old.exists()
    assert [r.getMessage() for r in caplog.records if r.name == shelf.__name__] == [
        f"building the passage index: it was built with other {reason}"
    ]


def garbage(path: Path, keep: float = 0.0) -> None:
    size = path.stat().st_size
    kept = path.read_bytes()[: int(size * keep)]
    path.write_bytes(kept + np.random.default_rng(7).bytes(size - len(kept)))


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def other_text(path: Path) -> None:
    with sqlite3.connect(path) as database:
        column = "UPDATE embedding_metadata SET string_value = 'other' WHERE key = 'chroma:document'"
        assert database.execute(column).rowcount == len(NOTES)
    database.close()


def another_manifest(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"code": "0.0.0"}))


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("chroma.sqlite3", garbage),
        ("chroma.sqlite3", truncated),
        ("chroma.sqlite3", lambda path: garbage(path, 0.5)),
        ("chroma.sqlite3", Path.unlink),
        ("chroma.sqlite3", other_text),
        ("header.bin", lambda path: garbage(path, 0.5)),  # unnoticed, this one ends the process by a signal
        ("header.bin", Path.unlink),
        ("data_level0.bin", truncated),
        ("data_level0.bin", garbage),
        ("link_lists.bin", Path.unlink),
        ("length.bin", garbage),
        ("index_metadata.pickle", Path.unlink),
        ("manifest.json", garbage),
        ("manifest.json", Path.unlink),
        ("manifest.json", lambda path: path.write_text("[]")),
        ("manifest.json", another_manifest),
        ("current", Path.unlink),
        ("current", lambda path: path.write_text("../../etc")),
        ("current", lambda path: path.write_text("passages-000000000000")),
        ("passages-*", shutil.rmtree),
        ("passages-*/*-*", shutil.rmtree),
    ],
)
def test_a_damaged_index_is_built_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, file: str, damage: Damage
) -> None:
    open_index(NOTES, tmp_path, EMBEDDINGS, "vectors").close()
    old = current(tmp_path)
    damage(next((tmp_path / "index").rglob(file)))
    with opening(tmp_path) as index:
        assert finds_everything(index)
    assert current(tmp_path) != old
    assert [path.name for path in (tmp_path / "index").glob("passages-*")] == [current(tmp_path).name]
    said = [r.getMessage() for r in caplog.records if r.name == shelf.__name__]
    assert len(said) == 1
    assert said[0].startswith("building the passage index: ")
    assert "\n" not in said[0]


def test_searching_goes_on_when_the_folder_is_taken_away(tmp_path: Path) -> None:
    index = open_index(NOTES, tmp_path, EMBEDDINGS, "vectors")
    shutil.rmtree(current(tmp_path))
    found: list[bool] = []
    threads = [threading.Thread(target=lambda: found.append(finds_everything(index))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 8
    index.close()
    assert index.search(QUERIES[0][0], 1) == [NOTES["dropout"]]  # even closed, it opens what it needs
    index.close()


def test_two_banks_with_one_home_both_find_their_own(tmp_path: Path) -> None:
    ours = open_index(NOTES, tmp_path, EMBEDDINGS, "vectors")
    theirs = open_index({"bayes": CHANGED}, tmp_path, EMBEDDINGS, "vectors")
    for _ in range(2):
        assert finds_everything(ours)
        assert theirs.search(QUERIES[0][0], 5) == [CHANGED]
    ours.close()
    theirs.close()


def test_vectors_of_another_length_are_built_again(tmp_path: Path) -> None:
    """An endpoint that gives another model under the old name."""

    class Short(StaticEmbeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [v[:64] for v in super().embed_documents(texts)]

    open_index(NOTES, tmp_path, EMBEDDINGS, "vectors").close()
    index = open_index(NOTES, tmp_path, Short(), "vectors")
    assert index.search(QUERIES[1][0], 1) == [NOTES["bayes"]]
    index.close()


def test_a_failed_build_leaves_the_old_index(tmp_path: Path) -> None:
    open_index(NOTES, tmp_path, EMBEDDINGS, "vectors").close()
    old = current(tmp_path)
    with pytest.raises(ModelUnavailable, match="down"):
        open_index(NOTES | {"bayes": CHANGED}, tmp_path, Failing(), "vectors")
    assert current(tmp_path) == old
    assert list((tmp_path / "index").glob("passages-*")) == [old]
    with opening(tmp_path) as index:
        assert finds_everything(index)
    assert current(tmp_path) == old


WRITER = """
import sys, time
from pathlib import Path
from interviewer import index
from interviewer.embeddings import StaticEmbeddings
from interviewer.item import Note

class Stuck(StaticEmbeddings):
    def embed_documents(self, texts):
        print("writing", flush=True)
        time.sleep(60)

index.open_index({"a": Note("a", "t", "A", "text", "")}, Path(sys.argv[1]), Stuck(), "vectors")
"""


def test_a_second_writer_is_refused_readers_go_on_and_a_killed_writer_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "LOCK_WAIT_S", 0.1)
    open_index(NOTES, tmp_path, EMBEDDINGS, "vectors").close()
    old = current(tmp_path)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        with pytest.raises(PassageIndexError, match=r"another process is writing .*; try again when it is done"):
            open_index(NOTES | {"bayes": CHANGED}, tmp_path, EMBEDDINGS, "vectors")
        with opening(tmp_path) as index:
            assert finds_everything(index)
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    left = set((tmp_path / "index").glob("passages-*")) - {old}
    assert len(left) == 1, "the killed writer was in the middle of a folder"
    with opening(tmp_path) as index:
        assert finds_everything(index)
    assert current(tmp_path) == old
    with opening(tmp_path, NOTES | {"bayes": CHANGED}) as index:
        assert index.search("sourdough bread", 1) == [CHANGED]
    assert list((tmp_path / "index").glob("passages-*")) == [current(tmp_path)]


def test_who_waits_for_a_writer_takes_what_it_built(tmp_path: Path) -> None:
    counting = Counting()
    indexes: list[PassageIndex] = []
    threads = [
        threading.Thread(target=lambda: indexes.append(open_index(NOTES, tmp_path, counting, "vectors")))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [finds_everything(index) for index in indexes] == [True] * 3
    assert counting.built == len(NOTES)
    for index in indexes:
        index.close()


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))  # writes beyond fail as on a full disk
    try:
        with pytest.raises(PassageIndexError) as caught:
            open_index(NOTES, tmp_path, EMBEDDINGS, "vectors")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "cannot be written" in str(caught.value)
    assert "INTERVIEWER_HOME" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "index").glob("passages-*"))
    with opening(tmp_path) as index:
        assert finds_everything(index)


def test_a_home_that_is_no_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PassageIndexError, match=r"cannot be written in .*INTERVIEWER_HOME"):
        open_index(NOTES, tmp_path / "file", EMBEDDINGS, "hybrid")


def test_words_need_neither_disk_nor_vectors(tmp_path: Path) -> None:
    assert finds_everything(open_index(NOTES, tmp_path / "file", None, "words"))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(PassageIndexError, match="INTERVIEWER_RETRIEVAL=words"):
        open_index(NOTES, tmp_path, None, "hybrid")


@pytest.mark.parametrize("mode", MODES)
def test_a_bank_without_notes_finds_nothing(tmp_path: Path, mode: Mode) -> None:
    assert open_index({}, tmp_path, EMBEDDINGS, mode).search("anything", 3) == []


def test_one_note_and_more_than_one_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opening(tmp_path, {"bayes": NOTES["bayes"]}) as index:
        assert ids(index.search("anything", 3)) == ["bayes"]
    monkeypatch.setattr(vectors, "BATCH", 5)
    with opening(tmp_path) as index:
        assert set(ids(index.search("anything", 99))) == set(NOTES)


def test_a_batch_is_no_more_than_chroma_takes(tmp_path: Path) -> None:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(tmp_path), settings=Settings(anonymized_telemetry=False))
    assert client.get_max_batch_size() >= vectors.BATCH
    client.close()


def test_importing_loads_neither_chroma_nor_langchain() -> None:
    script = textwrap.dedent("""
        import sys
        import interviewer.index, interviewer.retrieval, interviewer.models.embeddings_endpoint
        print({"chromadb", "langchain_core", "openai", "bm25s", "wordllama"} & set(sys.modules))
    """)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"
