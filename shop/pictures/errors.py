"""What can go wrong with pictures of products.

PicturesError               anything below
|- PictureUnavailable       one picture cannot be had: its product goes on without it, and that is reported
|  `- PrivateHost           its host is not on the public Internet, and was not allowed
`- SourceUnusable           a folder or archive of pictures that is not there or cannot be read (a person must act)
"""


class PicturesError(Exception):
    """Base of everything that this package raises."""


class PictureUnavailable(PicturesError):
    """One picture that cannot be had; the message says why, in words that follow the picture's address."""


class PrivateHost(PictureUnavailable):
    """A host that leads to addresses of a private network alone; the message names them."""


class SourceUnusable(PicturesError):
    """Pictures cannot be looked for there; the message is a sentence that says what to do."""
