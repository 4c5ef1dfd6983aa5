"""What can go wrong while texts become vectors.

    EmbedError                  anything below
    |- ModelUnavailable         no model: the folder is missing, unreadable or incomplete (a person must act)
    |  `- ModelCorrupt          a file of the model is not the one that its manifest describes
    |- EmbeddingFailed          the model is loaded but could not embed these inputs
    `- PictureRefused           these bytes are no picture that can be read (the others of a load are not touched)

Exceptions of onnxruntime, tokenizers, torch and open_clip are translated where they are called (onnx.py, lite.py,
onnx_clip.py, clip.py, clip_loading.py) and seen nowhere else.
"""


class EmbedError(Exception):
    """Base of everything that this package raises. The message is one sentence a person can act on."""


class ModelUnavailable(EmbedError):
    """The model cannot be loaded; the message says what is missing and what to do."""


class ModelCorrupt(ModelUnavailable):
    """A file of the model differs from its manifest (sha256, size, dims); the message names it."""


class EmbeddingFailed(EmbedError):
    """The loaded model refused an input or ran out of memory; nothing of the call was embedded."""


class PictureRefused(EmbedError):
    """Bytes that are no readable picture: empty, cut short, another kind of file, too many pixels."""
