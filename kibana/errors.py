"""What can go wrong between dashboards as files and dashboards in Kibana.

KibanaError                 anything below
|- SourceWrong              a file of dashboards cannot be built; the message names file and place
|- ObjectsWrong             a built file is not what Kibana takes
|- KibanaUnavailable        no answer, or not ready inside the time given
|- KibanaRefused            Kibana understood and said no: key, rights, space, version
`- ImportIncomplete         some objects were not taken; `problems` has a sentence for each
"""

from collections.abc import Sequence


class KibanaError(Exception):
    """Base of everything that this package raises. The message says what to do."""


class SourceWrong(KibanaError):
    """A dashboard cannot be built from its file."""


class ObjectsWrong(KibanaError):
    """Saved objects that Kibana would not take, or would not show."""


class KibanaUnavailable(KibanaError):
    """Kibana does not answer, or is not ready."""


class KibanaRefused(KibanaError):
    """Kibana says no, and would say so again."""


class ImportIncomplete(KibanaError):
    """Kibana took some objects and not others."""

    def __init__(self, taken: int, problems: Sequence[str]) -> None:
        self.taken = taken
        self.problems = tuple(problems)
        super().__init__(f"Kibana took {taken} objects and refused {len(problems)}: " + "; ".join(problems))
