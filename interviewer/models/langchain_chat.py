"""Every other provider: `provider:model` through LangChain, with the provider's own package and key variable.

JSON is asked for with `response_format` where the integration speaks OpenAI's dialect, in words elsewhere, and checked
by the caller: LangChain's own parsing lets fences, thoughts and cut-off replies through or raises what only it knows.
One `complete` is one request; trying again is `retry`'s job.
"""

import asyncio
import time
from typing import TYPE_CHECKING, Any

from interviewer.errors import FormNotTaken, ModelError, ModelRefused, ModelTimeout, ModelUnavailable, SettingsError
from interviewer.models import Ask, Reply, TokenChance, Usage
from interviewer.models.completion import checked
from interviewer.models.faults import Address, bare_url, by_status
from interviewer.models.langchain_build import Built, build
from interviewer.models.manner import Manner, bare_json
from interviewer.models.prices import Price, chosen_price

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

OPENAI_LIKE = frozenset("openai azure_openai deepseek fireworks groq mistralai openrouter together xai".split())
"""Providers whose integration passes `response_format` and `logprobs` on."""
_STATUS = {
    "ModelAuthenticationError": 401,
    "ModelPermissionDeniedError": 403,
    "ModelInvalidRequestError": 400,
    "ContextOverflowError": 413,
    "ModelNotFoundError": 404,
    "ModelRateLimitError": 429,
    "ModelAPIError": 500,
}
"""LangChain's own classes of failure, for providers whose errors carry no HTTP status."""


