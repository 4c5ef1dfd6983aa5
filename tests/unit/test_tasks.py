"""Tasks that are cancelled end, whatever becomes of the cancellation."""

import asyncio

import pytest
import structlog.testing

from shop.tasks import Background, cancelled


async def swallowing(times: int, ended: list[str]) -> None:
    """As a client does whose answer comes in the moment of the cancellation."""
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            times -= 1
            if times < 0:
                ended.append("ended")
                raise


@pytest.mark.parametrize("times", [0, 1, 3])
async def test_a_task_ends_though_it_swallows_a_cancellation(times: int) -> None:
    ended: list[str] = []
    task = asyncio.create_task(swallowing(times, ended))
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await cancelled(task)
    assert task.cancelled()
    assert ended == ["ended"]


async def test_what_has_ended_already_is_left_alone() -> None:
    async def fails() -> None:
        raise ValueError

    done, failed = asyncio.create_task(asyncio.sleep(0)), asyncio.create_task(fails())
    await asyncio.wait([done, failed])
    async with asyncio.timeout(30):
        await cancelled(done, failed)
        await cancelled()
    assert not done.cancelled()
    assert isinstance(failed.exception(), ValueError)


async def test_python_itself_swallows_a_cancellation_that_comes_as_the_answer_does() -> None:
    """The reason for all this. Where it no longer holds, cancelling once is enough."""

    async def asking(answer: "asyncio.Future[int]") -> None:
        await asyncio.wait_for(answer, 60)
        await asyncio.sleep(60)

    answer = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(asking(answer))
    await asyncio.sleep(0.01)
    answer.set_result(1)
    task.cancel()
    async with asyncio.timeout(30):
        await cancelled(task)
    assert task.cancelled()


async def test_a_background_task_runs_until_its_end() -> None:
    ended: list[str] = []
    background = Background()
    await background.end()
    assert not background.begun
    background.begin(swallowing(1, ended))
    assert background.begun
    await asyncio.sleep(0)
    async with asyncio.timeout(30):
        await background.end()
    assert ended == ["ended"]
    assert not background.begun


async def test_a_background_task_that_fails_is_told_when_it_does() -> None:
    async def fails() -> None:
        raise ValueError("of a watcher")

    background = Background()
    with structlog.testing.capture_logs() as lines:
        background.begin(fails())
        await asyncio.sleep(0.05)
    assert [(line["log_level"], line["task"].rpartition(".")[2], str(line["exc_info"])) for line in lines] == [
        ("error", "fails", "of a watcher")
    ]
    await background.end()
