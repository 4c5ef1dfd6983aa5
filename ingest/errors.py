"""What can go wrong in a load as a whole; what is wrong with a single row is a reject instead.

IngestError          anything below; the message is a sentence that a person can act on
|- FeedError         a feed cannot be read at all: missing, unreadable, empty, not of its format
|- MappingError      the mapping file is wrong; the message names the key
|- LoadRefused       a load's checks failed, so that its generation did not go live
`- Interrupted       the run was told to stop (Ctrl-C, SIGTERM)
"""


class IngestError(Exception):
    """Base of every error of this package."""


class FeedError(IngestError):
    """A feed that cannot be read: the message names the file and what to do."""


class MappingError(IngestError):
    """A mapping file that cannot be used: the message names the file and the key."""


class LoadRefused(IngestError):
    """What was loaded does not go live; the message says why and how to override it."""


class Interrupted(IngestError):
    """Somebody stopped the run."""
