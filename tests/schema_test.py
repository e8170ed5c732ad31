"""insights schema: a person sees what was understood and why, and corrects it in a file."""
import json
import random
import unittest

from journey import SAMPLE, Journey, run


class TheSample(Journey):
    def test_it_shows_the_customer_the_money_and_the_returns(self):
        done = run("schema", SAMPLE / "primary_sales.csv", "--metadata", SAMPLE / "metadata")
        self.assertEqual(done.returncode, 0, done.stderr)
        for pattern in (r"(?m)^  customer +customer_code, named by customer_name$", r"(?m)^  money +nsv2, in INR$",
                        r"(?m)^  returns +where billing_code is 'RE'$", r"12 rows, 20 columns",
                        r"(?m)^  nsv2 +measure, money in INR .*\n.*the metadata gives its unit"):
            self.assertRegex(done.stdout, pattern)


class PersonalData(Journey):
    def test_it_says_which_columns_are_personal_and_why(self):
        data = self.file("people.csv", "day,contact,region,first_name\n" + "".join(
            f"2024-01-{i:02d},p{i}@example.com,N{i % 2},Ada\n" for i in range(1, 29)))
        done = run("schema", data)
        self.assertRegex(done.stdout, r"personal: email, masked for models, and not to be compared; its values look like email")
        columns = {column["name"]: column["personal"] for column in json.loads(run("schema", data, "--json").stdout)["subjects"][0]["columns"]}
        self.assertEqual((columns["contact"]["kind"], columns["contact"]["policy"], columns["contact"]["guarded"]), ("email", "mask", True))
        self.assertIsNone(columns["region"])
        everywhere = json.loads(run("schema", data, "--json").stdout)["personal"]
        self.assertEqual([(one["table"], one["column"], one["kind"]) for one in everywhere],
                         [("people", "contact", "email"), ("people", "first_name", "person name")])


class Corrections(Journey):
    """A table whose names say nothing, then what its owner writes about it."""

    METADATA = {"f1": {"role": "entity", "kind": "customer", "label": "buyer"},
                "f2": {"kind": "money", "unit": "EUR", "label": "net sales"},
                "f3": {"return_value": "Z9"}}

    def setUp(self):
        super().setUp()
        chance = random.Random(3)
        rows = [f"2024-{1 + i % 12:02d}-{1 + i % 28:02d},{i % 30},{chance.randrange(100, 900)},{'Z9' if i % 25 == 0 else 'A1'}" for i in range(900)]
        self.data = self.file("export.csv", "f0,f1,f2,f3\n" + "\n".join(rows) + "\n")

    def schema(self, *arguments):
        done = run("schema", self.data, "--json", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        subject = json.loads(done.stdout)["subjects"][0]
        return subject, {column["name"]: column for column in subject["columns"]}

    def test_what_is_written_in_the_file_is_so(self):
        before, columns = self.schema()
        self.assertNotEqual(columns["f1"]["kind"], "customer")
        self.assertIsNone(before["money"])
        self.assertIsNone(before["returns"])
        self.file("metadata/export.json", json.dumps(self.METADATA))
        after, columns = self.schema("--metadata", self.folder / "metadata")
        self.assertEqual((columns["f1"]["role"], columns["f1"]["kind"]), ("entity", "customer"))
        self.assertEqual((after["money"], after["currency"]), ("f2", "EUR"))
        self.assertEqual(after["returns"], "f3 is 'Z9'")

    def test_what_cannot_be_so_is_left_out_and_said(self):
        for column, entry, said in [("f1", {"kind": "custmer"}, 'did you mean "customer"'), ("f3", {"role": "time"}, "no dates"),
                                    ("f3", {"role": "mesure"}, 'did you mean "measure"'), ("f9", {"unit": "EUR"}, '"f9"'),
                                    ("f3", {"return_value": "XX"}, "no row"), ("f1", {"label_column": "f8"}, '"f8"'),
                                    ("f1", {"role": "flag"}, "more than two values")]:
            with self.subTest(entry):
                self.file("metadata/export.json", json.dumps({column: entry}))
                done = run("schema", self.data, "--metadata", self.folder / "metadata")
                self.assertEqual(done.returncode, 0, done.stderr)
                notes = " ".join(done.stdout.split("note: ")[1:])
                self.assertIn(said, notes)
                self.assertEqual(run("explore", self.data, "--metadata", self.folder / "metadata", "--quiet").returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
