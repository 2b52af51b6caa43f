"""A phone that opens a page again and again, until a line comes: python -m tests.bench.visits PORT COOKIE PAUSE

It prints the milliseconds of each visit. It stands for another device: it takes no processor time that bedside wants.
"""

import json
import select
import sys
import time

from tests.bench.surroundings import stand_aside
from tests.visitor import Visitor


def main() -> int:
    """Visit; 1 if a page did not come."""
    stand_aside()
    visitor, took = Visitor(int(sys.argv[1])), []
    visitor.cookie, pause = sys.argv[2], float(sys.argv[3])
    while not select.select([sys.stdin], [], [], pause)[0]:
        began = time.perf_counter()
        if visitor.get("/").status != 200:
            return 1
        took.append((time.perf_counter() - began) * 1000)
    print(json.dumps(took))
    return 0


if __name__ == "__main__":
    sys.exit(main())
