"""What can go wrong with merchandising rules.

RuleError               anything below
|- RuleMissing          there is no such rule
|- RuleConflict         somebody else changed it since it was read
`- RuleRefused          the change makes no sense; the message says why
"""


class RuleError(Exception):
    """Base of everything that this package raises. The message is a sentence that a person can act on."""


class RuleMissing(RuleError):
    """There is no rule of this id, or it was deleted."""


class RuleConflict(RuleError):
    """The rule is not the one that the editor saw, or its id is taken; nothing was changed."""


class RuleRefused(RuleError):
    """The change cannot be made as asked."""
