#!/usr/bin/env python3
"""Who buys again? BG/NBD (stats/bg_nbd.h) fitted to the CDNOW sample's first 39 weeks, held against the 39 weeks after:
mean absolute error and correlation of the expected purchases, and how well these order who buys again (AUC).

The model sees the transactions only; what came after is read for the score alone.
"""
import csv
import datetime
import subprocess

from common import PROGRAMS, needs

END = datetime.date(1997, 9, 30)
HORIZON_WEEKS = 39


def histories(path):
    """name -> (repeats, last, age) in weeks; purchases of one day are one."""
    days = {}
    for line in path.read_text().splitlines():
        if not line.strip():
            continue
        _, customer, day, *_ = line.split()  # number among all customers, number in the sample
        bought = datetime.datetime.strptime(day, "%Y%m%d").date()
        if bought <= END:
            days.setdefault(customer, set()).add(bought)
    weeks = lambda span: span.days / 7
    return {name: (len(own) - 1, weeks(max(own) - min(own)), weeks(END - min(own))) for name, own in days.items()}


def auc(scores, happened):
    """Chance that one who bought again scores above one who did not; ties count half."""
    ordered = sorted(zip(scores, happened))
    ranks, i = 0.0, 0
    while i < len(ordered):
        j = i
        while j < len(ordered) and ordered[j][0] == ordered[i][0]:
            j += 1
        ranks += sum(hit for _, hit in ordered[i:j]) * (i + j + 1) / 2
        i = j
    hits = sum(happened)
    return (ranks - hits * (hits + 1) / 2) / (hits * (len(happened) - hits))


def correlation(a, b):
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    both = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    return both / (sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)) ** 0.5


def main():
    transactions, truth = needs("cdnow/CDNOW_sample.txt", "cdnow/cdnow_truth.csv")
    known = histories(transactions)
    lines = [str(HORIZON_WEEKS)] + [f"{name} {repeats} {last} {age}" for name, (repeats, last, age) in sorted(known.items())]
    done = subprocess.run([PROGRAMS / "churn"], input="\n".join(lines) + "\n", text=True, capture_output=True, check=True)
    parameters, *answers = done.stdout.splitlines()
    expected = {}
    for answer in answers:
        name, _, purchases = answer.split()
        expected[name] = float(purchases)
    with truth.open() as file:
        rows = [row for row in csv.DictReader(file) if row["cid"] in expected]
    later = [float(row["holdout_purchases"]) for row in rows]
    ours = [expected[row["cid"]] for row in rows]
    again = [purchases > 0 for purchases in later]
    reference = [float(row["bgnbd_expected_39w"]) for row in rows]
    print("parameters r alpha a b:", parameters)
    for name, guess in (("ours", ours), ("reference BG/NBD", reference)):
        error = sum(abs(x - y) for x, y in zip(guess, later)) / len(later)
        print(f"{name}: {len(rows)} customers, MAE {error:.3f}, correlation {correlation(guess, later):.3f}, "
              f"AUC of buying again {auc(guess, again):.3f}")


if __name__ == "__main__":
    main()
