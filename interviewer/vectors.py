"""One folder with the vectors of all notes, kept by Chroma inside this process: written once, checked when opened,
never changed.

Does not decide where folders are or which of them counts; `shelf` does.
"""

import hashlib
import importlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from interviewer import __version__
from interviewer.embeddings import TextEmbeddings
from interviewer.errors import InterviewerError
from interviewer.item import Note

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

BATCH = 5_000
"""Notes written in one call; Chroma takes at most 5,461 and langchain-chroma does not split."""
_LAYOUT = 1
"""Bumped when the way notes are written changes."""
_COLLECTION = "notes"
_MANIFEST = "manifest.json"
_DATABASE = "chroma.sqlite3"
_PROBES = 3
_HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 512, "num_threads": 1, "batch_size": 1}
"""Wide enough a search to be exact at the size of a bank; one thread, so that two builds of the same notes agree."""


class Unusable(Exception):
    """The folder does not hold what is asked for; the way out is to build another."""


def document(note: Note) -> str:
    """The text that stands for a note."""
    return f"{note.title}\n{note.text}"


class VectorFolder:
    """An opened folder; only reads."""

    def __init__(self, path: Path, notes: Mapping[str, Note], embeddings: TextEmbeddings) -> None:
        """Opens what `write` wrote, after checking it.

        Raises:
            Unusable: absent, damaged, or made of other notes, other embeddings or another version.
        """
        _check_manifest(path, notes, embeddings)
        self._count = len(notes)
        self._close, self._store = _opened(path, embeddings, create=False)
        try:
            self._check_content(notes)
        except BaseException:
            self.close()
            raise

    @staticmethod
    def write(path: Path, notes: Mapping[str, Note], embeddings: TextEmbeddings) -> None:
        """Writes a folder that `VectorFolder(path, notes, embeddings)` can open.

        Raises:
            Unusable: Chroma refused.
            OSError: no space, no permission.
            ModelError: the embeddings endpoint gave no vectors.
        """
        path.mkdir(parents=True)
        close, store = _opened(path, embeddings, create=True)
        ordered = [notes[note_id] for note_id in sorted(notes)]
        try:
            for start in range(0, len(ordered), BATCH):
                batch = ordered[start : start + BATCH]
                with _chroma_errors():
                    store.add_texts(
                        [document(n) for n in batch], [{"topic": n.topic} for n in batch], [n.id for n in batch]
                    )
        finally:
            close()
        manifest = {**_fingerprint(notes, embeddings), "files": _digests(path)}
        (path / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")

    def nearest(self, vector: list[float], limit: int, topic: str | None = None) -> list[str]:
        """Ids of the notes nearest to a vector, nearest first, ties by id.

        Raises:
            Unusable: the folder was taken away or damaged since it was opened.
        """
        where = {"topic": topic} if topic is not None else None
        with _chroma_errors():
            found = self._store.similarity_search_by_vector_with_relevance_scores(
                vector, k=min(limit, self._count), filter=where
            )
        # Cosine distances of equal texts differ in the seventh digit.
        return [note_id for _, note_id in sorted((round(distance, 6), str(d.id)) for d, distance in found)]

    def close(self) -> None:
        """Lets go of Chroma's files; the folder cannot be searched afterwards."""
        self._close()

    def _check_content(self, notes: Mapping[str, Note]) -> None:
        with _chroma_errors():
            kept: Any = self._store.get(include=["documents", "metadatas", "embeddings"])
        topics = [(m or {}).get("topic") for m in kept["metadatas"]]
        found = set(zip(kept["ids"], topics, kept["documents"], strict=True))
        if found != {(n.id, n.topic, document(n)) for n in notes.values()}:
            raise Unusable("its notes are not the ones that were written")
        step = max(1, len(kept["ids"]) // _PROBES)
        for note_id, vector in list(zip(kept["ids"], kept["embeddings"], strict=True))[::step]:
            own = document(notes[note_id])
            nearest = self.nearest([float(x) for x in vector], _PROBES)
            if not any(document(notes[n]) == own for n in nearest):
                raise Unusable(f"it does not find the note {note_id} by its own vector")


def import_chroma() -> None:
    """Takes the seconds of importing it now; for before a lock is held."""
    importlib.import_module("langchain_chroma")


def _opened(path: Path, embeddings: TextEmbeddings, create: bool) -> tuple[Any, "Chroma"]:
    """The close function of the client, and the store."""
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    with _chroma_errors():
        # The declared type knows no close(); the object has it.
        client: Any = chromadb.PersistentClient(path=str(path), settings=Settings(anonymized_telemetry=False))
        try:
            store = Chroma(
                client=client,
                collection_name=_COLLECTION,
                embedding_function=cast("Embeddings", embeddings),
                # sync_threshold 1: what was written is on the disk, whole, before its digest is taken
                collection_configuration=cast("Any", {"hnsw": {**_HNSW, "sync_threshold": 1}}) if create else None,
                create_collection_if_not_exists=create,
            )
        except BaseException:
            client.close()
            raise
    return client.close, store


@contextmanager
def _chroma_errors() -> Iterator[None]:
    """Whatever Chroma raises as Unusable: its kinds for one cause vary, and a panic of its core is no Exception."""
    try:
        yield
    except (InterviewerError, Unusable):
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            reason = str(error).splitlines()
            raise Unusable(reason[0] if reason else type(error).__name__) from error
        raise


def _fingerprint(notes: Mapping[str, Note], embeddings: TextEmbeddings) -> dict[str, Any]:
    listed = [(n.id, n.topic, document(n)) for _, n in sorted(notes.items())]
    return {
        "notes": hashlib.sha256(json.dumps(listed).encode()).hexdigest(),
        "count": len(listed),
        "embeddings": embeddings.name,
        "layout": _LAYOUT,
        "code": __version__,
        "chroma": metadata.version("chromadb"),
    }


def _check_manifest(path: Path, notes: Mapping[str, Note], embeddings: TextEmbeddings) -> None:
    try:
        manifest = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
        files = manifest.pop("files")
        digests = _digests(path)
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise Unusable(f"its manifest or a file of it cannot be read ({error})") from error
    wanted = _fingerprint(notes, embeddings)
    changed = [name for name in wanted if manifest.get(name) != wanted[name]]
    if changed:
        raise Unusable(f"it was built with other {', '.join(changed)}")
    # Before Chroma reads them: a damaged header ends the process with a segmentation fault, not with an error.
    if files != digests:
        raise Unusable("a file of it is damaged")


def _digests(path: Path) -> dict[str, str]:
    """sha256 of every file but the database, which Chroma writes a lock row into whenever it opens it."""
    files = [f for f in sorted(path.rglob("*")) if f.is_file() and f.name != _MANIFEST and f.parent != path]
    return {f.relative_to(path).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
