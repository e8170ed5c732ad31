#!/usr/bin/env python3
"""InsightBench's business tables: what a run without a question tells in its first ten findings, by the shared scorer.

  insightbench.py [--top K] [-v]
"""
import argparse
import json
import pathlib
import subprocess
import sys

from common import PROGRAM, needs, scratch


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--top", type=int, default=10)
    arguments.add_argument("-v", action="store_true", help="every insight")
    options = arguments.parse_args()
    tables, scorer = needs("insightbench/csvs", "score_insightbench.py")
    with scratch() as folder:
        for table in sorted(tables.glob("flag-*.csv")):
            if table.stem.endswith("-sysuser"):
                continue
            beside = table.with_name(f"{table.stem}-sysuser.csv")
            sources = [table, beside] if beside.exists() else [table]
            done = subprocess.run([PROGRAM, "explore", *sources, "--top", str(options.top), "--quiet", "--format", "json"],
                                  capture_output=True, text=True)
            if done.returncode not in (0, 4):
                print(f"{table.stem}: exit {done.returncode}: {done.stderr.strip()}")
                continue
            (pathlib.Path(folder) / f"{table.stem}.json").write_text(done.stdout)
        command = [sys.executable, scorer, "--findings", folder, "--k", str(options.top)] + (["-v"] if options.v else [])
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if options.v:
            print(text)
            return
        scores = json.loads(text[text.index("{"):])
        for name in (f"core@{options.top}_micro", f"full@{options.top}_micro", "controls"):
            print(name, json.dumps(scores[name]))


if __name__ == "__main__":
    main()
