"""A text while it is read: its tokens, which of them are understood already, and what was found so far."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.search.understanding.found import Constraint, SortWish
from app.search.understanding.language.measures import UNITS
from app.search.understanding.language.money import COUNTED
from app.search.understanding.language.negation import NEGATORS
from app.search.understanding.language.text import CONTEXT_WORDS, FUNCTION_WORDS, PREPOSITIONS
from app.search.understanding.lexicon import Lexicon
from app.search.understanding.mistyped import corrected
from app.search.understanding.tokens import Token, is_break, stem, tokenise


@dataclass(slots=True)
class Reading:
    """`taken`: tokens that something was made of; `kept`: those that must stay words. Recognisers take spans
    [i, j) that are wholly free, in the order in which they are run."""

    text: str
    tokens: list[Token]
    lexicon: Lexicon
    taken: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    guarded: set[int] = field(default_factory=set)
    """Tokens of names that are longer than a word: only whole names are made of them."""
    aside: set[int] = field(default_factory=set)
    """Tokens of what look like budgets: they do not say what is wanted, whatever becomes of them."""
    constraints: list[tuple[int, Constraint]] = field(default_factory=list)
    sort: SortWish | None = None
    price_wishes: list[tuple[int, tuple[str, float], int]] = field(default_factory=list)
    """Tokens of "cheap" and the like: the first, which side of which quantile, the one after."""

    def free(self, i: int, j: int | None = None) -> bool:
        """Whether tokens i to j exist and are neither taken nor kept."""
        j = i + 1 if j is None else j
        closed = (self.taken, self.kept, self.guarded)
        return 0 <= i < j <= len(self.tokens) and not any(t in group for t in range(i, j) for group in closed)

    def source(self, i: int, j: int) -> str:
        """The text of tokens [i, j), as it was written."""
        return " ".join(self.text[self.tokens[i].start : self.tokens[j - 1].end].split())

    def take(self, i: int, j: int, constraints: Iterable[Constraint] = ()) -> None:
        self.taken.update(range(i, j))
        self.constraints += [(i, constraint) for constraint in constraints]

    def word(self, i: int) -> str:
        """The word at `i`; empty outside the text."""
        return self.tokens[i].word if 0 <= i < len(self.tokens) else ""

    def hyphenated(self, i: int) -> bool:
        """Whether a hyphen joins the word at `i` with the next: "in-ear"."""
        return 0 <= i < len(self.tokens) - 1 and self.text[self.tokens[i].end : self.tokens[i + 1].start] == "-"

    def ends(self, i: int) -> bool:
        """Whether a phrase ends before token `i`: the text ends, a sign breaks it, or `i` is understood already."""
        return i >= len(self.tokens) or is_break(self.tokens[i]) or i in self.taken

    def ends_number(self, i: int) -> bool:
        """Whether nothing at `i` is a unit of the number before."""
        return self.ends(i) or self.word(i) not in UNITS

    def context(self, without: Iterable[int] = ()) -> list[str]:
        """Stems of the words that say what is wanted, the most telling last: not taken, not `without`, no function
        words, nothing of a budget. Numbers come before words, and what a thing is for or has before the thing."""
        told = self.telling(without)
        return [*(self.tokens[i].stem for i in told), *self._joined(told)]

    def _joined(self, told: Sequence[int]) -> list[str]:
        """Neighbouring words that the catalogue writes as one: "multi vitamin"."""
        pairs = [(i, i + 1) for i in sorted(told) if i + 1 in told and not self._knows_both(i)]
        joined = (stem(self.tokens[i].word + self.tokens[after].word) for i, after in pairs)
        return [one for one in joined if self.lexicon.knows(one)]

    def _knows_both(self, i: int) -> bool:
        return self.lexicon.knows(self.tokens[i].stem) and self.lexicon.knows(self.tokens[i + 1].stem)

    def telling(self, without: Iterable[int] = ()) -> list[int]:
        """The tokens of `context`."""
        left_out = self.taken | self.aside | set(without)
        told = [i for i, t in enumerate(self.tokens) if i not in left_out and says_something(t)]
        told = [i for i in told if not (i and self.word(i) in UNITS and self.tokens[i - 1].number is not None)]
        counted = {i for i in told if i and self.tokens[i - 1].number is not None and self.word(i) in COUNTED}
        if any(i not in counted and self.lexicon.names_kind(self.tokens[i].stem) for i in told):
            told = [i for i in told if i not in counted]  # "7 gears" are of the bike, whatever else is called gear.
        head = self._head()
        return sorted(told, key=lambda i: (self.tokens[i].number is None, i < head))

    def _head(self) -> int:
        """Where the words end that name the thing: before "for", "with" and the like, if something stands there."""
        named = False
        for i, token in enumerate(self.tokens):
            if named and token.word in PREPOSITIONS:
                return i
            named = named or (i not in self.taken and says_something(token) and token.number is None)
        return len(self.tokens)


def says_something(token: Token) -> bool:
    """Whether the token may say what is wanted."""
    return not token.mark and token.word not in FUNCTION_WORDS and token.word not in CONTEXT_WORDS


def negator_before(r: Reading, i: int) -> int:
    """Where a negator begins that ends right before `i`; `i` where none does."""
    for length in (4, 3, 2, 1):
        start = i - length
        if start >= 0 and r.free(start, i) and tuple(t.word for t in r.tokens[start:i]) in NEGATORS:
            return start
    return i


def read(text: str, lexicon: Lexicon, keep_words: Sequence[str] = ()) -> Reading:
    """A reading of which nothing is understood yet; `keep_words` are sources that stay words, wherever they stand."""
    typed = tokenise(text)
    reading = Reading(text, corrected(_with_cans(typed, lexicon), lexicon), lexicon)
    words = [token.word for token in typed]
    for source in keep_words:
        whole = _places(words, source)
        # The source of alternatives that stand apart names each: "red, blue".
        for place in whole or [p for part in source.split(", ") for p in _places(words, part)]:
            reading.kept.update(place)
    return reading


def _with_cans(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """The tokens, "can" being a noun where names here have it beside its neighbour: "watering can", "can opener"."""
    done = list(tokens)
    for i, token in enumerate(tokens):
        beside = [other.stem for other in (*tokens[max(0, i - 1) : i], *tokens[i + 1 : i + 2]) if not other.mark]
        if token.word == "can" and any(lexicon.named([other, "can"]) for other in beside if other != "can"):
            done[i] = replace(token, word="cans")
    return done


def _places(words: Sequence[str], source: str) -> list[range]:
    """Where the words of a source stand."""
    wanted = [token.word for token in tokenise(source)]
    starts = range(len(words) - len(wanted) + 1) if wanted else range(0)
    return [range(i, i + len(wanted)) for i in starts if words[i : i + len(wanted)] == wanted]
