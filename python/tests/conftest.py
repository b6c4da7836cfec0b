"""Shared parts of the tests."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

# A shell starts background programs with this signal ignored, and Python then leaves it so.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The repository. BITEXT_ROOT names it if the tests were copied to another place.
ROOT = Path(os.environ.get("BITEXT_ROOT", Path(__file__).resolve().parents[2]))
SAMPLES = Path("examples/data")

FERRY = {code: SAMPLES / f"ferry.{code}.txt" for code in ("en", "uk", "de")}
MARKET = {code: SAMPLES / f"market.{code}.txt" for code in ("en", "uk")}

BRIDGE = {
    "en": "The bridge is closed. Nobody was hurt in the storm. Share this post:",
    "uk": "Міст зачинено. Під час бурі ніхто не постраждав.",
    "de": "Die Brücke ist gesperrt. Im Sturm wurde niemand verletzt.",
}


@pytest.fixture(autouse=True, scope="session")
def in_root() -> None:
    """Runs the tests in the root of the repository, where the sample texts are."""
    os.chdir(ROOT)


@pytest.fixture(scope="session")
def command() -> Callable[..., bytes]:
    """Runs the command line tool and returns its output. BITEXT_COMMAND names the tool."""
    program = os.environ.get("BITEXT_COMMAND")
    if not program:
        pytest.skip("BITEXT_COMMAND does not name the command line tool")

    def run(*arguments: object, input: bytes = b"") -> bytes:
        line = [program, *map(str, arguments)]
        done = subprocess.run(line, cwd=ROOT, input=input, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return run
