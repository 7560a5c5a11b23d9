"""
Drive the decoders by coverage, with Atheris: ``python -m tests.fuzzing ladder --seconds 300``.

Each input has so much time and memory; what breaks a harness, or those, is left
as a file in the folder of finds, and the process ends with an error.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

SECONDS_EACH = 20
MEGABYTES = 1024
INSTRUMENTED = [
    "idaudit.checks.probes.sweep",
    "PIL.PngImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.TiffImagePlugin",
]
NAMES = (
    "ladder",
    "archives",
    "codecs",
    "radix",
    "pdf",
    "pictures",
    "pages",
    "dumps",
    "streams",
    "containers",
)


def fuzz(name: str, seconds: int, corpus: Path, found: Path) -> None:
    """Drive one harness in this process; libFuzzer ends it."""
    import atheris  # noqa: PLC0415  an extra of its own

    with atheris.instrument_imports(include=INSTRUMENTED, enable_loader_override=False):
        from harnesses import HARNESSES  # noqa: PLC0415  instrumented as it is imported
        from seeds import dictionary  # noqa: PLC0415  likewise
    harness = HARNESSES[name]
    words = corpus.parent / "words"
    words.write_text(dictionary())
    for seed in harness.seeds():
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SECONDS_EACH}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-max_len={harness.most}",
        "-len_control=0",
        f"-dict={words}",
        f"-artifact_prefix={found}/{name}-",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], harness.run)
    atheris.Fuzz()


def again(name: str, files: list[Path]) -> None:
    """Run some inputs once more, without a fuzzer, for their traceback."""
    from harnesses import HARNESSES  # noqa: PLC0415  slow, and not needed to print help

    for each in files:
        HARNESSES[name].run(each.read_bytes())


def each_in_turn(arguments: argparse.Namespace) -> int:
    """Drive every harness in a process of its own; return how many found something."""
    words = [sys.executable, __file__, "--seconds", str(arguments.seconds)]
    words += ["--found", str(arguments.found)]
    words += ["--corpus", str(arguments.corpus)] if arguments.corpus else []
    ended = [subprocess.run([*words, name], check=False).returncode for name in NAMES]
    return sum(code != 0 for code in ended)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("harness", choices=[*NAMES, "all"])
    parser.add_argument("again", nargs="*", type=Path, help="inputs to run once more, and no other")
    parser.add_argument("--seconds", type=int, default=60, help="for each harness")
    parser.add_argument("--corpus", type=Path, help="keeps what reached new code; else forgotten")
    parser.add_argument("--found", type=Path, default=Path("reports/out/fuzzing"))
    arguments = parser.parse_args()
    arguments.found.mkdir(parents=True, exist_ok=True)
    if arguments.again:
        again(arguments.harness, arguments.again)
    elif arguments.harness == "all":
        sys.exit(each_in_turn(arguments))
    else:
        with tempfile.TemporaryDirectory() as forgotten:
            corpus = (arguments.corpus or Path(forgotten)) / arguments.harness
            corpus.mkdir(parents=True, exist_ok=True)
            fuzz(arguments.harness, arguments.seconds, corpus, arguments.found)


if __name__ == "__main__":
    main()