class LangchainChat:
    """A chat model of any provider that LangChain has a package for."""

    def __init__(
        self,
        model: str,
        base_url: str = "",
        api_key: str = "",
        *,
        temperature: float | None = 0.0,
        max_tokens: int = 2000,
        deadline_s: float = 45.0,
        price_in: float | None = None,
        price_out: float | None = None,
        built: "BaseChatModel | None" = None,
    ) -> None:
        """Imports and opens nothing; the first request does.

        Args:
            model: `provider:model`, as `langchain.chat_models.init_chat_model` reads it.
            base_url: empty for the provider's own.
            api_key: empty for the provider's own environment variable (ANTHROPIC_API_KEY, ...).
            built: a chat model to use in place of building one.

        Raises:
            SettingsError: not of the form `provider:model`, or one price without the other.
        """
        self._provider, _, model_name = model.partition(":")
        if not (self._provider and model_name):
            raise SettingsError(f"provider:model expected, not '{model}'; set INTERVIEWER_MODEL like anthropic:NAME")
        self._name = model
        endpoint = bare_url(base_url) if base_url else f"langchain/{self._provider}"
        variable = f"{self._provider.upper()}_API_KEY (or what its LangChain package names)"
        self._address = Address(model_name, endpoint, api_key, variable)
        self._access: dict[str, Any] = {k: v for k, v in {"base_url": base_url, "api_key": api_key}.items() if v}
        self._wishes = {"temperature": temperature, "max_tokens": max_tokens, "timeout": deadline_s}
        self._max_tokens = max_tokens
        self._deadline_s = deadline_s
        self._price: Price | None = chosen_price(model_name, price_in, price_out)
        self._manner = Manner("json_schema" if self._provider in OPENAI_LIKE else "text")
        self._is_fixed = built is not None
        self._built = Built(built) if built is not None else None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __repr__(self) -> str:
        return f"LangchainChat({self._name!r}, {self._address.endpoint!r})"

    @property
    def name(self) -> str:
        """The model asked for, its provider before it."""
        return self._name

    @property
    def parameters(self) -> dict[str, Any]:
        """Endpoint, sampling parameters, and the form JSON replies are asked in."""
        sent = {k: v for k, v in self._wishes.items() if v is not None and k != "timeout"}
        return {"endpoint": self._address.endpoint, **sent, "reply_form": self._manner.form}

    async def complete(self, ask: Ask) -> Reply:
        """One request, one reply. The first one imports LangChain and the provider's package.

        Raises:
            FormNotTaken: the server refused a parameter; the next call leaves it out.
            ModelError: any other of its kinds.
        """
        built = await self._ready()
        options = self._options(ask)
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._deadline_s):
                message = await _said(built, self._manner.messages(ask), options, ask)
        except TimeoutError as error:
            raise self._late() from error
        except Exception as error:  # noqa: BLE001  # every provider raises its own; each must become one of ours
            raise self._fault(error, options) from self._address.cause(error)
        return self._reply(message, ask, time.perf_counter() - started)

    async def aclose(self) -> None:
        """Closes the connections that are ours to close; a later call opens new ones."""
        built = self._built
        if built is not None and not self._is_fixed:
            self._built = None
            if built.connections is not None and self._loop is asyncio.get_running_loop():
                await built.connections.aclose()

    async def _ready(self) -> Built:
        """The chat model of the running event loop; connections cannot be carried from one loop to another."""
        loop = asyncio.get_running_loop()
        if self._built is None or (self._loop is not loop and not self._is_fixed):
            # In a thread: the imports take seconds, in which nobody else's grading should stand still.
            self._built = await asyncio.to_thread(build, self._name, self._address, self._access, self._wishes)
            self._loop = loop
        return self._built

    def _options(self, ask: Ask) -> dict[str, Any]:
        """What goes with one call, beyond what the chat model was built with."""
        options: dict[str, Any] = {}
        if response_format := self._manner.response_format(ask):
            options["response_format"] = response_format
        if self._provider in OPENAI_LIKE:
            if ask.max_tokens and "max_tokens" not in self._manner.without:
                options["max_tokens"] = ask.max_tokens
            if ask.top_logprobs and not self._manner.without & {"logprobs", "top_logprobs"}:
                options |= {"logprobs": True, "top_logprobs": ask.top_logprobs}
        return options

    def _reply(self, message: "AIMessage", ask: Ask, seconds: float) -> Reply:
        about = message.response_metadata
        finish = str(about.get("finish_reason") or about.get("stop_reason") or about.get("done_reason") or "stop")
        refusal = str(message.additional_kwargs.get("refusal") or "")
        limit = ask.max_tokens or self._max_tokens
        text = checked(str(message.text), finish, refusal, self._address, limit)
        usage = _usage(message)
        chances = (about.get("logprobs") or {}).get("content") or [{}]
        return Reply(
            text=text if ask.schema is None else bare_json(text),
            model=str(about.get("model_name") or about.get("model") or self._address.model),
            usage=usage,
            seconds=seconds,
            finish=finish,
            first_token=tuple(TokenChance(t["token"], t["logprob"]) for t in chances[0].get("top_logprobs") or ()),
            cost_usd=self._price.cost_usd(usage) if self._price else None,
        )

    def _late(self) -> ModelTimeout:
        doing = "try again, or raise INTERVIEWER_DEADLINE_S"
        return ModelTimeout(f"{self._address}: no reply within {self._deadline_s:g} s; {doing}")

    def _fault(self, error: Exception, options: dict[str, Any]) -> ModelError:
        """Our error for a provider's, told by its HTTP status, else by LangChain's class, else by its name."""
        names = [c.__name__ for c in type(error).__mro__]
        response = getattr(error, "response", None)
        numbers = (getattr(error, "status_code", 0), getattr(response, "status_code", 0), getattr(error, "code", 0))
        stated = (n for n in numbers if isinstance(n, int) and n >= 400)
        status = next(stated, None) or next((_STATUS[n] for n in names if n in _STATUS), None)
        said = str(error)
        if status is not None:
            if learned := self._manner.learn(status, said, options.keys()):
                return FormNotTaken(f"{self._address}: {learned}; ask again")
            return by_status(status, said, self._address, dict(getattr(response, "headers", None) or {}))
        why = self._address.clean(said) or type(error).__name__
        if any("Timeout" in n and "Connect" not in n for n in names):
            return self._late()
        is_stale = "Event loop is closed" in said  # a pooled connection of an earlier loop; gone once it has failed
        if is_stale or any(part in n for n in names for part in ("Connect", "Network", "OSError", "ProtocolError")):
            return ModelUnavailable(f"{self._address}: cannot be reached ({why}); check the network and try again")
        doing = "check INTERVIEWER_MODEL and the provider's LangChain package"
        return ModelRefused(f"{self._address}: failed with {type(error).__name__} ({why}); {doing}")


async def _said(built: Built, messages: list[dict[str, str]], options: dict[str, Any], ask: Ask) -> "AIMessage":
    """The whole message; streamed when somebody listens."""
    if built.is_langchain_openai and "response_format" in options:
        # Given as an ordinary option it would send the reply through the SDK's parser, which raises where we check.
        options = {**options, "extra_body": {"response_format": options["response_format"]}}
        del options["response_format"]
    if ask.on_text is None:
        return await built.chat.ainvoke(messages, **options)
    whole = None
    async for chunk in built.chat.astream(messages, **options):
        if piece := str(chunk.text):
            ask.on_text(piece)
        whole = chunk if whole is None else whole + chunk
    if whole is None:
        raise ConnectionError("the stream ended before it began")
    return whole


def _usage(message: "AIMessage") -> Usage:
    counted = message.usage_metadata
    if counted is None:
        return Usage()
    cached = (counted.get("input_token_details") or {}).get("cache_read")
    return Usage(counted["input_tokens"], counted["output_tokens"], cached)
