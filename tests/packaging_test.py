"""What is packaged, as far as it can be judged without installing it: image, compose, and what the units
start (systemd_test.py judges the units themselves). scripts/check_image.sh and
packaging/debian/check_installed.sh try the rest on machines of their own."""
import re
import unittest

from journey import ROOT, Journey, run

UNITS = sorted((ROOT / "packaging/systemd").glob("*"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
ENVIRONMENT = (ROOT / "packaging/debian/environment").read_text(encoding="utf-8")
CONFIG_PAGE = (ROOT / "docs/reference/config.md").read_text(encoding="utf-8")


class TheCommandsOfUnitsAndImage(Journey):
    def test_their_flags_are_those_of_the_program(self):
        commands = [line.split()[1:] for unit in UNITS for line in re.findall(r"(?m)^ExecStart=(.*)", unit.read_text(encoding="utf-8"))]
        commands += [re.findall(r'"([^"]*)"', line) for line in re.findall(r"(?m)^    command: (\[\"serve.*)", COMPOSE)]
        commands += [re.findall(r'"([^"]*)"', line) for line in re.findall(r"(?m)^CMD (.*)", DOCKERFILE)]
        self.assertGreaterEqual(len(commands), 3)
        for command, *words in commands:
            known = run(command, "--help").stdout
            for flag in (word for word in words if word.startswith("--")):
                with self.subTest(f"{command} {flag}"):
                    self.assertRegex(known, rf"(?m)^  {flag}\b")

    def test_their_settings_are_those_of_the_program(self):
        of_postgres = {"POSTGRES_DB", "POSTGRES_PASSWORD", "READER_PASSWORD"}
        names = set(re.findall(r"(?m)^#([A-Z_]+)=", ENVIRONMENT)) | set(re.findall(r"(?m)^      ([A-Z_]+):", COMPOSE)) - of_postgres
        names |= set(re.findall(r"\b([A-Z]+_[A-Z]+)=", re.search(r"(?m)^ENV (INSIGHTS.*)", DOCKERFILE)[1]))
        self.assertGreaterEqual(len(names), 4)
        for name in names:
            with self.subTest(name):
                self.assertTrue(f"`{name}`" in CONFIG_PAGE, "is no setting of the program")


class TheImage(unittest.TestCase):
    def test_it_is_not_run_as_root_and_says_when_it_is_ill(self):
        last = DOCKERFILE.split("\nFROM ")[-1]
        self.assertRegex(last, r"(?m)^USER 1\d{4}:1\d{4}$")
        self.assertRegex(last, r"(?m)^HEALTHCHECK ")

    def test_what_is_copied_and_mounted_is_there(self):
        copied = re.findall(r"(?m)^COPY (?!--from)(\S+) ", DOCKERFILE)
        mounted = re.findall(r"(?m)^      - \./([^:]+):", COMPOSE)
        self.assertGreaterEqual(len(mounted), 2)
        for name in copied + mounted:
            with self.subTest(name):
                self.assertTrue((ROOT / name).exists())

    def test_the_engine_of_compose_may_do_nothing_it_need_not(self):
        engine = COMPOSE.split("\n  insights:\n")[1].split("\nvolumes:")[0]
        for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", '"127.0.0.1:8000:8000"'):
            with self.subTest(line):
                self.assertIn(line, engine)


if __name__ == "__main__":
    unittest.main()
