"""README, QUICKSTART, ARCHITECTURE and CONTRIBUTING against the program: what they show is what one sees."""
import json
import re
import shlex
import unittest

from journey import ROOT, SAMPLE, Journey, run

PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "QUICKSTART.md", "ARCHITECTURE.md", "CONTRIBUTING.md")}


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", PAGES[page], re.DOTALL)


class WhatTheDocumentsShow(Journey):
    def test_the_transcript_of_the_readme_is_what_the_demo_prints(self):
        done = run("explore", SAMPLE / "primary_sales.csv", "--metadata", SAMPLE / "metadata", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        printed = done.stdout.splitlines()
        shown = [line for line in blocks("README.md", "text")[0].splitlines() if line and line != "..."]
        self.assertGreater(len(shown), 8)
        self.assertEqual([line for line in shown if line not in printed], [], "not printed today")

    def test_every_command_they_show_is_one_of_the_program(self):
        lines = [line for page in ("README.md", "QUICKSTART.md") for block in blocks(page, "sh") for line in block.splitlines()]
        commands = [shlex.split(line, comments=True) for line in lines if line.startswith("insights ")]
        self.assertGreater(len(commands), 8)
        for _, command, *words in commands:
            with self.subTest(f"{command} {words}"):
                known = run(command, "--help").stdout
                for flag in filter(lambda word: word.startswith("--"), words):
                    self.assertRegex(known, rf"(?m)^  {flag}\b")

    def test_every_make_command_they_show_is_a_target(self):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        for page, text in PAGES.items():
            for target in re.findall(r"\bmake ([a-z]+)\b(?!s)", " ".join(re.findall(r"`([^`]*)`", text))):
                with self.subTest(f"{page}: make {target}"):
                    self.assertRegex(makefile, rf"(?m)^{target}:")

    def test_every_link_and_file_they_name_is_there(self):
        for page, text in PAGES.items():
            for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
                if "://" not in link:
                    with self.subTest(f"{page}: {link}"):
                        self.assertTrue((ROOT / link).exists())
            for name in re.findall(r"`(?!src/weather)((?:src|docs|tests|scripts|data|focus|examples|cmake)/[\w./-]*)`", text):
                with self.subTest(f"{page}: {name}"):
                    self.assertTrue((ROOT / name).exists())

    def test_the_rooms_and_tests_of_the_architecture_are_there(self):
        rooms = re.findall(r"(?m)^\| ([a-z]+) \|", PAGES["ARCHITECTURE.md"].split("## Rooms")[1].split("## Invariants")[0])
        listed = re.findall(r"(?m)^room\((\w+)", (ROOT / "src/CMakeLists.txt").read_text(encoding="utf-8"))
        self.assertEqual([room for room in rooms if room != "room"], listed)
        for name in re.findall(r"`(?:src/)?([a-z]+/\w+_test\.(?:cpp|py))`", PAGES["ARCHITECTURE.md"]):
            with self.subTest(name):
                self.assertTrue((ROOT / name).exists() or (ROOT / "src" / name).exists())

    def test_the_metadata_example_of_the_quick_start_does_what_it_says(self):
        self.file("metadata/sales.json", blocks("QUICKSTART.md", "json")[0])
        data = self.file("sales.csv", "day,kd_nr,net_2\n" + "".join(f"2024-{1 + i % 12:02d}-05,{i % 40},{100 + i % 77}.5\n" for i in range(600)))
        done = run("schema", data, "--metadata", self.folder / "metadata", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        subject = json.loads(done.stdout)["subjects"][0]
        self.assertEqual((subject["money"], subject["currency"], subject["notes"]), ("net_2", "EUR", []))
        columns = {column["name"]: column for column in subject["columns"]}
        self.assertEqual((columns["kd_nr"]["role"], columns["kd_nr"]["kind"], columns["net_2"]["label"]), ("entity", "customer", "net sales"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
