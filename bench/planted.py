#!/usr/bin/env python3
"""Planted insights: does an exploration that knows nothing find them, and what else does it claim?

  planted.py [--rows N ...] [--seeds S ...] [--top K] [-v]

Each table comes from the shared generator with its truth. A finding among the top K is
  planted   about a planted insight, by its pattern and its subject
  fact      descriptive: figures of the whole table, no claim about chance
  true      not planted on purpose, but put in by the generator: zones and carriers differ in how often rows are late,
            products in price and cost, customers in size; what the silent customer, the creeping discount and the bad
            batch do to the totals, products, regions and reps they belong to
  noise     about a column that is pure noise (its truth file names them)
  decoy     calls the slow but faithful customer silent or slowing
  FALSE     any other significant finding
Noise and decoys are false too. Printed: recall of each planted insight, false share of all claims, seconds.
"""
import argparse
import collections
import csv

from common import explore, generated, needs, scratch

PATTERNS = {"churn": {"customer_silent"}, "batch": {"rate_outlier"}, "creep": {"margin_erosion"}, "region": {"trend"},
            "price": {"price_change"}, "season": {"seasonality"}, "simpson": {"simpson"},
            "dominance": {"concentration"}}
LEVELS = {"product": {"group_difference", "margin_erosion", "two_way_exception"},
          "customer": {"group_difference", "concentration", "two_way_exception"}}


def subjects(finding):
    return {(entity["column"], entity["value"]) for entity in finding["entities"]}


def planted_id(finding, truth):
    for one in truth["planted"]:
        if finding["pattern"] not in PATTERNS[one["id"]]:
            continue
        if one["id"] == "simpson":
            if {one["column"], one["by"]} <= set(finding["columns"]):
                return one["id"]
        elif (one["column"], one["value"]) in subjects(finding):
            return one["id"]
    return None


def customers_of(table, region):
    with table.open() as file:
        return {row["customer"] for row in csv.DictReader(file) if row["region"] == region}


def judged(finding, truth, declining):
    if finding["pattern"] in {"customer_silent", "customer_slowing"} and \
            subjects(finding) & {(one["column"], one["value"]) for one in truth["decoys"]}:
        return "decoy"
    found = planted_id(finding, truth)
    if found:
        return found
    if set(finding["columns"]) & set(truth["noise_columns"]):
        return "noise"
    if finding["strength"] == "descriptive":
        return "fact"
    columns = {column for column, _ in subjects(finding)}
    if columns & {"zone", "carrier"} and "late" in finding["columns"]:
        return "true"
    if any(finding["pattern"] in patterns and column in columns for column, patterns in LEVELS.items()):
        return "true"
    if {(one["column"], one["value"]) for one in truth["planted"] if "value" in one} & subjects(finding):
        return "true"
    if finding["pattern"] == "customer_slowing" and subjects(finding) <= {("customer", name) for name in declining}:
        return "true"
    if finding["pattern"] in {"price_volume_mix", "new_and_lost"} and not columns:
        return "true"
    return "FALSE"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, nargs="+", default=[10000])
    arguments.add_argument("--seeds", type=int, nargs="+", default=[41, 42, 43])
    arguments.add_argument("--top", type=int, default=20)
    arguments.add_argument("-v", action="store_true", help="every finding")
    options = arguments.parse_args()
    (generator,) = needs("gen_sales.py")
    for rows in options.rows:
        recall, verdicts, claims = collections.Counter(), collections.Counter(), 0
        with scratch() as folder:
            for seed in options.seeds:
                table, truth = generated(generator, rows, seed, folder)
                report, seconds = explore(table, options.top)
                region = next(one["value"] for one in truth["planted"] if one["id"] == "region")
                declining = customers_of(table, region)
                own = [judged(finding, truth, declining) for finding in report["findings"]]
                table.unlink()
                places = {name: own.index(name) + 1 for name in PATTERNS if name in own}
                recall.update(places.keys())
                verdicts.update(own)
                claims += len(own)
                missing = sorted(set(PATTERNS) - set(places))
                print(f"{rows} rows, seed {seed}: {len(places)} of {len(PATTERNS)} in {seconds:.1f} s, places {places}"
                      + (f", missing {' '.join(missing)}" if missing else ""), flush=True)
                for place, (verdict, finding) in enumerate(zip(own, report["findings"]), 1):
                    if options.v or verdict in {"noise", "decoy", "FALSE"}:
                        print(f"  {place:2} {verdict:9} {finding['pattern']}: {finding['title']}")
        false = verdicts["noise"] + verdicts["decoy"] + verdicts["FALSE"]
        print(f"{rows} rows, {len(options.seeds)} tables: " + ", ".join(f"{name} {recall[name]}" for name in PATTERNS))
        print(f"  {claims} claims: {false} false ({100 * false / max(1, claims):.1f} %), of them on noise columns "
              f"{verdicts['noise']}, about the decoy {verdicts['decoy']}; true by construction {verdicts['true']}, "
              f"facts {verdicts['fact']}")


if __name__ == "__main__":
    main()
