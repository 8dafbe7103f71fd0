"""What every benchmark says: its words, rows and figures as they come, its chapter of the document, and its exit code."""

import argparse
import sys
import time
from collections.abc import Callable

from document import write_document
from rows import Row
from world import BenchError


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Report:
    """Rows go to standard output, figures to standard error."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.figures: list[str] = []
        print("name ratio min max must ok|below", flush=True)

    def note(self, *lines: str) -> None:
        self.figures += lines
        for line in lines:
            say(line)

    def add(self, *rows: Row) -> None:
        self.rows += rows
        for row in rows:
            print(row, flush=True)

    @property
    def is_good(self) -> bool:
        return all(row.is_good for row in self.rows)


def arguments() -> argparse.ArgumentParser:
    """What all of them take."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--smoke", action="store_true", help="some seconds, and nothing is judged")
    parser.add_argument("--document", metavar="FILE", help="where the results are written too")
    return parser


def carry_out(name: str, options: argparse.Namespace, run: Callable[[Report], None]) -> int:
    """Runs the benchmark; its exit code: 1 if a row is below, 70 if the benchmark itself failed."""
    report = Report()
    begun = time.monotonic()
    try:
        run(report)
    except BenchError as error:
        say(f"{name}: {error}")
        return 70
    report.note(f"took {time.monotonic() - begun:.0f} s")
    if options.document:
        write_document(options.document, report.rows, report.figures, name)
    return 0 if report.is_good or options.smoke else 1
