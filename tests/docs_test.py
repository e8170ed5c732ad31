"""docs/reference against the program, in both directions: no flag, key, variable, command or exit code is missing from
the pages, and no row of theirs is dead. The examples of the pages are tried as well."""
import json
import re
import shlex
import unittest

from journey import ROOT, SAMPLE, Journey, run

CLI_PAGE = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
CONFIG_PAGE = (ROOT / "docs/reference/config.md").read_text(encoding="utf-8")
USAGE = 2


def section(page, heading):
    """The text below a heading, up to the next of its kind."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    if not found:
        raise AssertionError(f"there is no section '## {heading}'")
    return found.group(1)


def rows(text):
    """The cells of the table rows, without the head and its rule."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not re.match(r"^\|[-:| ]+\|$", line)][1:]


def code(cell):
    """What stands in `backquotes`, or nothing."""
    found = re.match(r"`([^`]*)`", cell)
    return found.group(1) if found else ""


def help_of(*command):
    done = run(*command, "--help")
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def flags_in_help(command):
    return set(re.findall(r"^  (?:-h, )?(--[a-z-]+)", help_of(command), re.MULTILINE))


def commands():
    listed = re.search(r"^Commands\n(.*?)\n\n", help_of(), re.MULTILINE | re.DOTALL).group(1)
    return re.findall(r"^  ([a-z]+)", listed, re.MULTILINE)


def settings(*arguments, **options):
    """What doctor says of every setting, by key."""
    options["environment"] = {"NO_COLOR": "", **options.get("environment", {})}
    done = run("doctor", "--json", *arguments, **options)
    if done.returncode == USAGE:
        raise AssertionError(done.stderr)
    return {entry["key"]: entry for entry in json.loads(done.stdout)["settings"]}


class TheCommandLinePage(Journey):
    def test_it_has_a_section_for_each_command_and_no_other(self):
        documented = re.findall(r"^## insights ([a-z]+)", CLI_PAGE, re.MULTILINE)
        self.assertEqual(sorted(documented), sorted(commands()))

    def test_each_command_has_its_flags_and_no_others(self):
        for command in commands():
            with self.subTest(command):
                documented = {code(row[0]).split(" ")[0] for row in rows(section(CLI_PAGE, f"insights {command}"))}
                if "" in documented:  # "every flag of explore"
                    documented = documented - {""} | flags_in_help("explore") - {"--resume"}  # a run is no setting
                self.assertEqual(documented, flags_in_help(command))

    def test_the_built_in_values_are_those_of_the_program(self):
        by_flag = {entry["flag"]: entry["built_in"] for entry in settings(cwd=self.folder).values()}
        for command in ("explore", "schema", "verify"):
            for flag, _, built_in, _ in rows(section(CLI_PAGE, f"insights {command}")):
                flag = code(flag).split(" ")[0]
                if by_flag.get(flag, "false") not in ("", "false"):
                    self.assertEqual(code(built_in), by_flag[flag], flag)

    def test_the_exit_codes_are_those_of_the_help(self):
        listed = help_of().split("\nExit codes\n")[1]
        shown = set(re.findall(r"^  (\d)  ", listed, re.MULTILINE))
        self.assertEqual({row[0] for row in rows(section(CLI_PAGE, "Exit codes"))}, shown)

    def test_the_examples_of_exit_codes_end_with_them(self):
        self.file("sales.csv", (SAMPLE / "primary_sales.csv").read_bytes())
        for number, _, example in rows(section(CLI_PAGE, "Exit codes")):
            if code(example):
                with self.subTest(example):
                    done = run(*shlex.split(code(example))[1:], cwd=self.folder)
                    self.assertEqual(done.returncode, int(number), done.stderr)

    def test_the_examples_of_flags_are_understood(self):
        for flag, _, _, example in rows(section(CLI_PAGE, "insights explore")):
            words = shlex.split(code(example))
            with self.subTest(example):
                self.assertEqual(words[0], code(flag).split(" ")[0])
                if words[0] in ("--help", "--resume"):
                    continue
                done = run("doctor", *words, cwd=ROOT)
                self.assertNotEqual(done.returncode, USAGE, done.stderr)

    def test_the_examples_of_commands_use_flags_that_exist(self):
        pages = CLI_PAGE + help_of() + "".join(help_of(command) for command in commands())
        lines = re.findall(r"^(?:  )?insights (\w+)( .*)?$", pages, re.MULTILINE)
        self.assertGreater(len(lines), 10)
        for command, rest in lines:
            with self.subTest(f"insights {command}{rest}"):
                words = shlex.split(rest.split(" > ")[0].split("#")[0])
                self.assertIn(command, commands())
                self.assertLessEqual({word for word in words if word.startswith("--")}, flags_in_help(command))


