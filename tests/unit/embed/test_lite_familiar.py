"""The classes' way counts more for pictures that are unlike those of the training, and for no others.

Skipped where torch (the extra `clip`) is not installed.
"""

import pytest

torch = pytest.importorskip("torch")

from embed.training.lite.familiar import doubt, spherical_means  # noqa: E402 - they need torch
from embed.training.lite.heads import PictureHead, TextHead  # noqa: E402

MOST = 3.0
pytestmark = pytest.mark.filterwarnings("default")


def some(count: int, around: int, *, noise: float = 0.1) -> "torch.Tensor":
    """Components around one axis of 32."""
    centre = torch.nn.functional.one_hot(torch.tensor(around), 32).float()
    return centre + noise * torch.randn(count, 32, generator=torch.Generator().manual_seed(around))


@pytest.fixture(scope="module")
def head() -> PictureHead:
    torch.manual_seed(0)
    head = PictureHead(32, 64, 0.2, 0.15)
    # Axes stay apart, so that what is unlike in the components is unlike in the vectors.
    torch.nn.init.orthogonal_(head.linear.weight)
    return head.eval()


def test_a_picture_like_those_of_the_training_is_not_doubted(head: PictureHead) -> None:
    learned_from = torch.cat([some(200, 0), some(200, 1)])
    judge = doubt(head, learned_from, MOST, centres=8)

    known = judge(head.learned(some(50, 0)))
    unknown = judge(head.learned(some(50, 9)))

    assert known.median() < 1.3
    assert unknown.min() > 3.9
    assert unknown.max() <= 1 + MOST


def test_doubt_moves_a_vector_towards_its_classes(head: PictureHead) -> None:
    text, mixture = TextHead().eval(), torch.nn.functional.normalize(torch.ones(1, 384), dim=1)
    strange = some(1, 9)
    before = head(strange, mixture, text) @ text(mixture).T

    head.doubt = doubt(head, some(200, 0), MOST, centres=8)
    after = head(strange, mixture, text) @ text(mixture).T
    head.doubt = None

    assert after > before


def test_means_are_of_length_one_and_the_same_each_time() -> None:
    vectors = torch.nn.functional.normalize(torch.cat([some(60, 0), some(60, 1)]), dim=1)

    means = spherical_means(vectors, 4)

    assert torch.allclose(means.norm(dim=1), torch.ones(4), atol=1e-5)
    assert torch.equal(means, spherical_means(vectors, 4))
    assert (vectors @ means.T).amax(1).min() > 0.5
