"""The charts of the pages: numbers of bedside.patterns in, inline SVG out. They know no route and no diary.

Every chart has its numbers as a table beside it, or on a page of its own where that is long; none says more than
the table does.
"""
