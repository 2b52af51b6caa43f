"""What the views of several pages answer with, and who asks them."""

from flask import g, render_template
from werkzeug.wrappers import Response as AnyResponse

Answer = str | tuple[str, int] | AnyResponse
"""A page; one with another status than 200; or a whole answer, such as one that leads elsewhere."""


def asks() -> str:
    """The name of the phone that asks; empty in the demo."""
    return g.visit.phone.name if g.visit else ""


def say(status: int, title: str, hint: str) -> tuple[str, int]:
    """A page that says what is wrong, and what to do."""
    return render_template("sorry.html", title=title, hint=hint, code=status), status
