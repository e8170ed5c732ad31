"""Real and generated data with known answers (../shared/bench): what must be found, and what must not be said."""
import csv
import json
import random
import re
import subprocess
import sys
import unittest

from journey import SHARED, Journey, explore, headline, needs_shared, run


@needs_shared("bench/online_retail.parquet")
class OnlineRetail(Journey):
    @classmethod
    def setUpClass(cls):
        cls.report = explore(SHARED / "bench/online_retail.parquet", "--top", "30")
        cls.headlines = [headline(f) for f in cls.report["findings"]]

    def says(self, *parts):
        return any(all(re.search(part, text) for part in parts) for text in self.headlines)

    def test_the_checklist(self):
        points = {
            "rows without a customer": ("135,080",),
            "cancelled lines and their value": ("9,288", "897K"),
            "exact duplicates": ("5,268",),
            "giant orders that were cancelled again": ("80,995", "cancel|back|opposite|nothing"),
            "the United Kingdom": ("United Kingdom", r"84(\.\d)? %"),
            "the top tenth of customers": ("(?i)top tenth", r"(59|60|61)(\.\d)? %"),
            "the largest customer": ("14646",),
            "no sales on Saturdays": ("Saturday",),
            "the autumn peak": (r"(Sep|Oct|Nov)\w* 2011", "(?i)peak|times as much|highest|strongest|busiest"),
            "codes that are no products": ("AMAZONFEE|POST|Manual|DOT|BANK",),
        }
        missing = [name for name, parts in points.items() if not self.says(*parts)]
        self.assertEqual(missing, [], "\n".join(self.headlines))

    def test_december_that_ends_on_the_ninth_is_no_fall(self):
        for text in self.headlines:
            self.assertIsNone(re.search(r"Dec(ember)? 2011[^.]*(fell|fall|drop|declin|down|low)|(fell|fall|drop|declin|low)[^.]*Dec(ember)? 2011", text), text)

    def test_the_cancelled_giants_are_no_record_sale(self):
        for text in self.headlines:
            if "80,995" in text or "74,215" in text:
                self.assertRegex(text, "(?i)cancel|back|opposite|nothing|offset")


def generated(folder, rows, seed):
    data, truth = folder / f"sales_{seed}.csv", folder / f"truth_{seed}.json"
    subprocess.run([sys.executable, str(SHARED / "bench/gen_sales.py"), "--rows", str(rows), "--seed", str(seed), "--out", str(data), "--truth", str(truth)], check=True)
    return data, json.loads(truth.read_text())


@needs_shared("bench/gen_sales.py")
class GeneratedSales(Journey):
    ROWS = 100_000

    def test_planted_insights_are_found_and_noise_is_not(self):
        data, truth = generated(self.folder, self.ROWS, 7)
        top = explore(data, "--top", "20")["findings"]
        found = {p["id"] for p in truth["planted"] if any(re.search(rf"(?<!\w){re.escape(p.get('value', p['column']))}(?!\w)", headline(f)) for f in top)}
        self.assertGreaterEqual(len(found), 6, f"{found}\n" + "\n".join(headline(f) for f in top))
        for finding in top:
            for column in truth["noise_columns"]:
                self.assertNotIn(column, finding["columns"], headline(finding))
            for decoy in truth["decoys"]:
                self.assertFalse(finding["pattern"] == "customer_silent" and decoy["value"] in headline(finding), headline(finding))

    def test_two_runs_and_one_or_two_threads_give_the_same_bytes(self):
        data, _ = generated(self.folder, self.ROWS, 7)
        texts = [json.dumps(explore(data, "--threads", threads)["findings"]) for threads in (1, 2, 2)]
        self.assertGreater(len(texts[0]), 10_000)
        self.assertEqual(texts[0], texts[1])
        self.assertEqual(texts[1], texts[2])

    def test_shuffled_measures_give_nothing_significant(self):
        data, _ = generated(self.folder, self.ROWS, 7)
        shuffled = self.folder / "shuffled.csv"
        with open(data, newline="") as file:
            rows = list(csv.reader(file))
        header, body = rows[0], rows[1:]
        first = header.index("units")
        tails = [row[first:] for row in body]
        random.Random(11).shuffle(tails)
        with open(shuffled, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(row[:first] + tail for row, tail in zip(body, tails))
        findings = explore(shuffled, "--top", "50")["findings"]
        # The silent customer stays true: its dates are not shuffled.
        significant = [headline(f) for f in findings if f["strength"] == "significant" and f["pattern"] != "customer_silent"]
        self.assertEqual(significant, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
