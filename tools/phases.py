"""What a press means, as the README's table: written from the night's own two tables, so that it cannot differ.

python tools/phases.py prints it; with --write README.md it goes between that file's markers.
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bedside.night.meaning import HOLDS, PRESSES, Transition

BEGINS, ENDS = "<!-- phases -->", "<!-- /phases -->"


def table() -> str:
    """Both tables in Markdown: presses, then what a hold adds."""
    presses = ("The night is", "Pressed", "It means", "Then it is")
    holds = ("It was", "Held", "It adds", "Then it is")
    return "\n".join([*_lines(presses, PRESSES), "", *_lines(holds, HOLDS)])


def write(path: Path) -> bool:
    """Put the table between the file's markers. False where it has none."""
    text = path.read_text(encoding="utf-8")
    if text.count(BEGINS) != 1 or text.count(ENDS) != 1 or text.index(BEGINS) > text.index(ENDS):
        return False
    before, _, rest = text.partition(BEGINS)
    after = rest.partition(ENDS)[2]
    path.write_text(f"{before}{BEGINS}\n{table()}\n{ENDS}{after}", encoding="utf-8")
    return True


def _lines(heads: tuple[str, ...], transitions: tuple[Transition, ...]) -> Iterator[str]:
    yield _line(heads)
    yield _line("---" for _ in heads)
    for phase, rows in groupby(transitions, lambda row: row.phase):
        for number, row in enumerate(rows):
            becomes = row.becomes.value if row.becomes else ""
            yield _line(("" if number else f"**{phase.value}**", row.when, row.means, becomes))


def _line(cells: Iterator[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def main(arguments: list[str]) -> int:
    """Print the table, or write it into a file. The exit status."""
    match arguments:
        case []:
            print(table())
            return 0
        case ["--write", name]:
            if write(Path(name)):
                return 0
            print(f"{name} needs the lines {BEGINS} and {ENDS}, once each, in this order.", file=sys.stderr)
            return 1
        case _:
            print("usage: python tools/phases.py [--write README.md]", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
