"""What can go wrong in a conversation."""


class ChatError(Exception):
    """Anything that goes wrong here."""


class ComposeError(ChatError):
    """A writer could not write, or stopped in the middle; another one takes over."""


class SessionMissing(ChatError):
    """There is no such session, it has expired, or it is somebody else's: which of these is nobody's business."""
