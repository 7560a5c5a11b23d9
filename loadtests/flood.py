"""
How fast a generator is by itself: ``python -m idaudit.loadtests.flood URL SECONDS``.

It asks what does nothing, through the very client the visitors use, as fast as it
can, and prints how many answers it had each second.
"""

import sys
import time

import locust  # noqa: F401  it makes Python wait as it does for the visitors
from gevent.pool import Pool

from idaudit.loadtests.briefwire import BriefWire

HANDS = 20


def main() -> None:
    """Flood one address."""
    wire, until = BriefWire(sys.argv[1]), time.perf_counter() + float(sys.argv[2])
    answered, began = [0], time.perf_counter()

    def ask() -> None:
        while time.perf_counter() < until:
            wire.call("GET", "/health")
            answered[0] += 1

    crowd = Pool(HANDS)
    for _ in range(HANDS):
        crowd.spawn(ask)
    crowd.join()
    sys.stdout.write(f"{answered[0] / (time.perf_counter() - began):.1f}\n")


if __name__ == "__main__":
    main()