class TheConfigPage(Journey):
    def setUp(self):
        super().setUp()
        self.keys = {code(row[0]): [code(cell) for cell in row] for row in rows(section(CONFIG_PAGE, "Keys"))}

    def test_it_has_every_key_and_no_other_with_flag_variable_and_built_in_value(self):
        known = settings(cwd=self.folder)
        self.assertEqual(list(self.keys), list(known))
        for key, (_, flag, variable, built_in, _, _, _) in self.keys.items():
            with self.subTest(key):
                entry = known[key]
                self.assertEqual([flag, variable, built_in], [entry["flag"], entry["environment"], entry["built_in"]])

    def test_the_ranges_are_those_of_the_program(self):
        for row in rows(section(CONFIG_PAGE, "Keys")):
            limits = re.fullmatch(r"(\d+\w*) to (\d+\w*)", row[4])
            if not limits:
                continue
            with self.subTest(row[0]):
                large = "999999999999999999"
                section_name, _, name = code(row[0]).rpartition(".")
                self.file("large.toml", f"[{section_name}]\n{name} = {large}\n")
                words = [code(row[1]), large] if code(row[1]) else ["--config", "large.toml"]
                done = run("doctor", *words, cwd=self.folder)
                self.assertEqual(done.returncode, USAGE)
                self.assertIn(f"{limits.group(1)} to {limits.group(2)} is allowed", done.stderr)

    def test_the_example_of_each_key_is_taken_from_a_file(self):
        for key, cells in self.keys.items():
            with self.subTest(key):
                head, _, name = key.rpartition(".")
                self.assertEqual(cells[6].split(" ")[0], name)
                self.file("insights.toml", (f"[{head}]\n" if head else "") + cells[6] + "\n")
                self.assertTrue(settings(cwd=self.folder)[key]["origin"].startswith("insights.toml:"))

    def test_the_variables_are_those_of_the_keys_and_their_examples_are_taken(self):
        documented = {code(row[0]): row for row in rows(section(CONFIG_PAGE, "Environment"))}
        by_key = {cells[2]: key for key, cells in self.keys.items() if cells[2]}
        self.assertEqual(set(documented), set(by_key))
        for variable, (_, sets, _, example) in documented.items():
            with self.subTest(variable):
                name, value = code(example).split("=")
                self.assertEqual((name, code(sets)), (variable, by_key[variable]))
                entry = settings(cwd=self.folder, environment={variable: value})[by_key[variable]]
                self.assertEqual(entry["origin"], f"environment {variable}")

    def test_the_whole_example_loads(self):
        text = re.search(r"```toml\n(locations.*?)```", CONFIG_PAGE, re.DOTALL).group(1)
        self.file("insights.toml", text)
        settings(cwd=self.folder, environment={"DATA": str(self.folder)})

    def test_the_example_focus_file_works(self):
        text = re.search(r"```\n(name: late_deliveries.*?)```", CONFIG_PAGE, re.DOTALL).group(1)
        self.file("areas/late_deliveries.txt", text)
        done = run("doctor", "--focus-dir", self.folder / "areas", "--focus", "late_deliveries", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class TheExampleFiles(Journey):
    def test_insights_example_toml_has_every_key_and_each_loads(self):
        text = (ROOT / "insights.example.toml").read_text(encoding="utf-8")
        taken = re.sub(r"^#(\w+ = )", r"\1", text, flags=re.MULTILINE)
        self.file("insights.toml", taken)
        known = settings(cwd=self.folder)
        left_out = [key for key, entry in known.items() if not entry["origin"].startswith("insights.toml:")]
        self.assertEqual(left_out, [])
        for entry in known.values():
            if entry["built_in"]:
                self.assertEqual(entry["value"], entry["built_in"], entry["key"])
        done = run("doctor", "--config", ROOT / "insights.example.toml", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_env_example_has_every_variable_and_no_other(self):
        text = (ROOT / ".env.example").read_text(encoding="utf-8")
        listed = set(re.findall(r"^#([A-Z_]+)=", text, re.MULTILINE))
        known = {entry["environment"] for entry in settings(cwd=self.folder).values()} - {""}
        self.assertEqual(listed, known)


if __name__ == "__main__":
    unittest.main(verbosity=2)
