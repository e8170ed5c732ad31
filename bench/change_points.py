#!/usr/bin/env python3
"""Change points of the annotated series of the Turing Change Point Dataset, at default settings (stats/change_point.h).

The method has no setting that was fitted to these series: the penalty is the usual ln n for each coefficient and each
place, the noise is that of the series as one segment, and the shortest segment is twice what a segment has parameters.
"""
import json
import pathlib
import subprocess
import sys

from common import PROGRAMS, needs, scratch


def line_of(path):
    data = json.loads(path.read_text())
    values = data["series"][0]["raw"]
    return " ".join([data["name"], *("nan" if value is None else repr(float(value)) for value in values)])


def main():
    datasets, scorer = needs("tcpd/datasets", "score_tcpd.py")
    series = [path for path in sorted(datasets.glob("*/*.json")) if json.loads(path.read_text())["n_dim"] == 1]
    done = subprocess.run([PROGRAMS / "change_points"], input="\n".join(map(line_of, series)) + "\n", text=True,
                          capture_output=True, check=True)
    found = {}
    for line in done.stdout.splitlines():
        name, *places = line.split()
        found[name] = [int(place) for place in places]
    with scratch() as folder:
        predictions = pathlib.Path(folder) / "predictions.json"
        predictions.write_text(json.dumps(found))
        subprocess.run([sys.executable, scorer, "--pred", predictions], check=True)


if __name__ == "__main__":
    main()
