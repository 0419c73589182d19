"""`python -m patrol.demo.boards`: the boards as a process of their own, until its input ends.

Prints one JSON line, `{"laboratory": ..., "sources": [...]}`, when they answer.
"""

import argparse
import json
import signal
import sys

from patrol.demo.boards import Boards


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m patrol.demo.boards")
    parser.add_argument("--seed", type=int, default=7)
    seed: int = parser.parse_args().seed
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Boards(seed) as boards:
            sources = [source.model_dump(mode="json") for source in boards.sources()]
            line = json.dumps({"laboratory": boards.laboratory, "sources": sources})
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
            sys.stdin.read()
    except KeyboardInterrupt:
        sys.exit(0)


main()
