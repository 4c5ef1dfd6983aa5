"""The tokenizer of an open_clip model as one tokenizer.json, read by the package tokenizers alone."""

import json
from dataclasses import dataclass
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors

from embed.clip_text import Cleaning

# open_clip's pattern; (?i) as it compiles it.
_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


class NotExportable(ValueError):
    """The model reads texts in a way that has no tokenizer.json; the message says which."""


@dataclass(frozen=True)
class ExportedTokenizer:
    """tokenizer.json, and what TextReader needs to know beside it."""

    content: str
    cleaning: Cleaning
    context_length: int
    pad_id: int
    replaced: dict[int, int]


def exported_tokenizer(tokenizer: Any) -> ExportedTokenizer:  # noqa: ANN401 - open_clip is not typed
    """What open_clip.get_tokenizer gave, for serving. Raises NotExportable."""
    kind = type(tokenizer).__name__
    if kind == "SimpleTokenizer":
        return _from_bpe(tokenizer)
    if kind in ("HFTokenizer", "SigLipTokenizer"):
        return _from_hugging_face(tokenizer)
    raise NotExportable(f"texts of this model are read by {kind}, which is not known here")


def _from_bpe(tokenizer: Any) -> ExportedTokenizer:  # noqa: ANN401
    """OpenAI's byte-pair encoding, from the vocabulary and merges that open_clip ships."""
    if tokenizer.reduction_fn is not None:
        raise NotExportable("this model drops tokens at random")
    ranked = sorted(tokenizer.bpe_ranks, key=tokenizer.bpe_ranks.__getitem__)
    made = Tokenizer(
        models.BPE(vocab=dict(tokenizer.encoder), merges=[tuple(pair) for pair in ranked], end_of_word_suffix="</w>")
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    start, end = tokenizer.sot_token_id, tokenizer.eot_token_id
    names = [tokenizer.decoder[i] for i in tokenizer.all_special_ids]
    made.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in names])
    made.post_processor = processors.TemplateProcessing(
        single=f"{names[0]} $A {names[1]}", special_tokens=[(names[0], start), (names[1], end)]
    )
    return ExportedTokenizer(
        content=made.to_str(),
        cleaning=_cleaning(tokenizer.clean_fn),
        context_length=tokenizer.context_length,
        pad_id=0,
        replaced={},
    )


def _from_hugging_face(tokenizer: Any) -> ExportedTokenizer:  # noqa: ANN401
    if getattr(tokenizer, "tokenizer_mode", ""):
        raise NotExportable(f"texts of this model are read in the mode {tokenizer.tokenizer_mode!r}")
    inner = tokenizer.tokenizer
    backend = getattr(inner, "backend_tokenizer", None)
    if backend is None:
        raise NotExportable(f"the tokenizer {type(inner).__name__} has no tokenizer.json")
    content = json.loads(backend.to_str())
    # Both are said by the manifest, and set by whoever reads the file.
    content["padding"] = content["truncation"] = None
    strip = getattr(tokenizer, "strip_sep_token", False)
    clean = getattr(tokenizer, "clean_fn", None)
    return ExportedTokenizer(
        content=json.dumps(content, ensure_ascii=False),
        cleaning=_cleaning(clean) if clean is not None else Cleaning.CANONICALIZE,
        context_length=tokenizer.context_length,
        pad_id=int(inner.pad_token_id or 0),
        replaced={int(inner.sep_token_id): 0} if strip and inner.sep_token_id is not None else {},
    )


def _cleaning(function: Any) -> Cleaning:  # noqa: ANN401
    """Which cleaning a function of open_clip.tokenizer is, by what it does."""
    known = {
        "two, words": Cleaning.LOWER,
        "Two, Words": Cleaning.WHITESPACE,
        "two words": Cleaning.CANONICALIZE,
    }
    given = function("Two,  Words")
    if given not in known:
        raise NotExportable("texts of this model are cleaned in a way that is not known here")
    return known[given]
