"""Sentences of which nothing stands anywhere: not in a record, not in what was asked, not in what code has told. Pure.

Other detectors know kinds of claims; this one knows none. A sentence that has words of its own, and not one of them in
what it was made from, is made up, or it is what somebody planted; either way nobody misses it.
"""

import re
from typing import Final

from app.chat.grounding.attributes import AIRY
from app.chat.grounding.evidence import Evidence
from app.chat.grounding.finding import Finding, Known, Sentence
from app.chat.grounding.names import words_of
from app.chat.grounding.tokens import Token, content, stem
from app.chat.grounding.units import UNITS
from app.chat.grounding.values import known_to
from app.chat.grounding.verdict import Fault
from app.chat.grounding.words import COMPANY, GENERIC, SAYS_NOTHING

_AIRY: Final = AIRY | {stem(word) for word in GENERIC | COMPANY | set(UNITS)}

# "Happy camping!" claims nothing.
_WISHES: Final = re.compile(r"\W*(?:happy|enjoy|have (?:a|fun)|good luck)\b")


def check_founded(sentence: Sentence, known: Known) -> list[Finding]:
    """A fault where most of what the sentence says by itself is founded on nothing."""
    own = [token for token in content(sentence.tokens, GENERIC) if token.stem not in _AIRY]
    titles = {stem(word) for record in known.products for word in words_of(record.title)}
    # The thing itself may be named in any sentence.
    telling = [token for token in own if token.stem not in titles]
    low = sentence.raw.lower().replace("\u2019", "'")
    if not telling or _WISHES.match(low) or any(phrase in low for phrase in SAYS_NOTHING):
        return []
    asked = {stem(word) for word in words_of(known.message)}
    asked |= {stem(word) for value in known.context.values() for word in words_of(value)}
    evidence = [*known.own, known.rest, known.told]
    founded = [token for token in telling if token.stem in asked or _known(token, evidence)]
    return [Finding(Fault.ATTRIBUTE)] if len(founded) * 3 < len(telling) else []


def _known(token: Token, evidence: list[Evidence]) -> bool:
    return any(token.stem in e.denied for e in evidence) or known_to(evidence, token.stem, any)
