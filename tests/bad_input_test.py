"""Bad input gets a clear error or an honest result; never a crash, never a hang."""
import datetime
import json
import os
import pathlib
import random
import subprocess
import unittest

from journey import PROGRAM, SAMPLE, Journey, run

ROWS = "\n".join(f"2024-{1 + i % 12:02d}-{1 + i % 28:02d},C{i % 9},{(i * 37) % 500}.50" for i in range(400))
GOOD = "order_date,customer,amount\n" + ROWS + "\n"
DONE, FAILED, USAGE, PARTIAL = 0, 1, 2, 4
OVER_TIME = ("trend", "change_point", "seasonality", "period_outlier", "count_over_time", "average_over_time", "burst", "peak_months")


class Files(Journey):
    def outcome(self, *arguments, allowed):
        done = run("explore", *arguments, "--quiet")
        self.assertIn(done.returncode, allowed, f"{done.stdout}\n{done.stderr}")
        if done.returncode in (FAILED, USAGE):
            self.assertTrue(done.stderr.strip(), "an error without words")
        self.assertNotIn("Sanitizer", done.stderr)
        return done

    def test_missing_file(self):
        done = self.outcome(self.folder / "missing.csv", allowed=(FAILED, USAGE))
        self.assertIn("missing.csv", done.stderr)

    def test_empty_file(self):
        done = self.outcome(self.file("nought.csv", ""), allowed=(FAILED,))
        self.assertRegex(done.stderr, "nought.csv.* is empty")

    def test_shapes_that_are_tables_but_say_little(self):
        shapes = {
            "header.csv": "a,b,c\n",
            "one_row.csv": "order_date,customer,amount\n2024-01-01,C1,5\n",
            "one_column.csv": "amount\n" + "\n".join(str(i) for i in range(300)) + "\n",
            "nulls.csv": "a,b\n" + ",\n" * 300,
            "nan.csv": "order_date,amount\n" + "\n".join(f"2024-01-{1 + i % 28:02d},{v}" for i, v in enumerate(["NaN", "inf", "-inf", "1.5"] * 80)) + "\n",
            "far.csv": GOOD + "9999-12-31,C1,5.00\n0001-01-01,C2,5.00\n",
            "mixed.csv": GOOD + "2024-05-05,C1,n/a\n",
            "duplicate_names.csv": "a,a,,\n" + "1,2,3,4\n" * 300,
            "odd_names.csv": '"a""b","c;d","e, f"\n' + "1,2,3\n2,3,4\n" * 200,
            "wide.csv": ",".join(f"c{i}" for i in range(1000)) + "\n" + ("\n".join(",".join(str((i * j) % 7) for j in range(1000)) for i in range(30))) + "\n",
            "constant.csv": "order_date,customer,amount\n" + "2024-01-01,C1,5\n" * 300,
        }
        for name, content in shapes.items():
            with self.subTest(name):
                self.outcome(self.file(name, content), allowed=(DONE,))

    def test_ragged_lines_lose_nothing_silently(self):
        done = run("explore", self.file("ragged.csv", GOOD + "2024-05-05,C1\n2024-05-06,C2,7.00,extra,extra\n"), "--no-color")
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertRegex(done.stdout, r"(?i)line\w* [^.]*(fewer|more|missing|filled|cells|fields|columns)")

    def test_a_file_that_is_not_utf8(self):
        self.outcome(self.file("latin.csv", GOOD.replace("C1", "Müller").encode("latin-1")), allowed=(DONE,))

    def test_files_that_are_no_tables(self):
        noise = random.Random(7).randbytes(20000)
        for name in ("junk.csv", "junk.parquet", "junk.duckdb", "junk.json", "junk.csv.gz"):
            with self.subTest(name):
                self.outcome(self.file(name, noise), allowed=(FAILED,))

    def test_a_sparse_file_of_five_gigabytes(self):
        path = self.folder / "sparse.csv"
        with open(path, "wb") as file:
            file.truncate(5 << 30)
        done = run("explore", path, "--quiet", timeout=60)
        self.assertEqual(done.returncode, FAILED, done.stdout)
        self.assertIn("sparse.csv", done.stderr)

    def test_a_file_without_permission(self):
        path = self.file("secret.csv", GOOD)
        path.chmod(0)
        self.folder.chmod(0o755)
        options = {"cwd": "/"}
        if os.geteuid() == 0:  # the superuser may read every file: be somebody else
            options |= {"user": 65534, "group": 65534, "extra_groups": []}
            if subprocess.run(["test", "-x", PROGRAM], check=False, **options).returncode != 0:
                self.skipTest("SKIPPED: nobody but the superuser may run the program under test here")
        done = run("explore", path, **options)
        self.assertEqual(done.returncode, FAILED, done.stdout)
        self.assertRegex(done.stderr, "secret.csv.*(?i:permission)")

    def test_a_directory_with_and_without_tables(self):
        (self.folder / "bare").mkdir()
        self.outcome(self.folder / "bare", allowed=(FAILED, USAGE))
        self.file("full/sales.csv", GOOD)
        self.outcome(self.folder / "full", allowed=(DONE,))


