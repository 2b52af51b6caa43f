"""The pages: a Flask app that only reads. Importing this package imports no Flask; making the app does."""

from pathlib import Path
from typing import TYPE_CHECKING

from bedside.pages.house import House

if TYPE_CHECKING:
    from flask import Flask


def create_app(house: House) -> "Flask":
    """The pages of this house, as a WSGI app that any number of threads may call."""
    from bedside.pages.site import make_site  # here, since Flask costs 22 MB and nobody may ever look

    return make_site(house, assets())


def assets() -> Path:
    """The folder of templates and static files: `web_assets` in the wheel, else `web` of the checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "web_assets"
    return shipped if shipped.is_dir() else package.parent / "web"
