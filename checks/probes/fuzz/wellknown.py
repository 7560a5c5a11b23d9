"""What somebody tries who has no description: words of one's own, and addresses known by name."""

import re
from collections.abc import Iterator, Mapping

ADDRESSES = (
    *("admin", "admin/users", "admin/records", "administrator", "console", "manage", "internal"),
    *("debug", "debug/requests", "debug/vars", "_debug", "trace", "env", "info", "status"),
    *("actuator", "actuator/env", "actuator/heapdump", "actuator/httptrace", "server-status"),
    *("records", "records.csv", "records.json", "records/all", "records/export", "applications"),
    *("applications.csv", "applications/export", "people", "persons", "users", "residents"),
    *("cardholders", "cards", "holders", "search", "find", "export", "exports", "export.csv"),
    *("dump", "dump.json", "dump.sql", "backup", "backups", "backup.sql", "backup.zip", "db"),
    *("city.sqlite", "db.sqlite", "db.sqlite3", "data.db", "database.sqlite", "registry.sqlite"),
    *(".env", ".git/config", ".git/HEAD", "config", "config.json", "config.yaml", "settings.json"),
    *("uploads", "files", "documents", "scans", "papers", "media", "static", "tmp", "spool"),
    *("log", "logs", "log/city.log", "access.log", "error.log", "queue", "jobs", "tasks"),
    *("graphql", "metrics", "test", "tests", "demo", "old", "v1/records", "api/records"),
    *("me", "whoami", "profile", "sessions/all", "tokens", "audit", "reports/all", "feed"),
)
"""Addresses by which systems of all kinds have been entered that nobody had described."""

BENEATH = ("uploads", "files", "documents", "scans", "papers", "media", "static", "people")
"""Where a file's own name is tried as well."""

ENDINGS = ("", ".json", ".csv", ".pdf", ".jpg", ".html", "/0", "/0.jpg", "/photo", "/export")
BEFORE = ("/v0", "/v1", "/v2", "/api", "/api/v1", "/internal", "/admin", "/old", "/beta", "/legacy")
AFTER = ("/", ".json", ".csv", ";a=b", "%20", "%2e", "/.", "//", "/export", "/history", "/raw")

CLAIMS: Mapping[str, Mapping[str, str]] = {
    "a role in a header": {"X-Role": "administrator", "X-User-Role": "administrator"},
    "a user in a header": {"X-User": "clerk-1", "X-Remote-User": "clerk-1"},
    "the user of a proxy": {"X-Forwarded-User": "clerk-1", "X-Auth-Request-User": "clerk-1"},
    "an address inside": {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "10.0.0.1"},
    "a mark of a service": {"X-Internal": "true", "X-Service": "batch", "X-Internal-Call": "1"},
    "a mark of debugging": {"X-Debug": "1", "X-Debug-Mode": "true", "X-Test": "true"},
    "a role in a cookie": {"Cookie": "role=administrator; admin=true; user=clerk-1"},
    "a certificate of a proxy": {"X-SSL-Client-Verify": "SUCCESS", "X-Client-Cert-CN": "clerk-1"},
}
"""What whoever asks says of themselves, where only a badge should count."""

PARAMETERS = (
    *("debug=1", "debug=true", "admin=true", "admin=1", "role=administrator", "user=clerk-1"),
    *("include_deleted=true", "deleted=1", "all=true", "preview=true", "internal=1", "test=1"),
    *("override=true", "force=1", "as=owner", "access=full", "callback=show", "format=csv"),
)
"""The same in an address."""

FILES = {
    "a database": re.compile(rb"\ASQLite format 3\0"),
    "a copy of a database": re.compile(rb"\A(?:PGDMP|-- (?:PostgreSQL|MySQL) (?:database )?dump)"),
    "a configuration with its keys": re.compile(
        rb"(?im)(?:^|[{,])\s*[\"']?(?:\w+[_-])?(?:secret|passw(?:or)?d|private[_-]?key|api[_-]?key)"
        rb"""(?:[_-]\w+)?["']?\s*[:=]\s*["']?[\w+/=!@#$%^&*.-]{8,}"""
    ),
    "a private key": re.compile(rb"-----BEGIN (?:\w+ )?PRIVATE KEY-----"),
    "a store of versions": re.compile(rb"\A\[core\]\s|\Aref: refs/heads/"),
}
"""What no address serves, by what it is."""


def beside(path: str) -> Iterator[str]:
    """Return what lies beside a described *path*: older versions, other forms, odd spellings."""
    yield from (prefix + path for prefix in BEFORE)
    yield from (path + suffix for suffix in AFTER)
    first, *rest = path.strip("/").split("/")
    yield "//" + path.strip("/")
    yield f"/{first.upper()}/" + "/".join(rest)
    yield f"/{first}/../{first}/" + "/".join(rest)
    yield f"/./{first}/" + "/".join(rest)


def addresses(ids: list[str]) -> Iterator[str]:
    """Return every address known by name, and those with one of *ids* beneath."""
    yield from (f"/{each}" for each in ADDRESSES)
    for place in BENEATH:
        yield from (f"/{place}/{name}{ending}" for name in ids for ending in ENDINGS)


def kind_of_file(body: bytes) -> str:
    """Say what *body* is, if it is something that no address should serve."""
    return next((what for what, pattern in FILES.items() if pattern.search(body)), "")
