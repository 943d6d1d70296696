"""What a token costs: list prices of well-known chat models, and the cost of a call.

Source: the price list of genai-prices 0.2.3 (MIT, Pydantic), November 2026, which gathers the providers' own pages; the
tier of short prompts (ours stay far below the 100,000 tokens where the next one starts). Models with open weights are
not listed: their price depends on who serves them. INTERVIEWER_PRICE_IN and INTERVIEWER_PRICE_OUT go before the table.
"""

import re
from dataclasses import dataclass

from interviewer.errors import SettingsError
from interviewer.models import Usage

_PER = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens."""

    input: float
    cached: float
    """Input that the provider had in its prompt cache."""
    output: float

    def cost_usd(self, usage: Usage) -> float | None:
        """Cost of one call; None where the server did not count input or output.

        Example:
            >>> Price(2.0, 0.5, 8.0).cost_usd(Usage(1000, 100, 600))
            0.0019
        """
        if usage.input_tokens is None or usage.output_tokens is None:
            return None
        cached = min(usage.cached_tokens or 0, usage.input_tokens)
        fresh = usage.input_tokens - cached
        return (fresh * self.input + cached * self.cached + usage.output_tokens * self.output) / _PER


_TABLE = """
gpt-3.5-turbo 0.5 0.5 1.5
gpt-4-turbo 10 10 30
gpt-4o 2.5 1.25 10
gpt-4o-2024-05-13 5 5 15
gpt-4o-mini 0.15 0.075 0.6
gpt-4.1 2 0.5 8
gpt-4.1-mini 0.4 0.1 1.6
gpt-4.1-nano 0.1 0.025 0.4
o1 15 7.5 60
o3 2 0.5 8
o3-mini 1.1 0.55 4.4
o4-mini 1.1 0.275 4.4
gpt-5 1.25 0.125 10
gpt-5-mini 0.25 0.025 2
gpt-5-nano 0.05 0.005 0.4
gpt-5.1 1.25 0.125 10
gpt-5.2 1.75 0.175 14
gpt-5.3 1.75 0.175 14
gpt-5.4 2.5 0.25 15
gpt-5.4-mini 0.75 0.075 4.5
gpt-5.4-nano 0.2 0.02 1.25
gpt-5.5 5 0.5 30
gpt-5.6-luna 0.2 0.02 1.2
gpt-5.6-sol 4 0.4 20
gpt-5.6-terra 2 0.2 12
gpt-6-astra 10 1 50
gpt-6-luna 0.1 0.01 0.5
gpt-6-sol 2 0.2 10
gpt-6.1-sol 2 0.1 10
gpt-6.1-terra 1 0.05 5
claude-3-haiku 0.25 0.03 1.25
claude-3-5-haiku 0.8 0.08 4
claude-3-7-sonnet 3 0.3 15
claude-haiku-4-5 1 0.1 5
claude-haiku-5-5 0.1 0.01 0.5
claude-sonnet-4-5 3 0.3 15
claude-sonnet-4-6 3 0.3 15
claude-sonnet-5 2 0.2 10
claude-sonnet-5-5 2 0.1 10
claude-opus-4-1 15 1.5 75
claude-opus-4-5 5 0.5 25
claude-opus-4-6 5 0.5 25
claude-opus-4-7 5 0.5 25
claude-opus-4-8 5 0.5 25
claude-opus-5 5 0.5 25
claude-opus-5-5 4 0.2 20
gemini-2.0-flash 0.1 0.025 0.4
gemini-2.5-flash 0.3 0.03 2.5
gemini-2.5-flash-lite 0.1 0.01 0.4
gemini-2.5-pro 1.25 0.125 10
gemini-3.1-flash-lite 0.25 0.025 1.5
gemini-3.5-flash 1.5 0.15 9
gemini-3.5-flash-lite 0.3 0.03 2.5
gemini-3.8-flash 1.5 0.15 7.5
mistral-large-2512 0.5 0.05 1.5
mistral-medium-latest 1.5 0.15 7.5
mistral-small-latest 0.15 0.015 0.6
deepseek-chat 0.27 0.07 1.1
deepseek-reasoner 0.55 0.14 2.19
deepseek-v4-flash 0.3 0.006 1.2
deepseek-v4-pro 1.32 0.044 3.96
grok-3-mini 0.3 0.075 0.5
grok-4.3 1.25 0.2 2.5
grok-4.5 2 0.3 6
grok-4.7 2 0.5 6
"""
"""Model, then USD per million tokens: fresh input, cached input (equal where no discount is listed), output."""

PRICES = {
    name: Price(float(fresh), float(cached), float(output))
    for name, fresh, cached, output in (line.split() for line in _TABLE.strip().splitlines())
}
_DATED = re.compile(r"-(?:latest|\d{8}|\d{4}-\d{2}-\d{2}|\d{4})$")


def price_of(model: str) -> Price | None:
    """The list price of a model; None where it is not known. A `provider:` or `provider/` before the name and a date or
    `latest` behind it do not matter unless the table lists the dated name itself.

    Example:
        >>> price_of("openai:gpt-4o-mini-2024-07-18") == price_of("gpt-4o-mini")
        True
        >>> price_of("somebody/their-own-model") is None
        True
    """
    name = re.split(r"[:/]", model.lower())[-1]
    return PRICES.get(name) or PRICES.get(_DATED.sub("", name))


def chosen_price(model: str, price_in: float | None, price_out: float | None) -> Price | None:
    """The price the user set, else the list price.

    Raises:
        SettingsError: one price without the other.
    """
    if price_in is not None and price_out is not None:
        return Price(price_in, price_in, price_out)
    if price_in is not None or price_out is not None:
        raise SettingsError("one price without the other; set both INTERVIEWER_PRICE_IN and INTERVIEWER_PRICE_OUT")
    return price_of(model)
