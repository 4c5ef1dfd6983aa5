"""What tokens cost. Prices are the shop's settings, as providers change theirs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.llm.models import Prompt, Tokens

_ENTRY: Final = re.compile(r"([\w.:/-]+)\s*=\s*(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)")
# English has four bytes a token and a bit; prices of more than what is used are only held, and given back.
_BYTES_A_TOKEN: Final = 3
_TOKENS_OF_FRAME: Final = 200


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a million tokens."""

    input_usd: float
    output_usd: float

    def cost(self, tokens: Tokens) -> float:
        """US dollars."""
        return (tokens.input * self.input_usd + tokens.output * self.output_usd) / 1e6


def read_prices(listed: str) -> Mapping[str, Price]:
    """`model=INPUT/OUTPUT, ...` in dollars a million tokens. Raises ValueError where an entry reads otherwise."""
    prices = {}
    for entry in filter(None, (part.strip() for part in listed.split(","))):
        found = _ENTRY.fullmatch(entry)
        if found is None:
            raise ValueError(f"{entry!r} is no price; write model=INPUT/OUTPUT in dollars a million tokens")
        prices[found[1]] = Price(float(found[2]), float(found[3]))
    return prices


def most_tokens(prompt: Prompt) -> Tokens:
    """At least as many as the call will be billed for, in nearly all cases; what was really used is settled after."""
    return Tokens(prompt.size() // _BYTES_A_TOKEN + _TOKENS_OF_FRAME, prompt.max_tokens)


def likely_tokens(prompt: Prompt, answered: str) -> Tokens:
    """Of a call whose bill is not known, because it was cut: the prompt, and what had come of the answer."""
    return Tokens(prompt.size() // _BYTES_A_TOKEN + _TOKENS_OF_FRAME, len(answered.encode()) // _BYTES_A_TOKEN + 1)
