"""What can go wrong with the demo catalogue and its pictures."""


class DemoError(Exception):
    """Base of every error of the demo."""


class CatalogueError(DemoError):
    """A data file of the demo catalogue is wrong; the message names the file and the family."""


class RendersUnavailable(DemoError):
    """The package with the renders could not be fetched or read; the message says why."""
