"""A MariaDB server as somebody would run it, for experiments with what it leaves behind."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pymysql

from idaudit.checks.probes.sweep.sharing import OneFile
from idaudit.fixtures.surfaces.memory import MemorySurface
from idaudit.fixtures.surfaces.surface import Surface

sys.path.insert(0, str(Path(__file__).parent))
from servers import START_SECONDS, program

_TABLES = Path("/usr/share/mysql")
_SCRIPTS = ("system_tables", "performance_tables", "system_tables_data")
_HEAD = """create database mysql;
use mysql;
set @auth_root_socket=NULL;
set @skip_auth_anonymous=1;
"""
_PURGE_SECONDS = 60.0


@dataclass
class Mariadb:
    """A server with its log of changes in small files, and one database."""

    home: Path
    words: list[str]
    process: "subprocess.Popen[bytes] | None" = None

    def connect(self) -> Any:  # noqa: ANN401  pymysql ships no types
        """Connect as the owner of everything."""
        return pymysql.connect(
            user="root",
            unix_socket=str(self.home / "socket"),
            autocommit=True,
            database="city" if (self.home / "data" / "city").exists() else None,
        )

    def ask(self, *questions: str) -> list[Any]:
        """Carry out each; return what the last one answers."""
        with self.connect() as connection, connection.cursor() as cursor:
            for question in questions:
                cursor.execute(question)
            return list(cursor.fetchall())

    def told(self, name: str) -> int:
        """Return one number of the server's own."""
        return int(self.ask(f"SHOW GLOBAL STATUS LIKE '{name}'")[0][1])

    def settle(self) -> None:
        """Wait until nobody needs older versions, and every page is written to its file."""
        self.until(lambda: self.told("Innodb_history_list_length") == 0)
        self.flush()

    def flush(self) -> None:
        """Have every page that changed written to its file."""
        self.ask(
            "SET GLOBAL innodb_max_dirty_pages_pct_lwm = 0",
            "SET GLOBAL innodb_max_dirty_pages_pct = 0",
        )
        self.until(lambda: self.told("Innodb_buffer_pool_pages_dirty") == 0)

    def resize(self, size: int) -> None:
        """Give the redo log another size, and wait until it has it."""
        self.ask(f"SET GLOBAL innodb_log_file_size = {size}")
        log = self.home / "data" / "ib_logfile0"
        self.until(lambda: log.stat().st_size == size)

    def until(self, done: Callable[[], bool]) -> None:
        """Wait for the server's own housekeeping."""
        until = time.monotonic() + _PURGE_SECONDS
        while not done():
            assert time.monotonic() < until, (self.home / "said").read_text()
            time.sleep(0.05)

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self.home / "said").open("ab") as said:
            self.process = subprocess.Popen(self.words, stdout=said, stderr=said)
        until = time.monotonic() + START_SECONDS
        while True:
            with socket.socket(socket.AF_UNIX) as line:
                if line.connect_ex(str(self.home / "socket")) == 0:
                    return
            assert time.monotonic() < until, (self.home / "said").read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """Shut it down in order."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(60)

    def kill(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def places(self) -> dict[str, list[Surface]]:
        """Return every place on the disk to look into."""
        data = self.home / "data"
        names = sorted(data.iterdir())
        return {
            "table": [_file(data / "city" / "people.ibd")],
            "undo": [_file(path) for path in names if path.name.startswith("undo")],
            "redo": [_file(data / "ib_logfile0")],
            "binary log": [_file(path) for path in names if path.name.startswith("changes.")],
        }

    def memory(self) -> MemorySurface:
        """Return what the server holds in memory."""
        process = self.process
        assert process is not None
        return MemorySurface("memory", lambda: [process.pid])


def _file(path: Path) -> OneFile:
    return OneFile(path.name, path.name, path)


@contextmanager
def mariadb(*options: str) -> Iterator[Mariadb]:
    """Lend a server on a socket that only we can enter; its undo logs have files of their own."""
    # A socket's path has to be short.
    with TemporaryDirectory(prefix="mariadb-", dir="/tmp") as home:
        folder = Path(home)
        (folder / "data").mkdir()
        words = [program("mariadbd"), "--no-defaults", f"--datadir={home}/data"]
        words += [f"--user={Path.home().owner()}", "--innodb-log-file-size=8M"]
        words += ["--innodb-undo-tablespaces=2", "--innodb-buffer-pool-size=32M"]
        words += ["--innodb-log-buffer-size=2M", *options]
        tables = [(_TABLES / f"mysql_{name}.sql").read_text() for name in _SCRIPTS]
        with (folder / "said").open("wb") as said:
            subprocess.run(
                [*words, "--bootstrap"],
                input=(_HEAD + "".join(tables)).encode(),
                stdout=said,
                stderr=said,
                check=True,
            )
        words += [f"--socket={home}/socket", "--skip-networking", f"--pid-file={home}/pid"]
        words += ["--log-bin=changes", "--binlog-format=ROW", "--server-id=1"]
        server = Mariadb(folder, words)
        try:
            server.start()
            server.ask("CREATE DATABASE city")
            yield server
        finally:
            server.kill()
