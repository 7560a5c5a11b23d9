"""
One generator of load: ``python -m idaudit.loadtests.generator ORDERS ROLE OUT``.

ORDERS are a file, or JSON where they came from another machine.

Locust runs it, alone or as the first among workers on this machine or others. It
is a process of its own, because Locust makes all of Python wait in another way.
It says "ready" once everybody has who is needed, and begins when it reads a line.
"""

import json
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gevent
from gevent.pool import Pool
from locust import User, constant, task
from locust.env import Environment

from idaudit.loadtests.orders import Orders
from idaudit.loadtests.schedule import Arrival
from idaudit.loadtests.tape import Tape
from idaudit.loadtests.visitors import VISITORS, Visitor
from idaudit.loadtests.world import World

if TYPE_CHECKING:
    from locust.runners import Runner

ALONE, FIRST, WORKER = "alone", "first", "worker"
AT_A_TIME = 5000
"""Visitors who may be under way at once; more than that nobody could hold apart."""


class Gate(User):
    """Lets everybody in when they are due, whether or not those before have left."""

    wait_time = constant(0)
    world: World

    @task
    def open(self) -> None:
        """Let one worker's share of the day in, and wait for the last to leave."""
        world = self.world
        if not world.began:
            world.began = time.perf_counter()
            inside = Pool(AT_A_TIME)
            for arrival in world.orders.share(world.worker):
                gevent.sleep(max(arrival.due - world.now(), 0))
                inside.spawn(self._visit, arrival)
            inside.join(timeout=world.orders.drain_seconds)
            world.tape.finished.append(world.worker)
        gevent.sleep(3600)

    def _visit(self, arrival: Arrival) -> None:
        world = self.world
        world.tape.started += 1
        try:
            VISITORS[arrival.journey](self.environment).visit(arrival.due)
        except Exception as error:  # noqa: BLE001  the day goes on; the run says that we failed
            world.tape.faults.append(f"{arrival.journey}: {type(error).__name__}: {error}")


def main() -> None:
    """Play one part."""
    logging.getLogger("locust").setLevel(logging.ERROR)
    said, role, out = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    orders = Orders.parsed(said) if said.startswith("{") else Orders.read(Path(said))
    environment = Environment(user_classes=[Gate], stop_timeout=1)
    if role == WORKER:
        _work(environment, orders)
    else:
        _lead(environment, orders, out, alone=role == ALONE)


def _world(orders: Orders, worker: int) -> World:
    world = World.at(orders, worker)
    world.enrol_holders()
    Gate.world = Visitor.world = world
    return world


def _work(environment: Environment, orders: Orders) -> None:
    """Work for the first among the generators until told to stop."""
    world = _world(orders, int(sys.argv[4]))
    runner = environment.create_worker_runner(orders.host, orders.port)

    def tell(data: dict[str, Any], **_: object) -> None:
        data["tape"] = world.tape.drained()

    environment.events.report_to_master.add_listener(tell)  # type: ignore[no-untyped-call]  # Locust's own
    runner.greenlet.join()


def _lead(environment: Environment, orders: Orders, out: Path, *, alone: bool) -> None:
    """Begin the day with everybody, wait for its end, and write down what was seen."""
    runner: Runner
    if alone:
        tape, runner = _world(orders, 0).tape, environment.create_local_runner()
    else:
        tape = Tape()
        runner = master = environment.create_master_runner(orders.host, orders.port)

        def take(data: dict[str, Any], **_: object) -> None:
            tape.take(data["tape"])

        environment.events.worker_report.add_listener(take)  # type: ignore[no-untyped-call]  # likewise
        with gevent.Timeout(orders.meeting_seconds):
            while master.worker_count < orders.workers:
                gevent.sleep(0.05)
    _say("ready")
    sys.stdin.readline()
    runner.start(orders.workers, spawn_rate=orders.workers)
    began = time.time()
    _say("begun")
    _until_over(tape, orders, began)
    runner.quit()
    gevent.sleep(0.2)
    out.write_text(json.dumps(tape.drained()))


def _until_over(tape: Tape, orders: Orders, began: float) -> None:
    """Wait until every generator came to its end, or ought to have."""
    latest = began + orders.seconds + orders.drain_seconds + 10
    while len(tape.finished) < orders.workers and time.time() < latest:
        gevent.sleep(0.1)


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
