"""``idaudit init``: a first target file, from what a system says of itself."""

import json
from pathlib import Path

import click

from idaudit.command.printing import write_text
from idaudit.fixtures.targets.declared.reading import schema
from idaudit.fixtures.targets.proposing.document import read_openapi
from idaudit.fixtures.targets.proposing.writing import proposed
from idaudit.threatmodel.errors import UsageError

EMPTY = """\
# A target file: how one ID system is driven. See docs/write-an-adapter.md, and
# `idaudit init --openapi ADDRESS` for one that is filled in.
[system]
name = "unnamed"
url = "http://127.0.0.1:8000"

[roles.clerk]
auth = "bearer"
token = "${CLERK_TOKEN}"

[roles.applicant]
auth = "through"
role = "clerk"

[operations.open_application]
request = "POST /applications"
json = "{applicant}"
fields = { application = "id", record = "id" }
"""


@click.command()
@click.option("--openapi", metavar="URL|FILE", help="The system's own description, OpenAPI 3 or 2.")
@click.option("--out", type=click.Path(path_type=Path), help="Write here instead of printing.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--schema", "as_schema", is_flag=True, help="Print the JSON schema of target files.")
def init(openapi: str | None, out: Path | None, *, force: bool, as_schema: bool) -> int:
    """Propose a target file for a system, to be read and completed."""
    if out is not None and out.exists() and not force:
        raise UsageError(f"--out {out}: is there already; name another file, or say --force")
    if as_schema:
        text = json.dumps(schema(), indent=1) + "\n"
    else:
        text = proposed(read_openapi(openapi)) if openapi else EMPTY
    if out is None:
        click.echo(text, nl=False)
    else:
        write_text(out, text)
        click.echo(f"{out} is written. Read it, then: idaudit doctor --target {out}")
    return 0
