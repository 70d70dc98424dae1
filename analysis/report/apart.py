"""Apart: typesetting in a process of its own, which gives its memory back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from analysis.report.typesetting import TemplateFault, typeset

FAULT = 3
"""Exit code of the other process if the template cannot be typeset."""


def typeset_apart(template: Path, data: Mapping[str, object]) -> bytes:
    """Typeset a template with data as PDF, as `typeset` does, but in another process.

    Typst keeps what it has laid out: a report of a province takes hundreds of megabytes, and a worker that
    made two would hold them until it ends.

    Raises
    ------
    TemplateFault
        If the template cannot be typeset.
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    command = [sys.executable, "-m", __name__, str(template)]
    done = subprocess.run(command, input=text, capture_output=True, check=False)
    if done.returncode == FAULT:
        raise TemplateFault(done.stderr.decode())
    done.check_returncode()
    return done.stdout


def main() -> None:
    """Typeset the template that is named with the data on standard input; the PDF goes to standard output."""
    try:
        made = typeset(Path(sys.argv[1]), json.load(sys.stdin.buffer))
    except TemplateFault as fault:
        sys.stderr.buffer.write(str(fault).encode())
        raise SystemExit(FAULT) from None
    sys.stdout.buffer.write(made)


if __name__ == "__main__":
    main()
