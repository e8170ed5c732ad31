#!/usr/bin/env python3
"""tidy.py reads what changed and nothing else, and fails when a file is not clean; clang-tidy is played by a script."""

import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import tidy

PLAYED = """#!/bin/sh
[ "$1" = --version ] && echo played 1 && exit
for file; do :; done
echo "$file" >> "$(dirname "$0")/read"
! grep -q BAD "$file"
"""


class Tidy(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        self.file("clang-tidy", PLAYED).chmod(0o755)
        self.file(".clang-tidy", "Checks: all")
        self.file("src/far.h", "int far();")
        self.file("src/near.h", '#include "far.h"')
        self.file("src/one.cpp", '#include "near.h"')
        self.file("src/two.cpp", "int two();")
        commands = [{"file": str(self.root / name), "command": f"c++ -I{self.root}/src {name}"} for name in ("src/one.cpp", "src/two.cpp")]
        self.file("build/compile_commands.json", json.dumps(commands))

    def file(self, name, text):
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run_it(self):
        """Exit code, and the names of the files that clang-tidy was asked to read."""
        log = self.root / "read"
        log.unlink(missing_ok=True)
        with mock.patch.multiple(tidy, ROOT=self.root, TIDY=str(self.root / "clang-tidy")), \
                mock.patch.dict(os.environ, XDG_CACHE_HOME=str(self.root / "cache")), \
                mock.patch.object(sys, "argv", ["tidy.py", str(self.root / "build")]), \
                contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            code = tidy.main()
        names = log.read_text().split() if log.exists() else []
        return code, sorted(os.path.basename(name) for name in names)

    def test_a_clean_file_is_read_once(self):
        self.assertEqual(self.run_it(), (0, ["one.cpp", "two.cpp"]))
        self.assertEqual(self.run_it(), (0, []))

    def test_a_header_far_away_is_a_change(self):
        self.run_it()
        self.file("src/far.h", "long far();")
        self.assertEqual(self.run_it(), (0, ["one.cpp"]))

    def test_other_checks_are_a_change_for_all(self):
        self.run_it()
        self.file(".clang-tidy", "Checks: some")
        self.assertEqual(self.run_it(), (0, ["one.cpp", "two.cpp"]))

    def test_a_file_that_is_not_clean_fails_each_time(self):
        self.file("src/two.cpp", "BAD")
        self.assertEqual(self.run_it(), (1, ["one.cpp", "two.cpp"]))
        self.assertEqual(self.run_it(), (1, ["two.cpp"]))


if __name__ == "__main__":
    unittest.main()
