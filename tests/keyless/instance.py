"""A whole private Sigstore instance on loopback: an authority, two kinds of log, and a clock."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from authorities import Authority, Key, key_id, new_key, signature, spki
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from timestamps import stamped

ISSUER = "https://login.example/auth"
AUDITOR = "auditor@city.example"
SECRET = "a secret that only the tests' own issuer needs to know"  # noqa: S105  of no system
Node = dict[str, Any]


@dataclass
class Instance:
    """Keys and services; a test that wants one of them false replaces it."""

    authority: Authority = field(default_factory=lambda: Authority("City authority"))
    clock: Authority = field(default_factory=lambda: Authority("City clock"))
    certificate_log: Key = field(default_factory=new_key)
    log: Key = field(default_factory=new_key)
    clock_key: Key = field(default_factory=new_key)
    late: timedelta = timedelta()
    """How long after the certificate was given the log and the clock see it used."""
    silent: threading.Event | None = None
    """Where set, no answer comes before it."""
    seen: list[tuple[str, bytes]] = field(default_factory=list)
    """What was sent, by path."""
    url: str = ""

    @property
    def now(self) -> datetime:
        """The time, as the log and the clock have it."""
        return datetime.now(UTC).replace(microsecond=0) + self.late

    def trusted_root(self) -> Node:
        """Return the root of trust, as a file holds it."""
        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [_known_log(self.url, self.log)],
            "certificateAuthorities": [_known(self.authority.root)],
            "ctlogs": [_known_log(self.url, self.certificate_log)],
            "timestampAuthorities": [_known(self.clock.stamper(self.clock_key), self.clock.root)],
        }

    def trust_config(self, *versions: int) -> Node:
        """Return roots and services, with logs of *versions*."""
        return {
            "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
            "trustedRoot": self.trusted_root(),
            "signingConfig": {
                "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
                "caUrls": [self._service(1)],
                "oidcUrls": [],
                "rekorTlogUrls": [self._service(version) for version in versions],
                "rekorTlogConfig": {"selector": "ANY"},
                "tsaUrls": [self._service(1, "/timestamp")],
                "tsaConfig": {"selector": "ANY"},
            },
        }

    def answer(self, path: str, body: bytes, token: str) -> bytes:
        """Return what the service at *path* answers."""
        self.seen.append((path, body))
        if self.silent:
            self.silent.wait()
        match path:
            case "/api/v2/signingCert":
                return json.dumps(self._certificate(json.loads(body), token)).encode()
            case "/api/v1/log/entries":
                return json.dumps(self._logged_whole(json.loads(body))).encode()
            case "/api/v2/log/entries":
                return json.dumps(self._logged_digest(json.loads(body))).encode()
            case "/timestamp":
                holder = self._holder_of_the_clock
                return stamped(body, self.clock_key, holder, self.now)
        raise ValueError(path)

    def __post_init__(self) -> None:
        """Let the clock be certified once: a root names the very certificate."""
        self._holder_of_the_clock = self.clock.stamper(self.clock_key)
        self.clock.stamper = lambda _: self._holder_of_the_clock  # type: ignore[method-assign]

    def _service(self, version: int, path: str = "") -> Node:
        start = {"start": "2020-01-01T00:00:00Z"}
        return {
            "url": self.url + path,
            "majorApiVersion": version,
            "validFor": start,
            "operator": "city.example",
        }

    def _certificate(self, asked: Node, token: str) -> Node:
        """Certify whoever the token names, as the issuer signed it."""
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience="sigstore")
        request = x509.load_pem_x509_csr(base64.b64decode(asked["certificateSigningRequest"]))
        key = request.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        leaf = self.authority.certify(key, claims["sub"], claims["iss"], self.certificate_log)
        chain = [each.public_bytes(Encoding.PEM).decode() for each in (leaf, self.authority.root)]
        return {"signedCertificateEmbeddedSct": {"chain": {"certificates": chain}}}

    def _logged_whole(self, asked: Node) -> Node:
        """Log an envelope as version 1 does: sent whole, its digests kept."""
        content = asked["spec"]["proposedContent"]
        envelope = json.loads(content["envelope"])
        (one,), (verifier,) = envelope["signatures"], content["verifiers"]
        body = _canonical(
            {
                "apiVersion": "0.0.1",
                "kind": "dsse",
                "spec": {
                    "envelopeHash": _hash(content["envelope"].encode()),
                    "payloadHash": _hash(base64.b64decode(envelope["payload"])),
                    "signatures": [{"signature": one["sig"], "verifier": verifier}],
                },
            }
        )
        when, ours = int(self.now.timestamp()), key_id(self.log).hex()
        promised = {"body": _b64(body), "integratedTime": when, "logID": ours, "logIndex": 41}
        root, beside, checkpoint = self._proof(body)
        proof = {
            "checkpoint": checkpoint,
            "hashes": [beside.hex()],
            "logIndex": 1,
            "rootHash": root.hex(),
            "treeSize": 2,
        }
        promise = _b64(signature(self.log, _canonical(promised)))
        shown = {"inclusionProof": proof, "signedEntryTimestamp": promise}
        return {"an-entry": promised | {"verification": shown}}

    def _logged_digest(self, asked: Node) -> Node:
        """Log a digest, as version 2 does."""
        given = asked["hashedRekordRequestV002"]
        data = {"algorithm": "SHA2_256", "digest": given["digest"]}
        entry = {"hashedRekordV002": {"data": data, "signature": given["signature"]}}
        body = _canonical({"apiVersion": "0.0.2", "kind": "hashedrekord", "spec": entry})
        root, beside, checkpoint = self._proof(body)
        return {
            "logIndex": "41",
            "logId": {"keyId": _b64(key_id(self.log))},
            "kindVersion": {"kind": "hashedrekord", "version": "0.0.2"},
            "inclusionProof": {
                "logIndex": "1",
                "rootHash": _b64(root),
                "treeSize": "2",
                "hashes": [_b64(beside)],
                "checkpoint": {"envelope": checkpoint},
            },
            "canonicalizedBody": _b64(body),
        }

    def _proof(self, body: bytes) -> tuple[bytes, bytes, str]:
        """Return root, neighbour and checkpoint of a tree in which *body* is the second leaf."""
        beside = hashlib.sha256(b"\0an earlier entry").digest()
        leaf = hashlib.sha256(b"\0" + body).digest()
        root = hashlib.sha256(b"\1" + beside + leaf).digest()
        note = f"log.example\n2\n{_b64(root)}\n"
        signed = key_id(self.log)[:4] + signature(self.log, note.encode())
        return root, beside, f"{note}\n\u2014 log.example {_b64(signed)}\n"


@contextmanager
def served(instance: Instance) -> Iterator[Instance]:
    """Answer for *instance* on loopback until the end of the block."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            answer = instance.answer(self.path, body, token)
            self.send_response(201)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        server.daemon_threads = True
        instance.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield instance
        finally:
            server.shutdown()
            thread.join()


