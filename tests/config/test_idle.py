"""A worker that hears nothing looks for work by itself; one that hears does not."""

from __future__ import annotations

import threading
import time

import pytest
from celery import Celery
from celery.worker import WorkController
from django.db import OperationalError

from config.celery import app as ours
from config.idle import Idle, IdleStep, watch_idle

TURN = 0.2


@pytest.fixture
def ran():
    return []


@pytest.fixture
def app(ran):
    """A timetable of two quick tasks and a slow one, and nobody who sends them."""
    app = Celery("alone", broker="memory://", set_as_current=False)
    app.conf.update(worker_enable_remote_control=False, broker_connection_retry_on_startup=True)

    @app.task(name="quick", shared=False)
    def quick():
        ran.append("quick")

    @app.task(name="failing", shared=False)
    def failing():
        ran.append("failing")
        raise OperationalError("away")

    @app.task(name="nightly", shared=False)
    def nightly():
        ran.append("nightly")

    app.conf.beat_schedule = {
        "quick": {"task": "quick", "schedule": TURN},
        "failing": {"task": "failing", "schedule": TURN},
        "nightly": {"task": "nightly", "schedule": 3600.0},
    }
    app.finalize()
    return app


def eventually(true, seconds=5):
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return true()


def test_only_what_comes_often_is_looked_for(app):
    assert Idle(app).paces() == {"quick": TURN, "failing": TURN}


def test_everything_that_waits_for_rows_comes_often():
    assert set(Idle(ours).paces()) >= {
        "orders.tasks.answer_waiting_hints",
        "orders.tasks.follow_session_windows",
        "orders.tasks.continue_order_files",
        "orders.tasks.follow_database_timeline",
        "orders.tasks.raise_due_alerts",
    }


def test_it_runs_what_it_does_not_hear_of_and_survives_what_fails(app, ran):
    watch = Idle(app)
    watch.start()
    assert eventually(lambda: ran.count("quick") >= 2 and ran.count("failing") >= 2)
    watch.stop()
    watch.thread.join(3)
    assert (watch.thread.is_alive(), "nightly" in ran) == (False, False)


def test_it_leaves_alone_what_it_hears_of(app, ran):
    watch = Idle(app)
    watch.start()
    until = time.monotonic() + 2
    while time.monotonic() < until:
        watch.hear("quick")
        time.sleep(0.02)
    watch.stop()
    watch.thread.join(3)
    assert "quick" not in ran


@pytest.mark.parametrize("end", ["stop", "terminate"])
def test_a_worker_of_threads_has_one_from_start_to_end(app, ran, end):
    watch_idle(app)
    worker = WorkController(
        app=app, pool="solo", loglevel="ERROR", without_heartbeat=True, without_mingle=True, without_gossip=True
    )
    (step,) = [step for step in worker.blueprint.order if isinstance(step, IdleStep)]
    others = set(threading.enumerate())
    step.start(worker)
    mine = [thread for thread in set(threading.enumerate()) - others if thread.name == "idle-sweep"]
    assert eventually(lambda: "quick" in ran)
    getattr(step, end)(worker)
    assert len(mine) == 1
    assert eventually(lambda: not mine[0].is_alive())