class MetadataAndConfig(Journey):
    def test_metadata_that_is_no_json_or_names_what_is_not_there(self):
        data = self.file("sales.csv", GOOD)
        self.file("broken/sales.json", "{nope")
        done = run("explore", data, "--metadata", self.folder / "broken")
        self.assertIn(done.returncode, (FAILED, USAGE))
        self.assertIn("sales.json", done.stderr)
        self.file("odd/sales.json", '{"custmer": {"type": "text", "unit": "", "description": "x"}}')
        done = run("explore", data, "--metadata", self.folder / "odd")
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertIn("custmer", done.stdout + done.stderr)

    def test_unknown_config_keys_are_errors_with_the_nearest_name(self):
        config = self.file("insights.toml", "[engine]\ntreads = 2\n")
        done = run("explore", SAMPLE / "primary_sales.csv", "--config", config)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("treads", done.stderr)
        self.assertIn("threads", done.stderr)

    def test_a_report_that_cannot_be_written_is_an_error_and_the_findings_are_not_lost(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("SKIPPED: no /dev/full here")
        done = run("explore", SAMPLE / "primary_sales.csv", "--metadata", SAMPLE / "metadata", "--format", "json", "--output", "/dev/full")
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("/dev/full", done.stderr)
        self.assertIn("GHI Service Center", done.stdout + done.stderr)


def table(columns, rows):
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n"


def days(first, count):
    return [first + datetime.timedelta(days=i) for i in range(count)]


class TablesOfOddShape(Journey):
    """Issue by issue what a table may lack or have too much of. Nothing is planted, so little may be said."""

    def setUp(self):
        super().setUp()
        self.random = random.Random(5)

    def report(self, content, *arguments):
        done = run("explore", self.file("odd.csv", content), "--format", "json", "--quiet", "--timeout", "5m", *arguments)
        self.assertEqual(done.returncode, DONE, done.stderr)
        return json.loads(done.stdout)

    def amount(self):
        return round(self.random.gauss(100, 20), 2)

    def sales(self, dates, rows):
        return table(["order_date", "customer", "region", "amount"],
                     [(self.random.choice(dates), f"C{i % 40}", f"R{i % 4}", self.amount()) for i in range(rows)])

    def significant(self, report, *patterns):
        return [f["title"] for f in report["findings"] if f["strength"] == "significant" and (not patterns or f["pattern"] in patterns)]

    def assert_silent(self, report):
        """False discoveries are held at one table of noise in twenty; two at once are no accident."""
        self.assertLessEqual(len(self.significant(report)), 1, self.significant(report))

    def test_without_a_time_an_entity_or_a_measure_nothing_is_made_up(self):
        dates = days(datetime.date(2023, 1, 1), 700)
        tables = {
            "no time": table(["customer", "region", "amount"], [(f"C{i % 40}", f"R{i % 4}", self.amount()) for i in range(1500)]),
            "no entity": table(["order_date", "amount"], [(self.random.choice(dates), self.amount()) for _ in range(1500)]),
            "no measure": table(["order_date", "customer", "region"],
                                [(self.random.choice(dates), f"C{i % 40}", f"R{i % 4}") for i in range(1500)]),
            "nothing": table(["shape", "colour"], [(self.random.choice("ABC"), self.random.choice("xyz")) for _ in range(500)]),
        }
        for name, content in tables.items():
            with self.subTest(name):
                self.assert_silent(self.report(content))

    def test_nothing_found_is_said_with_what_was_looked_at(self):
        content = table(["shape", "colour"], [(self.random.choice("ABC"), self.random.choice("xyz")) for _ in range(500)])
        done = run("explore", self.file("odd.csv", content))
        self.assertEqual(done.returncode, DONE)
        self.assertRegex(done.stdout, r"^Nothing material found in odd\nodd: 500 rows, 2 columns\ntested \d+ hypotheses, published 0")
        self.assertRegex(done.stdout, r"What was looked at\n- \S+")

    def test_one_month_is_neither_a_trend_nor_a_season(self):
        report = self.report(self.sales(days(datetime.date(2024, 5, 1), 31), 2000))
        self.assert_silent(report)
        self.assertEqual(self.significant(report, *OVER_TIME), [])

    def test_columns_that_never_change_say_nothing(self):
        dates = days(datetime.date(2023, 1, 1), 700)
        report = self.report(table(["order_date", "customer", "region", "status", "amount"],
                                   [(self.random.choice(dates), f"C{i % 40}", "North", "ok", 10) for i in range(2000)]))
        self.assert_silent(report)

    def test_a_column_of_a_value_a_row_is_no_grouping(self):
        dates = days(datetime.date(2023, 1, 1), 700)
        report = self.report(table(["order_date", "session", "region", "amount"],
                                   [(self.random.choice(dates), f"S{i:07d}", f"R{i % 4}", self.amount()) for i in range(120_000)]))
        self.assert_silent(report)

    def test_years_without_rows_are_a_gap_and_no_rise(self):
        report = self.report(self.sales(days(datetime.date(2012, 1, 1), 200) + days(datetime.date(2023, 6, 1), 200), 4000))
        self.assertTrue(any("between 18 Jul 2012 and 1 Jun 2023" in f["title"] for f in report["findings"]),
                        [f["title"] for f in report["findings"]])
        self.assert_silent(report)
        self.assertEqual(self.significant(report, *OVER_TIME), [])

    def test_amounts_in_two_currencies_are_never_added(self):
        dates = days(datetime.date(2023, 1, 1), 700)
        rows = [(self.random.choice(dates), f"C{i % 40}", self.amount() * (150 if i % 3 == 0 else 1), "JPY" if i % 3 == 0 else "EUR")
                for i in range(3000)]
        report = self.report(table(["order_date", "customer", "amount", "currency"], rows))
        self.assertEqual(report["currency"], "EUR")
        self.assertEqual(report["tables"][0]["rows"], 2000)
        self.assertTrue(any("2 currencies, which cannot be added" in note for note in report["notes"]), report["notes"])
        self.assert_silent(report)

    def test_a_customer_that_goes_on_in_another_currency_has_not_stopped(self):
        rows = [(day, f"C{i}", self.amount(), "USD" if i == 3 and number > 400 else "EUR")
                for i in range(40) for number, day in enumerate(days(datetime.date(2023, 1, 1), 700)) if (number + i) % 9 == 0]
        report = self.report(table(["order_date", "customer", "amount", "currency"], rows))
        self.assertTrue(any("2 currencies, which cannot be added" in note for note in report["notes"]), report["notes"])
        self.assertEqual([f["title"] for f in report["findings"] if f["pattern"] in ("customer_silent", "customer_slowing")], [])

    def test_amounts_that_are_all_negative_are_amounts(self):
        dates = days(datetime.date(2023, 1, 1), 700)
        report = self.report(table(["order_date", "customer", "region", "amount"],
                                   [(self.random.choice(dates), f"C{i % 40}", f"R{i % 4}", -self.amount()) for i in range(2000)]))
        self.assert_silent(report)

    def test_four_hundred_columns_end_in_their_budget(self):
        dates = days(datetime.date(2023, 1, 1), 700)
        content = table(["order_date", "customer"] + [f"m{j}" for j in range(398)],
                        [[self.random.choice(dates), f"C{i % 40}"] +
                         [round(self.random.gauss(50, 9), 1) if j % 2 else self.random.choice("abcde") for j in range(398)]
                         for i in range(150)])
        done = run("explore", self.file("wide.csv", content), "--quiet", "--timeout", "60s", "--format", "json")
        self.assertIn(done.returncode, (DONE, PARTIAL), done.stderr)
        self.assert_silent(json.loads(done.stdout))

    def test_a_budget_of_time_ends_the_search_and_reports_what_was_found(self):
        dates = days(datetime.date(2023, 1, 1), 700)
        content = table(["order_date", "customer"] + [f"m{j}" for j in range(198)],
                        [[self.random.choice(dates), f"C{i % 40}"] +
                         [round(self.random.gauss(50, 9), 1) if j % 2 else self.random.choice("abcde") for j in range(198)]
                         for i in range(3000)])
        done = run("explore", self.file("wide.csv", content), "--quiet", "--timeout", "4s", "--format", "json", timeout=120)
        if done.returncode == FAILED:  # so slow a machine that the table was not read in that time
            self.assertIn("the budget of 4 s is used up", done.stderr)
            return
        self.assertEqual(done.returncode, PARTIAL, done.stderr)
        report = json.loads(done.stdout)
        self.assertRegex(report["partial_reason"], "4 s.* is used up")

    def test_one_export_in_two_formats_is_counted_once(self):
        content = self.sales(days(datetime.date(2023, 1, 1), 700), 500)
        self.file("exports/sales.csv", content)
        self.file("exports/sales.tsv", content.replace(",", "\t"))
        done = run("explore", self.folder / "exports", "--format", "json", "--quiet")
        self.assertEqual(done.returncode, DONE, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual([t["rows"] for t in report["tables"]], [500])
        self.assertIn("sales_2 holds the same rows as sales and is left out", report["notes"])


class AFullDisk(Journey):
    def test_a_disk_that_is_full_leaves_the_older_report_and_loses_nothing(self):
        small = self.folder / "small"
        small.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small], check=False,
                                               capture_output=True).returncode != 0:
            self.skipTest("SKIPPED: a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", small], check=True)
        report = small / "report.html"
        report.write_text("the older report")
        done = run("explore", SAMPLE / "primary_sales.csv", "--quiet", "--output", report)
        self.assertEqual(done.returncode, FAILED, done.stdout)
        self.assertIn("No space left", done.stderr)
        self.assertEqual(report.read_text(), "the older report")
        self.assertEqual([path.name for path in small.iterdir()], ["report.html"])
        self.assertIn("<html", done.stdout + "".join(pathlib.Path(word).read_text() for word in done.stderr.split() if word.endswith(".html") and pathlib.Path(word).parent != small and pathlib.Path(word).exists()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
