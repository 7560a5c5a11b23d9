"""
Whatever a store does, reading it ends: in time, in bounds, and nowhere else.

Each case is a real server on loopback that speaks the store's own protocol, read by
the surface that a target would declare. Times are not asserted here:
``tests/benchmarks/hostile.py`` measures them.
"""

import re
from contextlib import suppress
from pathlib import Path

import pytest

from idaudit.fixtures.hostile.catalogue import STORES
from idaudit.fixtures.hostile.server import serving
from idaudit.fixtures.hostile.store import Store
from idaudit.fixtures.surfaces import objects
from idaudit.fixtures.surfaces.object_line import homely
from idaudit.threatmodel.errors import Inconclusive

MEMORY = 256 << 20
"""
Bytes that reading one store may take at most; each of these stores sends twice as many.

An answer's bound is a sixteenth of it, as it comes, and some libraries unpack what came.
"""
UNPACKED = 64 << 20
"""
Bytes for a store whose answers come as they are held.

PostgreSQL's library reads on for as long as something comes, up to hundreds of megabytes
where a server is quick, unless somebody hangs up meanwhile.
"""

_FORGET = Path("/proc/self/clear_refs")


def _read(store: Store, address: str) -> int:
    return sum(len(part.data) for part in store.declared(address).parts())


@pytest.mark.parametrize("name", STORES)
def test_a_hostile_store_is_not_shown_and_nobody_else_is_called(name: str) -> None:
    """It ends in the error that names the surface and says what was met, or is read to its end."""
    store = STORES[name]
    with serving(store.serve) as (server, decoy):
        with pytest.raises(Inconclusive, match=f"(?is)surface store:.*({store.told})") as met:
            _read(store, server.address)
        assert len(str(met.value)) < 2000, "a message is for people to read"
        assert "open-sesame" not in str(met.value)

        assert server.calls
        assert decoy.calls == 0, "a host was called that nobody declared"


LARGE = [name for name in STORES if re.search("without-end|gigabyt|terabyt|bomb|deep|all-", name)]


@pytest.mark.skipif(not _FORGET.exists(), reason="the kernel does not tell what a process took")
@pytest.mark.parametrize("name", LARGE)
def test_no_store_fills_the_memory(name: str) -> None:
    """What libraries hold in memory of their own counts too: it is the kernel that is asked."""
    store = STORES[name]
    with serving(store.serve) as (server, _):
        with pytest.raises(Inconclusive):
            _read(store, server.address)  # what is loaded once is loaded
        _FORGET.write_text("5", encoding="ascii")
        before = _status("VmRSS")
        with pytest.raises(Inconclusive):
            _read(store, server.address)

        most = UNPACKED if name.startswith("postgres-") else MEMORY
        assert _status("VmHWM") - before < most


def _status(name: str) -> int:
    told = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    assert told
    return int(told[1]) << 10


@pytest.mark.parametrize("name", ["s3-redirects-a-listing", "web-redirects-a-file"])
def test_without_our_session_a_redirect_leads_to_another_host(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver goes after it by itself: what holds it at home is ours, and has to be there."""
    store = STORES[name]
    monkeypatch.setattr(objects, "_to_one_host", lambda *_, **__: None)
    with serving(store.serve) as (server, decoy):
        with suppress(Inconclusive):
            _read(store, server.address)

        assert decoy.calls


@pytest.mark.parametrize(
    ("host", "endpoint", "home"),
    [
        ("127.0.0.1", "http://127.0.0.1:9000", True),
        ("papers.store.city.example", "https://store.city.example", True),
        ("store.city.example.elsewhere.example", "https://store.city.example", False),
        ("evilstore.city.example", "https://store.city.example", False),
        ("papers.s3.eu-west-1.amazonaws.com", "", True),
        ("amazonaws.com.elsewhere.example", "", False),
        ("", "https://store.city.example", False),
    ],
)
def test_a_store_is_at_home_at_its_address_and_below_it(
    host: str, endpoint: str, *, home: bool
) -> None:
    """A bucket may have a name of its own below it; nobody else is it."""
    assert homely(host, endpoint) is home
