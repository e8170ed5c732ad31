#!/usr/bin/env python3
"""The null: the generator's tables with all measures and events of a row dealt to another row. No dimension, product,
customer or date can have anything to do with an amount, a return or a delay any more, so every significant finding is
false, except that the silent customer is still silent (dates stay where they are).

  shuffled.py [--rows N ...] [--seeds S ...]
"""
import argparse
import csv
import random

from common import explore, generated, needs, scratch

MEASURES = ["units", "list_price", "gsv", "nsv1", "nsv2", "cogs", "margin", "returned", "late", "humidity", "queue_sec"]


def shuffle(table, seed):
    with table.open() as file:
        header, *rows = csv.reader(file)
    places = [header.index(name) for name in MEASURES]
    dealt = [[row[place] for place in places] for row in rows]
    random.Random(seed).shuffle(dealt)
    for row, values in zip(rows, dealt):
        for place, value in zip(places, values):
            row[place] = value
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, nargs="+", default=[10000])
    arguments.add_argument("--seeds", type=int, nargs="+", default=[41, 42, 43, 44, 45, 46])
    options = arguments.parse_args()
    (generator,) = needs("gen_sales.py")
    for rows in options.rows:
        false, silent, tested = 0, 0, 0
        with scratch() as folder:
            for seed in options.seeds:
                table, truth = generated(generator, rows, seed, folder)
                shuffle(table, seed)
                report, seconds = explore(table)
                table.unlink()
                gone = {one["value"] for one in truth["planted"] if one["id"] == "churn"}
                for finding in report["findings"]:
                    if finding["strength"] != "significant":
                        continue
                    if finding["pattern"] == "customer_silent" and \
                            gone & {entity["value"] for entity in finding["entities"]}:
                        silent += 1
                        continue
                    false += 1
                    print(f"  seed {seed} FALSE {finding['pattern']}: {finding['title']}")
                print(f"{rows} rows, seed {seed}: {seconds:.1f} s", flush=True)
        print(f"{rows} rows, {len(options.seeds)} shuffled tables: {false} significant findings; the silent customer "
              f"found {silent} times")


if __name__ == "__main__":
    main()
