"""How much of the service's own description is tried out, and that it is the same in every run."""

from hypothesis import HealthCheck, Phase, settings


def same_examples(count: int) -> settings:
    """For a test of requests that are drawn: so many, always the same ones, and told as they failed, as requests that
    are drawn smaller would take minutes."""
    return settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
