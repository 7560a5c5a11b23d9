"""Markup: every word escaped, every number whole, every colour an attribute."""

import re
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

INK, SOFT = "#1d1c1a", "#57534b"
PAPER, WHITE, GROUND, RULE = "#fffdf9", "#ffffff", "#f4f0e8", "#cfc8ba"
SERIF = "Georgia, 'Times New Roman', 'Liberation Serif', serif"
SANS = "Helvetica, Arial, 'Liberation Sans', sans-serif"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tag(name: str, *inside: str, **attributes: int | str) -> str:
    """Return one element; *inside* is markup, attribute values are escaped here."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(clean(str(value)))}"
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def clean(words: str) -> str:
    """Replace what no XML document may hold."""
    return _NOT_XML.sub("\ufffd", words)


def plain(words: str) -> str:
    """Return *words* so that they render as words."""
    return escape(clean(words))


def text(
    x: int,
    y: int,
    words: str,
    *,
    size: int = 14,
    fill: str = INK,
    bold: bool = False,
    anchor: Literal["start", "middle", "end"] = "start",
) -> str:
    """Return one line of text, its baseline at *y*."""
    extra = {"font_weight": "bold"} if bold else {}
    extra |= {"text_anchor": anchor} if anchor != "start" else {}
    return tag("text", plain(words), x=x, y=y, font_size=size, fill=fill, **extra)


def lines(
    x: int, y: int, every: tuple[str, ...], *, size: int = 14, fill: str = INK, bold: bool = False
) -> str:
    """Return lines of text, the baseline of the first at *y*."""
    return "".join(
        text(x, y + number * leading(size), line, size=size, fill=fill, bold=bold)
        for number, line in enumerate(every)
    )


def leading(size: int) -> int:
    """Return the distance between the baselines of two lines."""
    return size + 4


def trail(*points: tuple[int, int], closed: bool = False) -> str:
    """Return the straight way through *points*, as a path has it."""
    return "M" + "L".join(f"{x} {y}" for x, y in points) + ("Z" if closed else "")


def path(way: str, stroke: str, **attributes: int | str) -> str:
    """Return a stroke, two pixels wide, along *way*."""
    return tag("path", d=way, fill="none", stroke=stroke, stroke_width=2, **attributes)


def group(class_: str, *inside: str, title: str = "", **data: str) -> str:
    """
    Return a group, with what a pointer resting on it tells.

    *data* names what it stands for: ``element="registry"``. Nothing has an id
    there, so that several drawings can stand in one document.
    """
    told = tag("title", plain(title)) if title else ""
    named = {f"data_{key}": value for key, value in data.items() if value}
    return tag("g", told, *inside, class_=class_, **named)
