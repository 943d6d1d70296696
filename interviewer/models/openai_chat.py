"""The main road to a language model: any OpenAI-compatible server, through the openai SDK.

One `complete` is one request. Trying again is `retry`'s job: the SDK's own retries are off, and a refusal of the way we
asked is learned (see `manner`) and raised as `FormNotTaken`.
"""

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from interviewer.errors import FormNotTaken, ModelError, ModelTimeout, ModelUnavailable, SettingsError
from interviewer.models import Ask, Reply
from interviewer.models.completion import Completion, checked, streamed, whole
from interviewer.models.faults import Address, bare_url, by_status
from interviewer.models.manner import Manner, bare_json
from interviewer.models.prices import chosen_price

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_S = 10.0
_LIMIT_NAMES = ("max_tokens", "max_completion_tokens")


class OpenAIChat:
    """A chat model behind an OpenAI-compatible endpoint."""

    def __init__(
        self,
        model: str,
        base_url: str = "",
        api_key: str = "",
        *,
        temperature: float | None = 0.0,
        max_tokens: int = 2000,
        deadline_s: float = 45.0,
        seed: int | None = None,
        price_in: float | None = None,
        price_out: float | None = None,
    ) -> None:
        """Opens nothing; the first request does.

        Args:
            base_url: empty for api.openai.com, which alone demands a key.
            temperature: None leaves the server's default.
            deadline_s: longest wait for one request.
            price_in: USD per million input tokens; takes the place of the price list together with `price_out`.

        Raises:
            SettingsError: no model, no usable address, no usable key, or one price without the other.
        """
        self.url = _usable_url(base_url)
        self.key = _usable_key(api_key, self.url)
        if not model.strip():
            raise SettingsError("no model named; set INTERVIEWER_MODEL")
        self.address = Address(model, bare_url(self.url), self.key)
        self._settings = {"temperature": temperature, "seed": seed}
        self._max_tokens = max_tokens
        self._deadline_s = deadline_s
        free = urlsplit(self.url).hostname in ("localhost", "127.0.0.1", "::1")  # this machine sends no bill
        self._price = chosen_price("" if free else model, price_in, price_out)
        self.manner = Manner()
        if self.url != OPENAI_URL:
            self._limits: tuple[str, ...] = _LIMIT_NAMES
        else:  # newer models there refuse the older name
            self._limits = _LIMIT_NAMES[::-1]
        self._client: openai.AsyncOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __repr__(self) -> str:
        return f"OpenAIChat({self.address.model!r}, {self.address.endpoint!r})"

    @property
    def name(self) -> str:
        """The model asked for."""
        return self.address.model

    @property
    def parameters(self) -> dict[str, Any]:
        """Endpoint, sampling parameters as they are sent now, and the form JSON replies are asked in."""
        sent = {k: v for k, v in self._settings.items() if v is not None and k not in self.manner.without}
        form = {"reply_form": self.manner.form}
        return {"endpoint": self.address.endpoint, **sent, "max_tokens": self._max_tokens, **form}

    async def complete(self, ask: Ask) -> Reply:
        """One request, one reply.

        Raises:
            FormNotTaken: the server refused a parameter; the next call leaves it out.
            ModelError: any other of its kinds.
        """
        await self.prepare()  # before the time runs: the first use may import a lot
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._deadline_s):
                completion = await self.completion(self.request(ask), ask)
        except TimeoutError as error:
            raise self._late() from error
        return self._reply(completion, ask, time.perf_counter() - started)

    async def prepare(self) -> None:
        """Makes the client ready."""
        self._connected()

    async def completion(self, request: dict[str, Any], ask: Ask) -> Completion:
        """What the server said.

        Raises:
            ModelError: one of its kinds.
        """
        import openai

        chat = self._connected().chat.completions
        try:
            if ask.on_text is None:
                return whole(await chat.create(**request), self.address)
            async with await chat.create(stream=True, **request) as stream:
                return await streamed(stream, ask.on_text, self.address)
        except openai.APIError as error:
            raise self._fault(error, request) from self.address.cause(error)
        except json.JSONDecodeError as error:
            raise ModelUnavailable(f"{self.address}: the reply is not JSON; try again") from error

    async def aclose(self) -> None:
        """Closes the connections; a later call opens new ones."""
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.close()

    def _connected(self) -> "openai.AsyncOpenAI":
        """The client of the running event loop; connections cannot be carried from one loop to another."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            import openai

            timeout = openai.Timeout(self._deadline_s, connect=min(CONNECT_S, self._deadline_s))
            key = self.key or "none"  # local servers take any, the SDK demands one
            # The SDK's own default client would close itself in whichever loop happens to run when it is collected.
            http = openai.DefaultAsyncHttpxClient(timeout=timeout)
            self._client = openai.AsyncOpenAI(
                api_key=key, base_url=self.url, max_retries=0, timeout=timeout, http_client=http
            )
            self._loop = loop
        return self._client

    def request(self, ask: Ask) -> dict[str, Any]:
        """The body of a request, in the form that the server has taken so far; no key is in it."""
        refused = self.manner.without
        limit = next((name for name in self._limits if name not in refused), None)
        request: dict[str, Any] = {"response_format": self.manner.response_format(ask), **self._settings}
        if limit:
            request[limit] = ask.max_tokens or self._max_tokens
        if ask.top_logprobs and not refused & {"logprobs", "top_logprobs"}:
            request |= {"logprobs": True, "top_logprobs": ask.top_logprobs}
        if ask.on_text:
            request["stream_options"] = {"include_usage": True}
        taken = {k: v for k, v in request.items() if v is not None and k not in refused}
        return {"model": self.name, "messages": self.manner.messages(ask), **taken}

    def _reply(self, completion: Completion, ask: Ask, seconds: float) -> Reply:
        limit = ask.max_tokens or self._max_tokens
        text = checked(completion.text, completion.finish, completion.refusal, self.address, limit)
        if ask.schema is not None:
            text = bare_json(text)
        return Reply(
            text=text,
            model=completion.model or self.name,
            usage=completion.usage,
            seconds=seconds,
            finish=completion.finish or "stop",
            first_token=completion.first_token,
            cost_usd=self._price.cost_usd(completion.usage) if self._price else None,
        )

    def _late(self) -> ModelTimeout:
        doing = "try again, or raise INTERVIEWER_DEADLINE_S"
        return ModelTimeout(f"{self.address}: no reply within {self._deadline_s:g} s; {doing}")

    def _fault(self, error: "openai.APIError", request: dict[str, Any]) -> ModelError:
        import openai

        if isinstance(error, openai.APIStatusError):
            body = error.body if isinstance(error.body, dict) else {}
            said = " ".join(str(part) for part in (error.message, body.get("param"), body.get("code")) if part)
            learned = self.manner.learn(error.status_code, said, request.keys() - {"model", "messages"})
            if learned:
                return FormNotTaken(f"{self.address}: {learned}; ask again")
            return by_status(error.status_code, said, self.address, error.response.headers)
        if isinstance(error, openai.APITimeoutError) and "Connect" not in type(error.__cause__).__name__:
            return self._late()
        if isinstance(error, openai.APIConnectionError):
            why = self.address.clean(str(error.__cause__ or error)) or type(error.__cause__).__name__
            doing = "check that the server runs and INTERVIEWER_BASE_URL"
            return ModelUnavailable(f"{self.address}: cannot be reached ({why}); {doing}")
        return ModelUnavailable(f"{self.address}: broke off ({self.address.clean(error.message)}); try again")


def _usable_url(base_url: str) -> str:
    url = (base_url.strip() or OPENAI_URL).rstrip("/")
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not match, a port that is no number
        sound = False
    if not sound:
        raise SettingsError("INTERVIEWER_BASE_URL is not a web address; set one like http://127.0.0.1:11434/v1")
    if url.endswith("/chat/completions"):
        raise SettingsError("INTERVIEWER_BASE_URL names one function; take /chat/completions off its end")
    return url


def _usable_key(api_key: str, url: str) -> str:
    key = api_key.strip()
    if not key and url == OPENAI_URL:
        doing = "set OPENAI_API_KEY, or INTERVIEWER_BASE_URL for a server of your own"
        raise SettingsError(f"api.openai.com demands a key; {doing}")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingsError("the key has blanks or letters no key has; copy it into OPENAI_API_KEY once more")
    return key
