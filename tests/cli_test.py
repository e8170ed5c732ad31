"""The command line from outside: exit codes, where reports go, interruption, completion, what is shown and what is not."""
import json
import os
import pty
import shutil
import signal
import subprocess
import time
import unittest

from journey import PROGRAM, SAMPLE, Journey, run

DONE, FAILED, USAGE, PARTIAL = 0, 1, 2, 4


class Commands(Journey):
    def test_mistakes_end_with_2_and_name_what_is_near(self):
        for words, expected in [([], "Usage"), (["exlpore"], "explore"), (["explore", "--focsu", "x"], "--focus"),
                                (["explore"], "sales.csv"), (["explore", "x.csv", "--top", "0"], "1 to 1000"),
                                (["explore", "x.csv", "--quiet", "--verbose"], "contradict"),
                                (["completion", "tcsh"], "bash"), (["verify"], "REPORT")]:
            with self.subTest(words):
                done = run(*words, cwd=self.folder)
                self.assertEqual((done.returncode, done.stdout), (USAGE, ""))
                self.assertIn(expected, done.stderr)

    def test_errors_say_what_and_what_to_do_on_standard_error(self):
        done = run("explore", "nowhere.csv", cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout), (FAILED, ""))
        self.assertRegex(done.stderr, r"^insights: .*nowhere\.csv.*\n  \S")

    def test_control_characters_of_names_do_not_reach_the_terminal(self):
        done = run("explore", "no\x1b[31mwhere.csv", cwd=self.folder)
        self.assertNotIn("\x1b", done.stderr)


class Settings(Journey):
    def test_the_file_of_the_current_directory_is_read_and_flags_override_it(self):
        shutil.copy(SAMPLE / "primary_sales.csv", self.folder / "sales.csv")
        self.file("insights.toml", 'locations = "sales.csv"\ntop = 1\n[report]\nformat = "json"\n')
        done = run("explore", "--quiet", cwd=self.folder)
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertEqual(len(json.loads(done.stdout)["findings"]), 1)
        done = run("explore", "--quiet", "--top", "2", cwd=self.folder)
        self.assertEqual(len(json.loads(done.stdout)["findings"]), 2)

    def test_passwords_are_shown_nowhere(self):
        url = "postgres://ann:s3cret@localhost:1/db?password=s3cret"
        self.file("insights.toml", 'locations = ["postgres://ann:${PASSWORD}@localhost:1/db"]\n')
        for words, environment in [(["doctor"], {"PASSWORD": "s3cret"}), (["doctor", url], {"PASSWORD": "x"}),
                                   (["doctor", "--json", url], {"PASSWORD": "x"}),
                                   (["explore", url, "--verbose"], {"PASSWORD": "x"})]:
            with self.subTest(words):
                done = run(*words, cwd=self.folder, environment=environment)
                self.assertNotIn("s3cret", done.stdout + done.stderr)


class Reports(Journey):
    def explore(self, *words):
        return run("explore", SAMPLE / "primary_sales.csv", "--metadata", SAMPLE / "metadata", *words, cwd=self.folder)

    def test_a_file_gets_the_format_of_its_name_and_standard_output_only_what_was_asked(self):
        done = self.explore("--output", "report.json")
        self.assertEqual((done.returncode, done.stdout), (DONE, ""), done.stderr)
        self.assertIn("wrote report.json", done.stderr)
        json.loads((self.folder / "report.json").read_text())
        done = self.explore("--output", "-", "--output", "report.md", "--quiet")
        self.assertEqual(done.stderr, "")
        self.assertIn("findings", done.stdout)

    def test_what_cannot_be_written_is_said_before_the_run(self):
        started = time.monotonic()
        done = self.explore("--output", "no/such/folder/report.html")
        self.assertEqual((done.returncode, done.stdout), (FAILED, ""))
        self.assertIn("mkdir -p no/such/folder", done.stderr)
        self.assertLess(time.monotonic() - started, 5)

    def test_a_full_disk_loses_nothing(self):
        done = self.explore("--output", "/dev/full", "--format", "json")
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("No space left", done.stderr)
        json.loads(done.stdout)
        done = self.explore("--output", "/dev/full", "--output", "-", "--format", "json", "--quiet")
        self.assertEqual(done.returncode, FAILED)
        saved = done.stderr.split("it is in ")[1].split(" instead")[0]
        self.addCleanup(os.remove, saved)
        with open(saved, encoding="utf-8") as file:
            self.assertEqual(json.load(file), json.loads(done.stdout))

    def test_standard_output_that_is_full_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "explore", SAMPLE / "primary_sales.csv"], stdout=full,
                                  stderr=subprocess.PIPE, text=True, check=False, cwd=self.folder)
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("standard output", done.stderr)

    def test_a_report_in_either_number_style_verifies(self):
        for style in ("international", "indian"):
            with self.subTest(style):
                self.explore("--number-style", style, "--output", "report.json", "--quiet")
                done = run("verify", "report.json", cwd=self.folder)
                self.assertEqual(done.returncode, DONE, done.stdout)

    def test_verify_out_of_queries_is_done_in_part(self):
        self.explore("--output", "report.json", "--quiet")
        done = run("verify", "report.json", "--max-queries", "1", cwd=self.folder)
        self.assertEqual(done.returncode, PARTIAL, done.stdout)
        self.assertIn("not verified", done.stdout)

    def test_no_colour_unless_it_is_asked_for(self):
        self.assertNotIn("\x1b", self.explore().stdout)
        self.assertIn("\x1b[", self.explore("--color", "always").stdout)
        self.assertNotIn("\x1b", self.explore("--no-color").stdout)


