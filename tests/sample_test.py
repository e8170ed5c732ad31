"""The main job on the bundled sample: the four promised insights, true and marked for what twelve rows can carry."""
import json
import re
import unittest

import journey
from journey import SAMPLE, Journey, explore, headline, run


def sample_report(*arguments):
    return explore(SAMPLE / "primary_sales.csv", "--metadata", SAMPLE / "metadata", *arguments)


class TheSample(Journey):
    @classmethod
    def setUpClass(cls):
        cls.report = sample_report()
        cls.top = cls.report["findings"][:10]

    def one(self, *parts):
        found = [f for f in self.top if all(re.search(part, headline(f)) for part in parts)]
        self.assertTrue(found, f"none of the first ten says {parts}: " + "\n".join(headline(f) for f in self.top))
        return found[0]

    def test_the_silent_customer_is_named_with_its_last_order_and_money_at_risk(self):
        finding = self.one("GHI Service Center", "1 Aug 2025")
        self.assertEqual(finding["impact"]["kind"], "at_risk")
        self.assertGreater(finding["impact"]["amount"], 0)

    def test_the_bad_batch_is_named_with_its_returns(self):
        self.one("BATCH009", r"\b50\b", r"\b300\b", r"16\.7 %")

    def test_the_eroding_customer_is_named_with_its_discount(self):
        self.one("MNO Wholesale", r"\b15(\.0)? %")

    def test_the_region_at_risk_is_named(self):
        self.one("North", r"\b1\b", r"\b2\b", r"50(\.0)? %")

    def test_twelve_rows_prove_nothing_and_the_report_says_so(self):
        self.assertEqual({f["strength"] for f in self.report["findings"]}, {"descriptive"})
        self.assertIn("too few rows", run("explore", SAMPLE / "primary_sales.csv", "--quiet").stdout)

    def test_every_numeral_of_a_headline_comes_from_a_value(self):
        for finding in self.report["findings"]:
            for part in ("title", "summary", "action"):
                template = re.sub(r"\{[a-z_A-Z0-9]+\}", "", finding["templates"][part])
                self.assertIsNone(re.search(r"\d", template), template)

    def test_money_is_in_rupees(self):
        self.assertIn("₹", "".join(headline(f) for f in self.top))


class AsOf(Journey):
    def test_later_rows_are_left_out_and_silence_is_counted_to_that_day(self):
        report = sample_report("--as-of", "2025-10-31")
        self.assertEqual(report["tables"][0]["rows"], 5)
        self.assertEqual(report["tables"][0]["last_day"], "2025-10-25")
        self.assertTrue(any("after 2025-10-31 are left out" in note for note in report["notes"]), report["notes"])
        silent = next(f for f in report["findings"] if f["pattern"] == "customer_silent")
        self.assertIn("on 1 Aug 2025, 91 days before 31 Oct 2025", silent["summary"])


class FocusAreas(Journey):
    def test_each_focus_area_brings_its_own_subject_to_the_top(self):
        for focus, subject in [("customer_churn", "GHI Service Center"), ("margin_analysis", "MNO Wholesale"),
                               ("product_performance", "BATCH009"), ("regional_analysis", "North")]:
            with self.subTest(focus):
                top = sample_report("--focus", focus)["findings"][:2]
                self.assertTrue(any(subject in headline(f) for f in top), [headline(f) for f in top])

    def test_an_unknown_focus_is_a_usage_error_that_names_the_known(self):
        done = run("explore", SAMPLE / "primary_sales.csv", "--focus", "custmer_churn")
        self.assertEqual(done.returncode, 2)
        self.assertIn("customer_churn", done.stderr)


class TheSameTwice(Journey):
    def findings_text(self, *arguments):
        return json.dumps(sample_report(*arguments)["findings"])

    def test_two_runs_and_one_or_two_threads_give_the_same_bytes(self):
        first = self.findings_text("--threads", "1")
        self.assertEqual(first, self.findings_text("--threads", "1"))
        self.assertEqual(first, self.findings_text("--threads", "2"))


class Formats(Journey):
    def test_one_run_writes_several_formats(self):
        names = ["report.json", "report.md", "report.html"]
        outputs = sum((["--output", self.folder / name] for name in names), [])
        done = run("explore", SAMPLE / "primary_sales.csv", "--metadata", SAMPLE / "metadata", "--quiet", *outputs)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in names:
            self.assertIn("GHI Service Center", (self.folder / name).read_text(), name)

    def test_the_terminal_report_fits_eighty_columns(self):
        done = run("explore", SAMPLE / "primary_sales.csv", "--metadata", SAMPLE / "metadata", environment={"COLUMNS": "80"})
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in done.stdout.splitlines():
            self.assertLessEqual(len(line), 80, line)

    def test_the_ledger_lists_every_hypothesis(self):
        ledger = self.folder / "ledger.jsonl"
        report = sample_report("--ledger", ledger)
        entries = [json.loads(line) for line in ledger.read_text().splitlines()]
        self.assertEqual(len(entries), report["counts"]["tested"] + report["counts"]["facts"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
