"""Counts tokens with tiktoken, and fits reference notes into what a model can read. Never downloads anything.

tiktoken fetches its vocabularies from the network at first use; here they come from the files of the `bpe-openai`
package (the same bytes, held to by their hash), which is not imported.
"""

import base64
import functools
import gzip
import hashlib
import importlib.util
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interviewer.errors import InputError, SettingsError
from interviewer.item import Note

if TYPE_CHECKING:
    import tiktoken

_DEFAULT = "o200k_base"
_OTHERS_MARGIN = 1.25
"""Other makers' tokenizers need up to about that many times as many tokens for the same English text."""
_MESSAGE_TOKENS = 8
"""What a chat format, a heading or a separator adds to each text."""

# Source: tiktoken_ext/openai_public.py of tiktoken 0.14 (MIT): patterns and the vocabularies' sha256.
_WORD = r"[^\r\n\p{L}\p{N}]?"
_ENDING = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_VOCABULARIES = {
    "o200k_base": (
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        f"{_WORD}{_UPPER}*{_LOWER}+{_ENDING}|{_WORD}{_UPPER}+{_LOWER}*{_ENDING}"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ),
    "cl100k_base": (
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"
        r"|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    ),
}


def count(text: str, model: str = "") -> int:
    """Tokens of a text as plain text (nothing in it counts as a control token).

    Args:
        model: name as configured, a `provider:` or `provider/` before it ignored. Exact for OpenAI's models; for others
            the count of OpenAI's newest vocabulary, a fair guess for English.

    Raises:
        SettingsError: the vocabulary is missing from the installation or damaged.
    """
    name, _ = _vocabulary_of(model)
    return len(_encoding(name).encode_ordinary(text))


def fit_notes(fixed: Iterable[str], notes: Sequence[Note], budget_tokens: int, model: str = "") -> tuple[Note, ...]:
    """The notes that fit beside the texts that must be there, in the given order.

    A passage goes in whole or not at all; one that is too long is passed over and the next ones are still tried.

    Args:
        fixed: the texts of the prompt that are never shortened: instructions, question, rubric, answer.
        notes: best first.
        budget_tokens: room for the whole prompt; the reply's own tokens are already taken off.

    Raises:
        InputError: the fixed texts alone are too long.
        SettingsError: the vocabulary is missing from the installation or damaged.
    """
    fixed = list(fixed)
    most = sum(math.ceil(len(text.encode()) * _OTHERS_MARGIN) + _MESSAGE_TOKENS for text in fixed)
    if not notes and most <= budget_tokens:  # no token is shorter than a byte: nothing has to be counted
        return ()
    needed = sum(_cost(text, model) for text in fixed)
    left = budget_tokens - needed
    if left < 0:
        doing = "raise INTERVIEWER_CONTEXT_TOKENS to what the model can read, or shorten the answer"
        room = f"{max(0, budget_tokens):,} are there"
        raise InputError(f"question, rubric and answer need about {needed:,} tokens, {room}; {doing}")
    kept = []
    for note in notes:
        cost = _cost(f"{note.id}\n{note.title}\n{note.text}", model)
        if cost <= left:
            kept.append(note)
            left -= cost
    return tuple(kept)


def _cost(text: str, model: str) -> int:
    _, is_exact = _vocabulary_of(model)
    return math.ceil(count(text, model) * (1.0 if is_exact else _OTHERS_MARGIN)) + _MESSAGE_TOKENS


@functools.lru_cache(maxsize=64)
def _vocabulary_of(model: str) -> tuple[str, bool]:
    """Name of the vocabulary to count with, and whether it is the model's own."""
    import tiktoken

    bare = model.replace("/", ":").rpartition(":")[2]
    try:
        name = tiktoken.encoding_name_for_model(bare)
    except KeyError:
        return _DEFAULT, False
    return (name, True) if name in _VOCABULARIES else (_DEFAULT, False)


@functools.lru_cache(maxsize=2)
def _encoding(name: str) -> "tiktoken.Encoding":
    import tiktoken

    digest, pattern = _VOCABULARIES[name]
    raw = _vocabulary_file(name, digest)
    ranks = {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in raw.splitlines() if line)}
    return tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})


def _vocabulary_file(name: str, digest: str) -> bytes:
    package = importlib.util.find_spec("bpe_openai")
    doing = "install it again: pip install --force-reinstall bpe-openai"
    if package is None or package.origin is None:
        raise SettingsError(f"the package bpe-openai, which carries the token vocabulary, is missing; {doing}")
    path = Path(package.origin).parent / "data" / f"{name}.tiktoken.gz"
    try:
        raw = gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        raise SettingsError(
            f"the token vocabulary {path.name} of bpe-openai cannot be read: {error}; {doing}"
        ) from error
    if hashlib.sha256(raw).hexdigest() != digest:
        raise SettingsError(f"the token vocabulary {path.name} of bpe-openai has unexpected content; {doing}")
    return raw
