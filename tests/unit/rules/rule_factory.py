"""Rules for tests, with readable overrides."""

from typing import Any

from hypothesis import strategies as st

from shop.rules.document import Rule

WORDS = ("sofa", "couch", "red", "tent", "lamp", "trail", "pro", "mini")
PRODUCTS = tuple(f"p{n}" for n in range(8))


def rule(rule_id: str = "r1", *actions: dict[str, Any], when: dict[str, Any] | None = None, **given: Any) -> Rule:  # noqa: ANN401
    """A rule that does what `actions` say, or pins a product."""
    return Rule.model_validate(
        {
            "id": rule_id,
            "name": f"rule {rule_id}",
            "actions": list(actions) or [pin("p1")],
            "when": when or {},
            **given,
        }
    )


def pin(product_id: str, place: int = 1) -> dict[str, Any]:
    return {"type": "pin", "product_id": product_id, "place": place}


def hide(*product_ids: str) -> dict[str, Any]:
    return {"type": "hide", "products": {"product_ids": list(product_ids)}}


def replace(words: str, by: str) -> dict[str, Any]:
    return {"type": "replace", "words": words, "by": by}


def actions() -> st.SearchStrategy[dict[str, Any]]:
    """Any action on few products and words, so that they meet often."""
    product, words = st.sampled_from(PRODUCTS), st.sampled_from(WORDS)
    two = st.lists(words, min_size=2, max_size=3, unique=True)
    return st.one_of(
        st.builds(pin, product, st.integers(1, 40)),
        st.builds(hide, product),
        st.builds(replace, words, words | st.just("")).filter(lambda a: a["words"] != a["by"]),
        two.map(lambda phrases: {"type": "synonyms", "phrases": phrases}),
        two.map(lambda phrases: {"type": "one_way_synonyms", "phrases": phrases[:1], "also": phrases[1:]}),
        st.floats(1.1, 10).map(lambda f: {"type": "boost", "products": {"product_ids": ["p1"]}, "factor": f}),
        st.sampled_from(["Acme", "Northpeak"]).map(lambda b: {"type": "filter", "filters": {"brand": b}}),
    )


def rules() -> st.SearchStrategy[list[Rule]]:
    """Up to a dozen rules with ids of their own, that all apply."""
    one = st.tuples(st.lists(actions(), min_size=1, max_size=4), st.integers(-2, 2))
    return st.lists(one, max_size=12).map(
        lambda drawn: [rule(f"r{n}", *acts, priority=priority) for n, (acts, priority) in enumerate(drawn)]
    )
