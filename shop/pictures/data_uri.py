"""Pictures that stand in the address itself: data:image/png;base64,iVBORw0..."""

import base64
import binascii
from urllib.parse import unquote_to_bytes

from shop.pictures.errors import PictureUnavailable
from shop.pictures.picture import Content, Known, PictureRef, content_of

SHOWN = 60


def data_ref(address: str, max_bytes: int) -> PictureRef:
    """The picture in a data: address."""
    shown = address if len(address) <= SHOWN else address[:SHOWN] + "…"

    def read(_known: Known) -> Content:
        return content_of(decoded(address, max_bytes))

    return PictureRef(shown, read)


def decoded(address: str, max_bytes: int) -> bytes:
    """The bytes of a data: address (RFC 2397). Raises PictureUnavailable."""
    head, comma, body = address.partition(",")
    if not comma:
        raise PictureUnavailable("its data: address has no comma, so no content")
    # Base64 is a third longer than what it stands for, percent signs make up to three characters of one byte.
    if len(body) > 3 * max_bytes + 100:
        raise PictureUnavailable(f"it is larger than {max_bytes / 1e6:g} MB")
    content = unquote_to_bytes(body)
    if head.lower().endswith(";base64"):
        try:
            content = base64.b64decode(b"".join(content.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise PictureUnavailable(f"its data: address is no base64 ({error})") from error
    if len(content) > max_bytes:
        raise PictureUnavailable(f"it is larger than {max_bytes / 1e6:g} MB")
    return content