def token(identity: str = AUDITOR, issuer: str = ISSUER, minutes: int = 10) -> str:
    """Return what the issuer gives to whoever is *identity*, for so many minutes."""
    now = datetime.now(UTC)
    claims = {"iss": issuer, "sub": identity, "aud": "sigstore", "iat": now - timedelta(hours=1)}
    return jwt.encode(claims | {"exp": now + timedelta(minutes=minutes)}, SECRET, algorithm="HS256")


def _known_log(url: str, key: Key) -> Node:
    known = {
        "rawBytes": _b64(spki(key)),
        "keyDetails": "PKIX_ECDSA_P256_SHA_256",
        "validFor": {"start": "2020-01-01T00:00:00Z"},
    }
    ours = {"keyId": _b64(key_id(key))}
    return {"baseUrl": url, "hashAlgorithm": "SHA2_256", "publicKey": known, "logId": ours}


def _known(*chain: x509.Certificate) -> Node:
    raw = [{"rawBytes": _b64(each.public_bytes(Encoding.DER))} for each in chain]
    return {
        "subject": {"organization": "city.example", "commonName": "city"},
        "certChain": {"certificates": raw},
        "validFor": {"start": "2020-01-01T00:00:00Z"},
    }


def _hash(data: bytes) -> Node:
    return {"algorithm": "sha256", "value": hashlib.sha256(data).hexdigest()}


def _canonical(node: Node) -> bytes:
    return json.dumps(node, sort_keys=True, separators=(",", ":")).encode()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
