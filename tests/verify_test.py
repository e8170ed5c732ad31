"""insights verify: same, wrong and data changed are told apart, value by value."""
import json
import re
import shutil
import unittest

from journey import SAMPLE, Journey, run


class Verify(Journey):
    def setUp(self):
        super().setUp()
        shutil.copy(SAMPLE / "primary_sales.csv", self.folder / "primary_sales.csv")
        self.report = self.folder / "report.json"
        done = run("explore", self.folder / "primary_sales.csv", "--metadata", SAMPLE / "metadata", "--quiet", "--output", self.report)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_untouched_report_is_the_same_in_every_value(self):
        done = run("verify", self.report)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"(?m)^[1-9]\d* same, 0 changed with the data, 0 wrong$")

    def test_one_digit_changed_anywhere_in_a_finding_is_wrong_and_named(self):
        text = self.report.read_text()
        start = text.index('"findings"')
        digits = [m.start() for m in re.finditer(r"\d", text) if m.start() > start]
        step = max(1, len(digits) // 25)
        for place in digits[::step]:
            with self.subTest(text[max(0, place - 60):place + 20]):
                changed = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1:]
                try:
                    json.loads(changed)
                except json.JSONDecodeError:
                    continue
                altered = self.file("altered.json", changed)
                done = run("verify", altered)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertRegex(done.stdout + done.stderr, r"(?m)^ *wrong  +\S|altered\.json")

    def test_a_row_changed_in_the_data_is_named_as_changed_data(self):
        data = self.folder / "primary_sales.csv"
        data.write_text(data.read_text().replace("2025-08-01", "2025-08-02"))
        done = run("verify", self.report)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("data changed", done.stdout)
        self.assertIn("last_order", done.stdout)

    def test_a_file_that_is_no_report_is_refused_in_words(self):
        for content in ("", "[]", "not json", '{"findings": 3}', "[" * 100000):
            with self.subTest(content[:20]):
                done = run("verify", self.file("bad.json", content))
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("bad.json", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
