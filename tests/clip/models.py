"""CLIP models made here, with seeded random weights: the shapes of real ones, without their knowledge.

`python -m tests.clip.models FOLDER` (with torch) makes the committed fixture tests/clip/tiny anew.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

COLOURS = ("red", "navy", "olive", "orange", "purple", "teal", "black", "gold")
THINGS = ("round plate", "square box", "flat board", "tall lamp", "striped towel", "small cup")
ODD_TEXTS = (
    "",
    "   ",
    "A Red DRESS, size 38/40 & more!",
    "it's the shop's 2nd  coat\n(blue)",
    "<b>Caf\u00e9</b> &amp;amp; Bar \u2013 na\u00efve",
    "\u201cquoted\u201d \u2018n\u2019 \ufb01ne \uff26\uff35\uff2c\uff2c",
    "\u767b\u5c71\u9774 Stra\u00dfe \U0001f97e",
    "snake_case words",
    "x" * 400,
    "hiking boots " * 100,
    "<end_of_text> or <start_of_text>",
)


def captions() -> list[str]:
    """48 texts, each of one picture."""
    return [f"a {colour} {thing}" for colour in COLOURS for thing in THINGS]


def pictures() -> list[Image.Image]:
    """A picture for each caption: shapes in colours, in several sizes and proportions."""
    made = []
    for number, text in enumerate(captions()):
        generator = np.random.default_rng(number)
        width, height = 60 + 13 * (number % 7), 90 + 17 * (number % 5)
        noise = generator.integers(180, 256, (height // 6 + 1, width // 6 + 1, 3), dtype=np.uint8)
        picture = Image.fromarray(noise).resize((width, height))
        drawn = ImageDraw.Draw(picture)
        box = (number % 11, number % 13, width - 9, height - 7)
        shape = (drawn.ellipse, drawn.rectangle)[number % 2]
        shape(box, fill=text.split()[1])
        drawn.line((0, 0, width, height), fill="white", width=1 + number % 6)
        made.append(picture)
    return made


def write_captioned(folder: Path) -> Path:
    """The pictures as files in `folder`, with captions.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ["file,text"]
    for number, (text, picture) in enumerate(zip(captions(), pictures(), strict=True)):
        picture.save(folder / f"{number}.png")
        rows.append(f"{number}.png,{text}")
    (folder / "captions.csv").write_text("\n".join(rows) + "\n")
    return folder


def write_vit_b_32(path: Path) -> Path:
    """A checkpoint of ViT-B-32's real shape."""
    import open_clip
    import torch

    torch.manual_seed(32)
    torch.save(open_clip.create_model("ViT-B-32", load_weights=False).state_dict(), path)
    return path


SIGLIP_SHAPED: dict[str, Any] = {
    "embed_dim": 192,
    "init_logit_bias": -10,
    "custom_text": True,
    "vision_cfg": {
        "image_size": 224,
        "timm_model_name": "vit_tiny_patch16_224",
        "timm_model_pretrained": False,
        "timm_pool": "map",
        "timm_proj": "none",
    },
    "text_cfg": {
        "context_length": 64,
        "hf_tokenizer_name": "in-this-folder",
        "tokenizer_kwargs": {"clean": "canonicalize"},
        "width": 192,
        "heads": 3,
        "layers": 2,
        "no_causal_mask": True,
        "proj_bias": True,
        "pool_type": "last",
        "norm_kwargs": {"eps": 1e-6},
    },
}
TINY: dict[str, Any] = {
    "embed_dim": 24,
    "custom_text": True,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 16, "head_width": 8, "patch_size": 8},
    "text_cfg": SIGLIP_SHAPED["text_cfg"] | {"context_length": 16, "width": 16, "heads": 2, "layers": 1},
}


def write_folder(folder: Path, shape: dict[str, Any], *, vocabulary: int = 300) -> Path:
    """What `local-dir:` reads: configuration, tokenizer and seeded weights of a model that looks at its padding,
    stretches pictures and takes T5's kind of tokens, as SigLIP does."""
    import open_clip
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    size = _write_tokenizer(folder, captions(), vocabulary)
    model = shape | {"text_cfg": shape["text_cfg"] | {"vocab_size": size}}
    means = {"mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bicubic", "resize_mode": "squash"}
    (folder / "open_clip_config.json").write_text(json.dumps({"model_cfg": model, "preprocess_cfg": means}))
    torch.manual_seed(7)
    made = open_clip.create_model(f"local-dir:{folder}", load_weights=False)
    torch.save(made.state_dict(), folder / "open_clip_pytorch_model.bin")
    return folder


def _write_tokenizer(folder: Path, texts: Iterable[str], vocabulary: int) -> int:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.Unigram())
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    special = ["<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(
        vocab_size=vocabulary,
        special_tokens=special,
        unk_token="<unk>",
        initial_alphabet=list("abcdefghijklmnopqrstuvwxyz0123456789"),
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    ).save_pretrained(folder)
    return int(made.get_vocab_size())


def write_tiny_fixture(out: Path, scratch: Path) -> None:
    """The committed folder `tiny`: an export, and in expected.json what the original made of texts and pictures."""
    from embed.clip import ClipEmbedder
    from embed.training.clip_export import Examples, export_clip

    original = ClipEmbedder(f"local-dir:{write_folder(scratch / 'tiny', TINY, vocabulary=120)}", device="cpu")
    out.mkdir(parents=True, exist_ok=True)
    examples = Examples(captions(), pictures())
    export_clip(original, out, examples, text="float32", image="float32", say=lambda _: None)
    texts = [*captions()[:4], *ODD_TEXTS]
    expected = {
        "texts": texts,
        "text_vectors": original.embed_texts(texts).round(6).tolist(),
        "picture_vectors": original.embed_images(pictures()[:4]).round(6).tolist(),
    }
    (out.parent / "tiny-expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    import sys
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        write_tiny_fixture(Path(sys.argv[1]), Path(name))
