"""Text embeddings from any OpenAI-compatible endpoint, through langchain-openai.

One request for each 32 texts, never tried again here: the index keeps note vectors on disk and query vectors in memory,
so that a passing fault costs one repeated command, not one lost grade.
"""

import functools
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import FiniteFloat, TypeAdapter

from interviewer.errors import ModelError, ModelRefused, ModelTimeout, ModelUnavailable, ReplyInvalid, SettingsError
from interviewer.models.faults import Address, bare_url, by_status, is_too_long

if TYPE_CHECKING:
    import openai
    from langchain_openai import OpenAIEmbeddings

_OPENAI_URL = "https://api.openai.com/v1"
_BATCH = 32
"""Texts in one request: what the strictest of the common servers takes."""
_TIMEOUT_S = 60.0
_VECTORS = TypeAdapter(list[list[FiniteFloat]])


class EndpointEmbeddings:
    """LangChain's `Embeddings` interface, with our errors; see `interviewer.embeddings.TextEmbeddings`."""

    def __init__(self, address: Address, url: str, timeout_s: float) -> None:
        self._address = address
        self._url = url
        self._timeout_s = timeout_s

    def __repr__(self) -> str:
        return f"EndpointEmbeddings({self._address.model!r}, {self._address.endpoint!r})"

    @property
    def name(self) -> str:
        """Model and endpoint."""
        return f"{self._address.model} at {self._address.endpoint}"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, all of one length.

        Raises:
            ModelError: one of its kinds.
        """
        if not texts:
            return []
        import openai

        try:
            vectors = _VECTORS.validate_python(self._client.embed_documents(texts))
        except (openai.OpenAIError, ValueError, TypeError, KeyError, AttributeError) as error:  # replies of any shape
            fault = self._fault(error)
            # The original stays out of a traceback when it repeats the key.
            hidden = self._address.secret and self._address.secret in str(error)
            raise fault from (None if hidden else error)
        self._check(vectors, len(texts))
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a query.

        Raises:
            ModelError: one of its kinds.
        """
        return self.embed_documents([text])[0]

    @functools.cached_property
    def _client(self) -> "OpenAIEmbeddings":
        from langchain_openai import OpenAIEmbeddings
        from pydantic import SecretStr

        return OpenAIEmbeddings(
            model=self._address.model,
            base_url=self._url,
            api_key=SecretStr(self._address.secret or "none"),  # local servers take any, the SDK demands one
            check_embedding_ctx_length=False,  # else tokens are sent, which only OpenAI reads, after a download
            chunk_size=_BATCH,
            max_retries=0,
            timeout=self._timeout_s,
            model_kwargs={"encoding_format": "float"},  # the SDK's default, base64, is not known everywhere
        )

    def _check(self, vectors: list[list[float]], expected: int) -> None:
        lengths = {len(v) for v in vectors}
        if len(vectors) != expected or len(lengths) != 1 or 0 in lengths:
            raise ReplyInvalid(
                f"{self._address}: {expected} vectors of one length expected, {len(vectors)} of lengths "
                f"{sorted(lengths)} came; name an embeddings model with INTERVIEWER_EMBEDDINGS_MODEL"
            )

    def _fault(self, error: Exception) -> ModelError:
        import openai

        where = "check INTERVIEWER_EMBEDDINGS_MODEL and INTERVIEWER_EMBEDDINGS_BASE_URL"
        if isinstance(error, openai.APIStatusError):
            return self._refusal(error, where)
        if isinstance(error, openai.APITimeoutError) and "Connect" not in type(error.__cause__).__name__:
            return ModelTimeout(f"{self._address}: no vectors within {self._timeout_s:g} s; try again")
        if isinstance(error, openai.APIConnectionError):
            why = self._address.clean(str(error.__cause__ or error)) or type(error.__cause__).__name__
            return ModelUnavailable(f"{self._address}: cannot be reached ({why}); check that the server runs, {where}")
        why = self._address.clean(str(error)) or type(error).__name__
        return ReplyInvalid(f"{self._address}: the reply holds no vectors ({why}); {where}")

    def _refusal(self, error: "openai.APIStatusError", where: str) -> ModelError:
        if error.status_code == 404:
            said = self._address.clean(error.message)
            return ModelRefused(f"{self._address}: unknown model or address (HTTP 404: {said}); {where}")
        if error.status_code == 413 or (error.status_code == 400 and is_too_long(error.message)):
            said = self._address.clean(error.message)
            return ModelRefused(f"{self._address}: a note is longer than it reads ({said}); use another model")
        return by_status(error.status_code, error.message, self._address, error.response.headers)


def endpoint_embeddings(
    model: str, base_url: str = "", api_key: str = "", *, timeout_s: float = _TIMEOUT_S
) -> EndpointEmbeddings:
    """Embeddings of an OpenAI-compatible endpoint. Opens nothing; the first request does.

    Args:
        base_url: empty for api.openai.com, which alone demands a key.
        timeout_s: longest wait for one request.

    Raises:
        SettingsError: no model, no usable address, or no key where one is needed.
    """
    url = (base_url.strip() or _OPENAI_URL).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            f"not a web address: {bare_url(url)}; set INTERVIEWER_EMBEDDINGS_BASE_URL like http://127.0.0.1:11434/v1"
        )
    if not model.strip():
        raise SettingsError("no embeddings model named; set INTERVIEWER_EMBEDDINGS_MODEL")
    key = api_key.strip()
    if not key and url == _OPENAI_URL:
        raise SettingsError(
            "embeddings from api.openai.com demand a key; set OPENAI_API_KEY, or clear INTERVIEWER_EMBEDDINGS_MODEL "
            "to use the built-in ones"
        )
    return EndpointEmbeddings(Address(model.strip(), bare_url(url), key), url, timeout_s)
