"""What the benchmarks share: where the program and the shared data are, and how a run is read."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("INSIGHTS_SHARED", ROOT.parent / "shared")) / "bench"
PROGRAM = os.environ.get("INSIGHTS_BIN", str(ROOT / "build/release/src/cli/insights"))
PROGRAMS = pathlib.Path(os.environ.get("INSIGHTS_BENCH_BIN", ROOT / "build/release/bench"))


def needs(*names):
    """The paths in the shared data; ends the benchmark, saying so, where one is absent."""
    paths = [SHARED / name for name in names]
    for path in paths:
        if not path.exists():
            print(f"SKIPPED: {path} is not here (INSIGHTS_SHARED names its folder)")
            sys.exit(0)
    return paths


def explore(source, top=20, ledger=None):
    """(report, seconds) of one exploration."""
    command = [PROGRAM, "explore", str(source), "--top", str(top), "--quiet", "--format", "json"]
    if ledger:
        command += ["--ledger", str(ledger)]
    start = time.time()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 4):
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout), time.time() - start


def generated(generator, rows, seed, folder):
    """(table, truth) of the generator."""
    table = pathlib.Path(folder) / f"sales_{rows}_{seed}.csv"
    truth = table.with_suffix(".truth.json")
    subprocess.run([sys.executable, str(generator), "--rows", str(rows), "--seed", str(seed), "--out", str(table),
                    "--truth", str(truth)], check=True)
    return table, json.loads(truth.read_text())


def scratch():
    return tempfile.TemporaryDirectory(prefix="insights-bench-")
