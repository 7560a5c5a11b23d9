"""By which names people's values, papers and secrets go in a program."""

import ast
import re
from collections.abc import Iterator

PERSONAL = re.compile(
    r"(?:^|_)(?:given_?names?|first_?name|surname|last_?name|family_?name|full_?name|birth_?date"
    r"|date_?of_?birth|dob|born|street|home_?address|postal_?address|e_?mail(?:_?address)?"
    r"|phone(?:_?number)?|passport(?:_?(?:no|number))?|document_?(?:no|number)|licen[cs]e_?number"
    r"|ssn|social_?security(?:_?number)?|itin|mrz|country_?of_?birth|birth_?place)$",
    re.IGNORECASE,
)
IDENTIFIER = re.compile(
    r"(?:^|_)(?:passport|document|licen[cs]e|card|identity|id)_?(?:no|number|num|digits)$"
    r"|(?:^|_)(?:passport|ssn|itin|social_?security(?:_?number)?|mrz|surname|last_?name"
    r"|full_?name|e_?mail|phone|born|dob|birth_?date|date_?of_?birth)$",
    re.IGNORECASE,
)
PAPER = re.compile(
    r"(?:^|_)(?:scans?|papers?|passports?|documents?|uploads?|photos?|photographs?|portraits?"
    r"|selfies?|licen[cs]es?|identity_?cards?|id_?cards?)(?:_|$)",
    re.IGNORECASE,
)
SECRET = re.compile(
    r"(?:^|_)(?:secret|password|passwd|passphrase|api_?key|private_?key|signing_?key|master_?key"
    r"|encryption_?key|secret_?key|access_?token|auth_?token)s?$",
    re.IGNORECASE,
)
SENT = frozenset(
    {"body", "json", "data", "form", "POST", "FILES", "files", "values", "get_json", "stream"}
)
"""What of a request is what somebody sent."""

_REQUESTS = frozenset({"request", "req", "http_request", "flask_request"})


def names(node: ast.AST) -> Iterator[str]:
    """Return every name that a value within *node* goes by."""
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.Subscript(slice=ast.Constant(value=str(name))):
                yield name
            case _:
                pass


def sent(node: ast.AST) -> bool:
    """Whether *node* says what somebody sent: a request's body, form or files."""
    for inner in ast.walk(node):
        match inner:
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                if owner in _REQUESTS and name in SENT:
                    return True
            case ast.Name(id="request_body" | "raw_body" | "form_data" | "payload"):
                return True
            case _:
                pass
    return False


def dotted(node: ast.AST) -> str:
    """Return a name with its dots: "hashlib.sha256"; "" of what is none."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case _:
            return ""
