"""What the journeys share: how the program is run, and where things are.

INSIGHTS_BIN names the program under test (CTest sets it). Data that is not ours is read from ../shared (or
INSIGHTS_SHARED) and its tests skip, saying so, where it is absent.
"""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("INSIGHTS_SHARED", ROOT.parent / "shared"))
PROGRAM = os.environ.get("INSIGHTS_BIN", str(ROOT / "build/release/src/cli/insights"))
SAMPLE = ROOT / "examples/primary_sales"
TIMEOUT_SECONDS = 600
# What the sanitizers are told goes on to the program under test.
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=0", **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}}


def run(*arguments, **options):
    """The finished process; its output as text. No terminal, no colour, no settings from outside."""
    environment = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir(), "NO_COLOR": "1", **SANITIZERS}
    environment.update(options.pop("environment", {}))
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, errors="replace",
                          timeout=options.pop("timeout", TIMEOUT_SECONDS), env=environment, **options)


def explore(*arguments, **options):
    """The JSON report of one exploration that ended well."""
    done = run("explore", *arguments, "--format", "json", "--quiet", **options)
    if done.returncode != 0:
        raise AssertionError(f"exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def headline(finding):
    return finding["title"] + " " + finding["summary"]


class Journey(unittest.TestCase):
    """A test case with a folder of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="insights-journey-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


def needs_shared(path):
    """Skips loudly where the shared data is not there."""
    return unittest.skipUnless((SHARED / path).exists(), f"SKIPPED: {path} of the shared data is not here")
