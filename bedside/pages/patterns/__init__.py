"""The patterns page, `/patterns`, and two for what is too long for it: words, order and tables for the counting. Pure.

Numbers and verdict codes come from `bedside.patterns`; nothing is worked out here. Rules: docs/counting.md.
"""

from bedside.pages.patterns.changes import DatedChange
from bedside.pages.patterns.page import nights, page, weeks

__all__ = ["DatedChange", "nights", "page", "weeks"]
