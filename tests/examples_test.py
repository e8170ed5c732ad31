"""The example table: its CSV, its SQL, its metadata and its settings say the same."""
import csv
import json
import re
import unittest

from journey import SAMPLE, Journey, run


def csv_rows():
    with (SAMPLE / "primary_sales.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def sql_text():
    return (SAMPLE / "primary_sales.sql").read_text(encoding="utf-8")


def sql_rows():
    """The rows of the INSERT, each value as text."""
    values = sql_text().split("INSERT INTO primary_sales VALUES\n")[1].split(";")[0]
    value = re.compile(r"'((?:[^']|'')*)'|(-?\d+)")
    return [[text.replace("''", "'") or number for text, number in value.findall(line)] for line in values.splitlines()]


class TheExampleTable(Journey):
    def test_csv_and_sql_hold_the_same_rows(self):
        rows = csv_rows()[1:]
        self.assertEqual(len(rows), 12)
        self.assertEqual(rows, sql_rows())

    def test_csv_sql_and_metadata_have_the_same_columns(self):
        columns = csv_rows()[0]
        created = re.search(r"CREATE TABLE primary_sales \((.*?)\n\);", sql_text(), re.DOTALL).group(1)
        self.assertEqual(columns, re.findall(r"^  (\w+) ", created, re.MULTILINE))
        self.assertEqual(columns, re.findall(r"COMMENT ON COLUMN primary_sales\.(\w+) IS", sql_text()))
        metadata = json.loads((SAMPLE / "metadata/primary_sales.json").read_text(encoding="utf-8"))
        self.assertEqual(columns, list(metadata))
        for column, entry in metadata.items():
            self.assertEqual(set(entry), {"type", "unit", "description"}, column)

    def test_the_discounts_are_what_lies_between_gross_and_net(self):
        columns, *rows = csv_rows()
        for row in (dict(zip(columns, row)) for row in rows):
            self.assertEqual(int(row["gsv"]) - int(row["cpd"]) - int(row["ctd"]) - int(row["ebd"]), int(row["nsv1"]))

    def test_its_settings_name_files_that_open(self):
        done = run("doctor", "--config", SAMPLE / "insights.toml", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("table primary_sales", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
