"""Bad input gets a clear error or a sensible result; never a crash, never a hang."""
import os
import random
import unittest

from journey import SAMPLE, Journey, run

ROWS = "\n".join(f"2024-{1 + i % 12:02d}-{1 + i % 28:02d},C{i % 9},{(i * 37) % 500}.50" for i in range(400))
GOOD = "order_date,customer,amount\n" + ROWS + "\n"
DONE, FAILED, USAGE, PARTIAL = 0, 1, 2, 4


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
        done = self.outcome(self.file("empty.csv", ""), allowed=(FAILED, DONE))
        self.assertIn("empty", done.stdout + done.stderr)

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
        self.assertRegex(done.stdout + done.stderr, "(?i)line|row|column")

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
        self.outcome(path, allowed=(FAILED,))

    @unittest.skipIf(os.geteuid() == 0, "SKIPPED: the superuser may read every file")
    def test_a_file_without_permission(self):
        path = self.file("secret.csv", GOOD)
        path.chmod(0)
        done = self.outcome(path, allowed=(FAILED,))
        self.assertIn("secret.csv", done.stderr)

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
        config = self.file("insights.toml", "[explore]\ntreads = 2\n")
        done = run("explore", SAMPLE / "primary_sales.csv", "--config", config)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("treads", done.stderr)

    def test_a_report_that_cannot_be_written_is_an_error_and_the_findings_are_not_lost(self):
        if not os.path.exists("/dev/full"):
            self.skipTest("SKIPPED: no /dev/full here")
        done = run("explore", SAMPLE / "primary_sales.csv", "--metadata", SAMPLE / "metadata", "--format", "json", "--output", "/dev/full")
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("/dev/full", done.stderr)
        self.assertIn("GHI Service Center", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