class Interruption(Journey):
    ROWS = 400_000

    def big_table(self):
        lines = ["day,customer,product,amount"]
        lines += [f"2024-{1 + i % 12:02}-{1 + i % 28:02},C{i * 7919 % 5003},P{i * 31 % 97},{i * 37 % 1009}" for i in range(self.ROWS)]
        return self.file("sales.csv", "\n".join(lines) + "\n")

    def start(self, *words):
        return subprocess.Popen([PROGRAM, "explore", self.big_table(), "--verbose", *words], cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def wait_for(self, process, words):
        for line in process.stderr:
            if words in line:
                return
        self.fail(f"'{words}' was never said")

    def test_the_first_signal_ends_the_run_with_a_partial_report(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                process = self.start("--format", "json")
                self.wait_for(process, "read sales")
                process.send_signal(number)
                output, errors = process.communicate(timeout=120)
                self.assertEqual(process.returncode, PARTIAL, errors)
                self.assertIn("stopping", errors)
                self.assertTrue(json.loads(output)["partial"])

    def test_the_second_signal_ends_the_program(self):
        # The program may be through with stopping before the second signal comes: then it is tried again.
        for _ in range(10):
            process = self.start()
            self.wait_for(process, "opening")
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=60)
            if process.returncode in (130, 143):
                self.assertEqual(output, "")
                return
            self.assertIn(process.returncode, (FAILED, PARTIAL))
        self.fail("the second signal never ended the program at once")

    def test_a_budget_ends_the_run_with_a_partial_report(self):
        done = run("explore", SAMPLE / "primary_sales.csv", "--max-queries", "3", "--format", "json", "--quiet")
        self.assertEqual(done.returncode, PARTIAL)
        report = json.loads(done.stdout)
        self.assertTrue(report["partial"])
        self.assertIn("3", report["partial_reason"])


class Terminal(Journey):
    def test_on_a_terminal_there_is_a_line_of_progress_that_goes_away(self):
        shown = b""
        process, terminal = pty.fork()
        if process == 0:
            os.environ.update(TERM="xterm", NO_COLOR="1")
            os.execv(PROGRAM, [PROGRAM, "explore", str(SAMPLE / "primary_sales.csv"), "--output", str(self.folder / "r.html")])
        while True:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), DONE)
        text = shown.decode()
        self.assertIn("\r0 s", text)
        self.assertTrue(text.rstrip().endswith("wrote " + str(self.folder / "r.html")), text[-200:])
        self.assertIn("\r\x1b[K", text)


class Completion(Journey):
    def test_bash_completes_commands_flags_and_values(self):
        script = self.file("insights.bash", run("completion", "bash").stdout)
        for words, expected in [(["ver"], "verify"), (["explore", "--foc"], "--focus --focus-dir"),
                                (["explore", "--format", ""], "text json markdown html"),
                                (["explore", "--focus", "m"], "margin_analysis"), (["completion", "z"], "zsh"),
                                (["explore", "sal"], "")]:
            with self.subTest(words):
                typed = " ".join(f"'{word}'" for word in ["insights", *words])
                commands = f"source {script}; COMP_WORDS=({typed}); COMP_CWORD={len(words)}; _insights; echo ${{COMPREPLY[*]}}"
                done = subprocess.run(["bash", "-c", commands], capture_output=True, text=True, check=True)
                self.assertEqual(done.stdout.strip(), expected)

    def test_every_script_is_understood_by_its_shell(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell):
                done = run("completion", shell)
                self.assertEqual(done.returncode, DONE)
                script = self.file(f"insights.{shell}", done.stdout)
                if shutil.which(shell) is None:
                    print(f"SKIPPED: {shell} is not here")
                    continue
                checked = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)
                self.assertEqual((checked.returncode, checked.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main(verbosity=2)
