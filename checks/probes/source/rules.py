"""
The rules, as plugins of Bandit: each sees one way in which a program lets people's values out.

Whoever has the suite installed has them in a plain ``bandit -r .`` as well. They
claim little and claim it surely: a rule that cries at every name teaches people
to look away.
"""

import ast
import importlib
from collections.abc import Callable
from typing import Any

from idaudit.checks.probes.source.words import (
    IDENTIFIER,
    PAPER,
    PERSONAL,
    SECRET,
    dotted,
    names,
    sent,
)

Context = Any  # Bandit's, which is untyped
Plugin = Callable[[Context], Any]

_LOGS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_LOGGERS = frozenset({"log", "logger", "logging", "_log", "_logger", "LOG", "LOGGER"})
_TEMPORARY = frozenset(
    {"NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp", "TemporaryDirectory"}
)
_PLAIN = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s"})
_SHORTEST = 8  # letters of a secret worth the name
_SAMPLES = (
    "example",
    "changeme",
    "change-me",
    "test",
    "dummy",
    "placeholder",
    "xxxx",
    "<",
    "{",
    "$",
)


def plugin(test_id: str, *nodes: str) -> Callable[[Plugin], Plugin]:
    """Mark a function as Bandit marks its plugins: by an id and the kinds of node it is asked."""

    def mark(function: Plugin) -> Plugin:
        vars(function).update(_test_id=test_id, _checks=list(nodes))
        return function

    return mark


def _found(text: str, cwe: int, node: ast.AST | None = None) -> Any:  # noqa: ANN401  Bandit's
    bandit = importlib.import_module("bandit")
    return bandit.Issue(
        severity=bandit.HIGH,
        confidence=bandit.HIGH,
        cwe=cwe,
        text=text,
        lineno=getattr(node, "lineno", None),
    )


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _logs(call: ast.Call) -> bool:
    """Whether *call* writes a line to a log, or prints."""
    owner, _, name = dotted(call.func).rpartition(".")
    logger = owner.rpartition(".")[2] in _LOGGERS or owner.endswith("_logger")
    return (logger and name in _LOGS) or (not owner and name == "print")


@plugin("I801", "Call")
def logs_what_people_send(context: Context) -> Any:  # noqa: ANN401  Bandit's
    """See a log written with the body, the form or the files of a request."""
    call = context.node
    if _logs(call) and any(map(sent, _arguments(call))):
        return _found("A log is written with what somebody sent.", 532)
    return None


@plugin("I802", "Call")
def logs_personal_values(context: Context) -> Any:  # noqa: ANN401  Bandit's
    """See a log written with a name, an address, a birth date or a paper's number."""
    call = context.node
    told = (name for argument in _arguments(call) for name in names(argument))
    if _logs(call) and any(map(PERSONAL.search, told)):
        return _found("A log is written with a value of a person.", 532)
    return None


@plugin("I803", "FunctionDef", "AsyncFunctionDef")
def puts_papers_into_temporary_files(context: Context) -> Any:  # noqa: ANN401  Bandit's
    """See a temporary file made by what handles a paper or a photograph."""
    function = context.node
    about = [function.name, *(each.arg for each in function.args.args)]
    if not any(map(PAPER.search, about)):
        return None
    for inner in ast.walk(function):
        if isinstance(inner, ast.Call) and dotted(inner.func).rpartition(".")[2] in _TEMPORARY:
            return _found("What handles a paper makes a temporary file.", 377, inner)
    return None


@plugin("I804", "FunctionDef", "AsyncFunctionDef")
def lets_the_framework_spool_papers(context: Context) -> Any:  # noqa: ANN401  Bandit's
    """See an upload taken by a framework that lays anything large on disk first."""
    function = context.node
    for argument in (*function.args.args, *function.args.kwonlyargs):
        if argument.annotation is not None and "UploadFile" in names(argument.annotation):
            return _found("An upload is spooled to disk by the framework.", 377, argument)
    return None


@plugin("I805", "Raise")
def raises_with_personal_values(context: Context) -> Any:  # noqa: ANN401  Bandit's
    """See an error raised with a value of a person, or what somebody sent, in its words."""
    raised = context.node.exc
    if not isinstance(raised, ast.Call):
        return None
    for argument in _arguments(raised):
        if any(_told(part) for part in _spoken(argument)):
            return _found("An error is raised with a value of a person in its words.", 209)
    return None


def _told(node: ast.AST) -> bool:
    return sent(node) or any(map(PERSONAL.search, names(node)))


def _spoken(node: ast.AST) -> list[ast.AST]:
    """Return the values that are put into words within *node*."""
    parts: list[ast.AST] = []
    for inner in ast.walk(node):
        match inner:
            case ast.FormattedValue(value=value):
                parts.append(value)
            case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod() | ast.Add(), right=value):
                parts.append(value)
            case ast.Call(func=ast.Attribute(attr="format"), args=given):
                parts.extend(given)
            case _:
                pass
    return parts


@plugin("I806", "Assign", "AnnAssign", "Call")
def keeps_secrets_in_code(context: Context) -> Any:  # noqa: ANN401  Bandit's
    """See a password or a key written into the program."""
    for name, value in _written(context.node):
        text = value.value if isinstance(value, ast.Constant) else None
        words = text.decode(errors="replace") if isinstance(text, bytes) else text
        if SECRET.search(name) and isinstance(words, str) and _is_secret(words):
            return _found("A key or password stands in the program.", 798)
    return None


def _written(node: ast.AST) -> list[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            return [(dotted(target).rpartition(".")[2], value) for target in targets]
        case ast.AnnAssign(target=target, value=value) if value is not None:
            return [(dotted(target).rpartition(".")[2], value)]
        case ast.Call(keywords=keywords):
            return [(each.arg or "", each.value) for each in keywords]
        case _:
            return []


def _is_secret(words: str) -> bool:
    plain = words.lower()
    spoken = " " in words.strip() or "/" in words or words.isupper()
    return len(words) >= _SHORTEST and not spoken and not any(each in plain for each in _SAMPLES)


@plugin("I807", "Call")
def digests_identifiers_without_a_key(context: Context) -> Any:  # noqa: ANN401  Bandit's
    """See a number or a name digested with no key: whoever tries them all turns it back."""
    call = context.node
    owner, _, name = dotted(call.func).rpartition(".")
    digest = (name in _PLAIN and owner in ("hashlib", "")) or dotted(call.func) == "hashlib.new"
    keyed = any(keyword.arg == "key" for keyword in call.keywords)
    told = (each for argument in call.args for each in names(argument))
    if digest and not keyed and any(map(IDENTIFIER.search, told)):
        return _found("A number or a name is digested without a key.", 916)
    return None


PLUGINS = (
    logs_what_people_send,
    logs_personal_values,
    puts_papers_into_temporary_files,
    lets_the_framework_spool_papers,
    raises_with_personal_values,
    keeps_secrets_in_code,
    digests_identifiers_without_a_key,
)
"""Every rule of ours."""
