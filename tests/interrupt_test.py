"""Ctrl-C once finishes with what is proven and says so; a used-up budget does the same."""
import json
import os
import signal
import subprocess
import time
import unittest

from journey import PROGRAM, SAMPLE, Journey, run


def big_table(path, rows):
    with open(path, "w") as file:
        file.write("order_date,customer,region,product,quantity,amount\n")
        for i in range(rows):
            file.write(f"2023-{1 + i % 12:02d}-{1 + i % 28:02d},C{i % 997},R{i % 7},P{i % 83},{1 + i % 9},{(i * 37) % 5000}.25\n")


def started(*arguments):
    """The program, once it has said its first word: from then on it listens to Ctrl-C."""
    process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               env={"PATH": os.environ["PATH"], "ASAN_OPTIONS": "detect_leaks=0"})
    process.stderr.readline()
    return process


class Interrupted(Journey):
    def test_one_interrupt_ends_with_exit_code_four_and_a_partial_report(self):
        data = self.folder / "big.csv"
        big_table(data, 1_000_000)
        report = self.folder / "report.json"
        process = started("explore", str(data), "--verbose", "--output", str(report))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        if process.returncode == 4:
            if report.exists():
                self.assertTrue(json.loads(report.read_text())["partial"])
        else:  # stopped before any table was read: nothing to report, said in words
            self.assertEqual(process.returncode, 1, errors)
            self.assertIn("stop", errors.lower() + "cancel")

    def test_two_interrupts_stop_at_once(self):
        data = self.folder / "big.csv"
        big_table(data, 1_000_000)
        process = started("explore", str(data), "--verbose")
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)

    def test_a_budget_of_queries_ends_the_run_partial_with_the_reason(self):
        done = run("explore", SAMPLE / "primary_sales.csv", "--max-queries", "4", "--format", "json", "--quiet")
        self.assertEqual(done.returncode, 4, done.stderr)
        report = json.loads(done.stdout)
        self.assertTrue(report["partial"])
        self.assertIn("queries", report["partial_reason"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
