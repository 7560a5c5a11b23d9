"""A declared system that answers over TLS: believed where its file says whom to believe."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from idaudit.command.main import exit_code_of
from idaudit.fixtures.targets.declared.reading import read_target_file
from idaudit.fixtures.targets.declared.system import DeclaredTarget, open_declared
from idaudit.fixtures.targets.door import Front
from idaudit.fixtures.targets.operation import Operation
from idaudit.fixtures.targets.reference import ReferenceCities, ReferenceTarget
from idaudit.threatmodel.errors import SetupError, TargetUnreachable
from idaudit.threatmodel.loader import load

FILE = """
[system]
name = "city over TLS"
url = "{url}"
disposable = true
host = "127.0.0.1"
openapi = "/openapi.json"
{more}
[roles.clerk]
auth = "none"
[operations.open_application]
request = "POST /applications"
json.name = "{{applicant.surname}}"
fields = {{ application = "application", record = "record" }}
"""


@dataclass(frozen=True)
class House:
    """A folder to write target files in, and a city to write of."""

    folder: Path
    city: ReferenceTarget
    authority: str

    @property
    def front(self) -> Front:
        """How the city is reached from outside."""
        front = self.city.door().front
        assert front is not None
        return front

    def file(self, *more: str, url: str = "") -> Path:
        """Write a target file that says *more* of its system."""
        (self.folder / "ca.pem").write_text(self.authority)
        path = self.folder / "target.toml"
        path.write_text(FILE.format(url=url or self.front.url, more="\n".join(more)))
        return path

    def opened(self, *more: str, url: str = "") -> DeclaredTarget:
        """Return the target of such a file."""
        return open_declared(self.file(*more, url=url))


@pytest.fixture(scope="module")
def fronted() -> Iterator[tuple[ReferenceTarget, str]]:
    """Lend one city that is reached over TLS, and its authority."""
    cities = ReferenceCities(load().programmes["idnyc-2017"].terms, 11)
    with cities, cities.unused() as city:
        yield city, cities.authority.certificate


@pytest.fixture
def house(tmp_path: Path, fronted: tuple[ReferenceTarget, str]) -> House:
    """Lend a folder to write of it in."""
    return House(tmp_path, *fronted)


def test_a_system_is_asked_over_tls_where_its_authority_is_named(house: House) -> None:
    """What `ca` names is believed at the door and at the front, and nobody else is."""
    target = house.opened('ca = "ca.pem"', f'plain = "{house.front.plain}"')

    assert target.perform(Operation.DESCRIBE, {}).allowed
    front = target.door().front
    assert front is not None
    assert (front.url, front.named) == (house.front.url, True)
    assert front.plain == house.front.plain
    assert target.door().trust is not None
    target.close()


def test_without_an_authority_it_is_a_set_up_error_that_names_the_mend(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """There is no switch that believes anybody: nothing is sent, and the command ends with 3."""
    target = house.opened()
    with pytest.raises(TargetUnreachable, match=r"certificate is not believed.*system\.ca"):
        target.perform(Operation.DESCRIBE, {})
    target.close()

    assert exit_code_of(["run", "--target", str(house.folder / "target.toml")]) == 3
    assert "system.ca" in capsys.readouterr().err
    assert all(each.status < 400 for each in house.city.exchanges())


def test_a_certificate_file_that_is_none_is_a_set_up_error(house: House) -> None:
    """A file without a certificate believes nobody, and says so before anything is asked."""
    (house.folder / "empty.pem").write_text("no certificate\n")
    for name in ("empty.pem", "nowhere.pem"):
        with pytest.raises(SetupError, match=rf"system\.ca: {name}"):
            house.opened(f'ca = "{name}"')


def test_a_proxy_before_a_plain_door_is_its_front(house: House) -> None:
    """What people reach is told beside what the adapter drives."""
    target = house.opened('ca = "ca.pem"', f'front = "{house.front.url}"', url=house.city.url)

    front = target.door().front
    assert front is not None
    assert (target.door().url, front.url) == (house.city.url, house.front.url)
    target.close()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('front = "127.0.0.1:8443"', "system.front: no such address"),
        ('front = "https://me@127.0.0.1:8443"', "system.front: no such address"),
        ('front = "https://10.1.2.3:8443"', "system.front: leads to '10.1.2.3'"),
        ('plain = "https://127.0.0.1:8443"', "system.plain: no such address; expected http:"),
        ('plain = "http://10.1.2.3"', "system.plain: leads to '10.1.2.3'"),
    ],
)
def test_a_front_leads_to_no_other_host(house: House, more: str, told: str) -> None:
    """Nobody but the declared host is asked, at whatever address."""
    with pytest.raises(SetupError) as error:
        read_target_file(house.file(more))
    assert told in str(error.value)


def test_a_front_by_this_machines_other_name_is_the_same_host(house: House) -> None:
    """A certificate may be of a name, and the door at an address."""
    file = read_target_file(house.file('front = "https://localhost:8443"'))
    assert file.system.front == "https://localhost:8443"
