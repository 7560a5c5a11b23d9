"""What a shell offers after a few letters."""

import os
import subprocess
import sys
from pathlib import Path

ASK = """
eval "$(_IDAUDIT_COMPLETE=bash_source idaudit)"
COMP_WORDS=(idaudit mat) COMP_CWORD=1
_idaudit_completion idaudit
printf '%s\\n' "${COMPREPLY[@]}"
"""


def test_bash_completes_a_command() -> None:
    """The line in the guide is all that it takes."""
    folder = str(Path(sys.executable).parent)
    path = os.pathsep.join([folder, os.environ["PATH"]])
    guide = (Path(__file__).parents[2] / "docs" / "ways-in.md").read_text()

    done = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-c", ASK],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == "matrix\n", done.stderr
    assert ASK.splitlines()[1] in guide
