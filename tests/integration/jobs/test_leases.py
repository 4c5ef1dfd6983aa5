"""Of several that want to run a job, one does; a lease that ran out is another's to take."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from es.errors import LeaseLost, LeaseTaken
from es.lease import Leases
from jobs.job import Job, Workplace, run_job
from jobs.schedule import run_due
from jobs.settings import JobSettings

pytestmark = pytest.mark.needs_es


def test_one_of_many_runs_a_job(place: Workplace, leases: Leases) -> None:
    begun, taken = [], []
    gate = threading.Barrier(6)

    def work() -> None:
        gate.wait()
        try:
            with Leases(place.client, place.names, lease_s=5).held("pairs"):
                begun.append(1)
                time.sleep(1)
        except LeaseTaken:
            taken.append(1)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(begun), len(taken)) == (1, 5)
    with leases.held("pairs"):
        pass


def test_a_lease_is_renewed_while_its_job_runs(place: Workplace) -> None:
    short = Leases(place.client, place.names, lease_s=1.5)
    with short.held("pairs") as lease:
        time.sleep(3)
        lease.check()
        with pytest.raises(LeaseTaken), short.held("pairs"):
            pass


def test_the_lease_of_a_dead_process_runs_out(place: Workplace) -> None:
    short = Leases(place.client, place.names, lease_s=1)
    lost = short._take("pairs")  # as by a process that died: nobody renews it
    with pytest.raises(LeaseTaken):
        short._take("pairs")
    time.sleep(1.2)
    with pytest.raises(LeaseLost):
        lost.check()
    with short.held("pairs") as mine:
        # The dead one comes back and must not take it away again.
        lost.release()
        mine.check()
        with pytest.raises(LeaseTaken), short.held("pairs"):
            pass


def test_a_run_leaves_its_outcome(place: Workplace, leases: Leases) -> None:
    def fail(_place: object, _lease: object) -> dict[str, int]:
        raise ZeroDivisionError("nothing to divide by")

    every = timedelta(hours=1)
    assert run_job(Job("good", "", every, lambda _p, _l: {"made": 3}), place, leases)["made"] == 3
    assert leases.state("good")["outcome"] == "done"
    assert leases.state("good")["detail"] == {"made": 3}
    with pytest.raises(ZeroDivisionError):
        run_job(Job("bad", "", every, fail), place, leases)
    assert leases.state("bad")["outcome"] == "failed"
    assert "nothing to divide by" in leases.state("bad")["detail"]["error"]
    assert leases.state("bad")["expires_at"] is None


def test_the_schedule_runs_what_is_due_and_no_more(place: Workplace, leases: Leases) -> None:
    settings = JobSettings()
    now = datetime.now(UTC)
    told: list[str] = []

    def run(job: Job) -> None:
        run_job(Job(job.name, "", job.every, lambda _p, _l: {}), place, leases)

    first = run_due(leases, settings, now, run, told.append)
    assert first >= 2
    assert run_due(leases, settings, datetime.now(UTC), run, told.append) == 0
    assert run_due(leases, settings, datetime.now(UTC) + timedelta(days=8), run, told.append) == first
    assert told == []
