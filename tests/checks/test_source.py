"""Each rule about a source sees its fault, and says nothing of a line that only looks like it."""

import json
from pathlib import Path

import pytest

from idaudit.checks.probes.source.reading import RULES, read
from idaudit.command.main import exit_code_of
from idaudit.threatmodel.errors import UsageError
from idaudit.threatmodel.loader import load

ROOT = Path(__file__).parents[2]
BAD = {
    "I801": "import logging\nlog = logging.getLogger()\nlog.error('bad form %s', request.json)\n",
    "I801 awaited": "async def take(request):\n    logger.warning(await request.body())\n",
    "I801 printed": "print(f'got {payload}')\n",
    "I802": "logger.info('enrolled %s', applicant.surname)\n",
    "I802 formatted": "logging.info(f'new card for {form[\"date_of_birth\"]}')\n",
    "I803": "def store_scan(data):\n    with tempfile.NamedTemporaryFile() as f:\n        pass\n",
    "I803 parameter": "def convert(passport, size):\n    fd, name = mkstemp()\n    return name\n",
    "I804": "async def upload(scan: UploadFile) -> None:\n    await scan.read()\n",
    "I805": "raise ValueError(f'no such person: {applicant.email}')\n",
    "I805 added": "raise KeyError('not found: ' + row.passport_number)\n",
    "I805 sent": "raise BadForm('cannot read %s' % request.form)\n",
    "I806": "SIGNING_KEY = 'k3yThatOpensEverything'\n",
    "I806 passed": "connect(host='db', password='tr0ub4dor-and-3')\n",
    "I806 bytes": "secret_key: bytes = b'9f8a7b6c5d4e3f2a'\n",
    "I807": "mark = hashlib.sha256(passport_number.encode()).hexdigest()\n",
    "I807 by name": "hashlib.new('sha1', person.surname.encode())\n",
    "I807 bare": "from hashlib import blake2b\nblake2b(email.encode(), digest_size=16)\n",
    "B501": "import requests\nrequests.get('https://city.example', verify=False, timeout=3)\n",
    "I801 silenced": "logger.error(request.json)  # nosec\n",
}
GOOD = {
    "a log that says what happened": "logger.info('application %s opened', application.id)\n",
    "a log of a status": "log.warning('declined with %s', response.status_code)\n",
    "a print of nothing sent": "print('listening on', port)\n",
    "a method of that name elsewhere": "catalogue.info(applicant.surname)\n",
    "a temporary file of no paper": "def export(numbers):\n    return tempfile.mkdtemp()\n",
    "a paper in memory": "def store_scan(data):\n    return io.BytesIO(data)\n",
    "an upload that is streamed": "async def upload(request: Request) -> None:\n    pass\n",
    "an error that names the field": "raise ValueError('surname is too long')\n",
    "an error with a number": "raise ValueError(f'{len(form.surname_errors)} fields are wrong')\n",
    "a secret from outside": "SIGNING_KEY = os.environ['SIGNING_KEY']\n",
    "a secret to be filled in": "password = 'changeme-please'\n",
    "a name of a header": "API_KEY = 'X-Api-Key header'\n",
    "a keyed digest": "hashlib.blake2b(passport_number.encode(), key=pepper)\n",
    "an authentication code": "hmac.digest(key, passport_number.encode(), 'sha256')\n",
    "a digest of an id": "hashlib.sha256(row.id.encode())\n",
    "a checked line": "requests.get('https://city.example', timeout=3)\n",
}


def found(folder: Path, source: str) -> list[str]:
    """Return the tests that say something of *source*."""
    (folder / "desk.py").write_text(source)
    return [test for line in read(folder).lines for test in line.rule.tests]


@pytest.mark.parametrize("fault", BAD)
def test_a_fault_in_a_source_is_seen(tmp_path: Path, fault: str) -> None:
    """A rule that never saw its fault proves nothing, whatever its authors silenced."""
    assert fault.split(maxsplit=1)[0] in found(tmp_path, BAD[fault])


@pytest.mark.parametrize("innocent", GOOD)
def test_a_line_that_only_looks_like_a_fault_is_left_alone(tmp_path: Path, innocent: str) -> None:
    """A rule that cries at every name teaches people to look away."""
    assert found(tmp_path, GOOD[innocent]) == []


def test_every_rule_goes_against_a_promise_and_was_seen_doing_so(tmp_path: Path) -> None:
    """A rule for a promise nobody made, or that sees nothing, is no rule."""
    for number, source in enumerate(BAD.values()):
        (tmp_path / f"desk_{number}.py").write_text(source)
    lines = read(tmp_path).lines

    assert {rule.guarantee for rule in RULES} <= set(load().guarantees)
    assert {line.rule for line in lines} == set(RULES)


def test_the_reference_city_is_read_and_nothing_is_found() -> None:
    """A suite that faults the reference city accuses the innocent."""
    reading = read(ROOT / "fixtures" / "city")

    assert reading.files > 100
    assert (reading.lines, reading.unread) == ((), ())


def test_a_folder_without_python_is_refused(tmp_path: Path) -> None:
    """What was not read is not praised."""
    with pytest.raises(UsageError, match="no Python there"):
        read(tmp_path)
    with pytest.raises(UsageError, match="no such folder"):
        read(tmp_path / "nowhere")


def test_what_cannot_be_parsed_is_told(tmp_path: Path) -> None:
    """A file that nobody could read may hold anything."""
    (tmp_path / "desk.py").write_text("def broken(:\n")

    assert read(tmp_path).unread == ("desk.py",)


def test_a_fault_in_the_source_breaks_a_promise_by_statement_only(tmp_path: Path) -> None:
    """What was read and not seen happening is told as such, with where it stands."""
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    (source / "desk.py").write_text("\n" + BAD["I807"])
    words = ["run", "--only", "nothing-derived", "--source", str(source), "--out", str(out)]

    assert exit_code_of([*words, "--seed", "5", "--jobs", "1"]) == 1
    audit = json.loads((out / "audit.json").read_text())
    [judged] = [each for each in audit["guarantees"] if each["id"] == "nothing-derived"]
    failed = [each for each in judged["checks"] if each["outcome"] == "fail"]
    assert (judged["verdict"], judged["assurance"]) == ("broken", "statement")
    assert [each["id"] for each in failed] == ["the_source_digests_no_identifier_without_a_key"]
    assert failed[0]["findings"][0]["location"] == "desk.py:2"
