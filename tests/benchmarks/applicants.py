"""
How fast applicants are made up beside Faker and mimesis (``make bench-applicants``).

All make a record with the same nine fields, and what two papers say; ours carry their
canaries as well. The turns alternate, so that what else the machine does falls on
all alike. mimesis is measured where it is installed.
"""

import importlib
import statistics
import sys
import time
from collections.abc import Callable

from faker import Faker

from idaudit.fixtures.applicants import Applicants
from idaudit.fixtures.canaries import Mint

PEOPLE, TURNS = 2_000, 7
Make = Callable[[], object]


def ours() -> Make:
    """Return what makes up one of our applicants, papers and canaries included."""
    people = Applicants(Mint(1))
    for _ in range(100):
        people.next()
    return people.next


def fakers() -> Make:
    """Return what has plain Faker make up the same fields."""
    fake = Faker("en_US")
    fake.seed_instance(1)

    def paper() -> dict[str, object]:
        return {
            "number": fake.bothify("?########"),
            "issued": fake.date_between("-10y", "-1y"),
            "expires": fake.date_between("+1y", "+10y"),
            "kind": fake.random_element(("passport", "licence", "bill")),
        }

    def make() -> dict[str, object]:
        return {
            "given_name": fake.first_name(),
            "surname": fake.last_name(),
            "born": fake.date_of_birth(minimum_age=18, maximum_age=88),
            "street": fake.street_address(),
            "city": fake.city(),
            "postcode": fake.postcode(),
            "email": fake.safe_email(),
            "phone": fake.phone_number(),
            "gender": fake.random_element(("F", "M", "X", None)),
            "country": fake.country_code(representation="alpha-3"),
            "papers": (paper(), paper()),
        }

    return make


def mimesis_own() -> Make | None:
    """Return what has mimesis make up the same fields; None where it is not installed."""
    try:
        generic = importlib.import_module("mimesis").Generic("en", seed=1)
    except ImportError:
        return None

    def paper() -> dict[str, object]:
        return {
            "number": generic.person.identifier("@########"),
            "issued": generic.datetime.date(2010, 2020),
            "expires": generic.datetime.date(2027, 2035),
            "kind": generic.choice(("passport", "licence", "bill")),
        }

    def make() -> dict[str, object]:
        return {
            "given_name": generic.person.first_name(),
            "surname": generic.person.last_name(),
            "born": generic.datetime.date(1938, 2008),
            "street": generic.address.address(),
            "city": generic.address.city(),
            "postcode": generic.address.postal_code(),
            "email": generic.person.email(domains=("example.org",)),
            "phone": generic.person.phone_number(),
            "gender": generic.choice(("F", "M", "X", None)),
            "country": generic.address.country_code(),
            "papers": (paper(), paper()),
        }

    return make


def rates(makers: dict[str, Make]) -> dict[str, float]:
    """Return how many each makes a second: the middle of several turns, taken in turn."""
    taken: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(TURNS):
        for name, make in makers.items():
            began = time.perf_counter()
            for _ in range(PEOPLE):
                make()
            taken[name].append(PEOPLE / (time.perf_counter() - began))
    return {name: statistics.median(each) for name, each in taken.items()}


def main() -> None:
    """Print a line for each."""
    mimesis = mimesis_own()
    makers = {"Faker": fakers(), "idaudit": ours()}
    made = rates(makers if mimesis is None else {**makers, "mimesis": mimesis})
    for name, rate in made.items():
        sys.stdout.write(f"{name:<8} {rate:10,.0f} a second  {rate / made['Faker']:5.1f} x Faker\n")
    if mimesis is None:
        sys.stdout.write("mimesis  is not installed\n")


if __name__ == "__main__":
    main()
