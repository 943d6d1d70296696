"""Where built vector folders stand: which one counts, who may write, and how a new one takes the old one's place.

home/index/
├── current            name of the folder that counts
├── lock               held while writing; the system frees it when its holder dies
└── passages-<hex>/    a VectorFolder; a new name for each build, since Chroma keeps state by path within a process

A cache: everything here can be deleted and is built again.
"""

import contextlib
import logging
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from interviewer.embeddings import TextEmbeddings
from interviewer.errors import InterviewerError, PassageIndexError
from interviewer.item import Note
from interviewer.vectors import Unusable, VectorFolder, import_chroma

LOCK_WAIT_S = 5.0
"""How long a second writer waits for the first: longer than the built-in vectors take, then it is refused."""
_LOOK_AGAIN_S = 0.2
_QUERIES_KEPT = 1_024
_FOLDER = re.compile(r"passages-[0-9a-f]{12}")
_log = logging.getLogger(__name__)


class VectorShelf:
    """The notes of one bank by vector. Opens the built folder, or builds it where it is absent, stale or damaged.

    Searching goes on while another process builds: where the folder is taken away or breaks under a search, the
    current one is opened, or a new one built.
    """

    def __init__(
        self, home: Path, notes: Mapping[str, Note], embeddings: TextEmbeddings, rebuild: bool = False
    ) -> None:
        """Raises:
        PassageIndexError: another writer holds the index, or it cannot be written.
        ModelError: it must be built and the embeddings endpoint gives no vectors.
        """
        self._home = home
        self._notes = dict(notes)
        self._embeddings = embeddings
        self._repairing = threading.Lock()
        self._vector_of = lru_cache(maxsize=_QUERIES_KEPT)(embeddings.embed_query)
        self._folder = self._open_or_build(rebuild)

    def nearest(self, query: str, limit: int, topic: str | None = None) -> list[str]:
        """Ids of the notes nearest to a query, nearest first, ties by id; none for a query without tokens.

        A query asked again costs no call to an embeddings endpoint.

        Raises:
            PassageIndexError: the index broke and could not be built again.
            ModelError: the embeddings endpoint gave no vector.
        """
        vector = self._vector_of(query)
        if not any(vector):
            return []
        broken = self._folder
        for rebuild in (False, True):
            try:
                return broken.nearest(vector, limit, topic)
            except Unusable as reason:
                _log.warning("passage index: %s; opening it again", reason)
                broken = self._repaired(broken, rebuild)
        try:
            return broken.nearest(vector, limit, topic)
        except Unusable as error:
            raise PassageIndexError(f"the passage index cannot be searched ({error}); {self._remedy()}") from error

    def close(self) -> None:
        """Lets go of the files."""
        self._folder.close()

    def _repaired(self, broken: VectorFolder, rebuild: bool) -> VectorFolder:
        with self._repairing:
            if self._folder is broken:  # else another thread was here first
                self._folder = self._open_or_build(rebuild)
                broken.close()
            return self._folder

    def _open_or_build(self, rebuild: bool) -> VectorFolder:
        if not rebuild:
            with contextlib.suppress(Unusable):
                return self._current()
        import_chroma()
        ends = time.monotonic() + LOCK_WAIT_S
        while True:
            with self._writing(_LOOK_AGAIN_S) as held:
                why = "as asked"
                if not rebuild:
                    try:
                        return self._current()  # the writer we waited for may have built the very same
                    except Unusable as reason:
                        why = str(reason)
                if held:
                    first = not any(path.name != "lock" for path in self._home.iterdir())
                    _log.log(logging.INFO if first else logging.WARNING, "building the passage index: %s", why)
                    return self._build()
            if time.monotonic() >= ends:
                raise PassageIndexError(
                    f"another process is writing the passage index in {self._home}; try again when it is done"
                )

    def _current(self) -> VectorFolder:
        try:
            name = (self._home / "current").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Unusable(f"none is marked as current ({error})") from error
        if not _FOLDER.fullmatch(name):
            raise Unusable("the mark of the current one is damaged")
        return VectorFolder(self._home / name, self._notes, self._embeddings)

    def _build(self) -> VectorFolder:
        """Builds beside, checks, switches, then clears everything else away."""
        path = self._home / f"passages-{secrets.token_hex(6)}"
        folder = None
        try:
            VectorFolder.write(path, self._notes, self._embeddings)
            folder = VectorFolder(path, self._notes, self._embeddings)
            mark = self._home / "current.new"
            mark.write_text(path.name, encoding="utf-8")
            mark.replace(self._home / "current")
        except BaseException:
            if folder is not None:
                folder.close()
            shutil.rmtree(path, ignore_errors=True)
            raise
        for other in self._home.glob("passages-*"):
            if other != path:
                shutil.rmtree(other, ignore_errors=True)
        return folder

    @contextlib.contextmanager
    def _writing(self, wait_s: float) -> Iterator[bool]:
        """Yields whether the writer's lock could be had; says in one line why nothing could be written."""
        from filelock import FileLock, Timeout

        try:
            self._home.mkdir(parents=True, exist_ok=True)
            lock = FileLock(str(self._home / "lock"))
            try:
                lock.acquire(timeout=wait_s)
            except Timeout:
                yield False
                return
            try:
                yield True
            finally:
                lock.release()
        except InterviewerError:
            raise
        except (OSError, Unusable) as error:
            raise PassageIndexError(
                f"the passage index cannot be written in {self._home} ({error}); {self._remedy()}"
            ) from error

    def _remedy(self) -> str:
        return "free some space there or make it writable, or name another folder with INTERVIEWER_HOME"
