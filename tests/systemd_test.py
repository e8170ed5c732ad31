"""packaging/systemd: the units of the server and of explorations by the clock, held against systemd's own judges, and their commands against
the program; and the crontab line of the guide."""
import json
import re
import shlex
import shutil
import subprocess
import unittest

from journey import PROGRAM, ROOT, SAMPLE, Journey

UNITS = ROOT / "packaging/systemd"
SERVICE = UNITS / "insights-explore@.service"
TIMER = UNITS / "insights-explore@.timer"
SERVER = UNITS / "insights.service"
GUIDE = (ROOT / "docs/guide/schedules.md").read_text(encoding="utf-8")
EXPOSURE_MAX = 20  # of 100; a service without any protection has 96


def judged(*words):
    return subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True, check=False,
                          env={"PATH": "/usr/bin:/bin", "SYSTEMD_LOG_LEVEL": "info"})


class Units(Journey):
    def setUp(self):
        super().setUp()
        if not shutil.which("systemd-analyze"):
            self.skipTest("SKIPPED: systemd-analyze is not installed")
        for unit in (SERVICE, TIMER, SERVER):
            self.file(unit.name, unit.read_text(encoding="utf-8").replace("/usr/bin/insights", PROGRAM))

    def test_systemd_takes_them_without_a_remark(self):
        for unit in (SERVICE, TIMER, SERVER):
            done = judged("verify", "--man=no", self.folder / unit.name)
            remarks = [line for line in done.stderr.splitlines() if unit.stem in line]
            self.assertEqual((done.returncode, remarks), (0, []), done.stderr)

    def test_the_services_are_exposed_to_next_to_nothing(self):
        for unit in (SERVICE, SERVER):
            done = judged("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager", self.folder / unit.name)
            self.assertEqual(done.returncode, 0, done.stdout[-500:] + done.stderr)
        bare = self.file("bare@.service", f"[Service]\nExecStart={PROGRAM} --version\n")
        self.assertNotEqual(judged("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager", bare).returncode, 0)

    def test_the_time_of_the_timer_is_one(self):
        time = re.search(r"(?m)^OnCalendar=(.*)$", TIMER.read_text(encoding="utf-8")).group(1)
        self.assertEqual(judged("calendar", time).returncode, 0)
        for time in re.findall(r"(?m)^OnCalendar=(.+)$", GUIDE):
            self.assertEqual(judged("calendar", time).returncode, 0, time)


class Commands(Journey):
    """What the units and the guide run, run here."""

    def setUp(self):
        super().setUp()
        self.file("etc/sales.toml", f'locations = ["{SAMPLE / "primary_sales.csv"}"]\nmetadata = "{SAMPLE / "metadata"}"\ntop = 3\n')

    def reported(self):
        report = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        self.assertEqual(len(report["findings"]), 3)
        self.assertTrue((self.folder / "report.html").exists())

    def test_the_command_of_the_service_writes_its_reports(self):
        command = re.search(r"(?m)^ExecStart=(.*)$", SERVICE.read_text(encoding="utf-8")).group(1)
        words = shlex.split(command.replace("/usr/bin/insights", PROGRAM).replace("/etc/insights/%i", str(self.folder / "etc/sales")))
        done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.reported()

    def test_the_crontab_line_of_the_guide_does_what_it_says(self):
        line = re.search(r"(?m)^30 6 \* \* 1-5 +(.*)$", GUIDE).group(1)
        self.assertNotIn("%", line)  # a line break to cron
        for place, here in (("/usr/bin/insights", PROGRAM), ("/etc/insights", str(self.folder / "etc")), ("/var/lib/insights", str(self.folder))):
            self.assertIn(place, line)
            line = line.replace(place, here)
        done = subprocess.run(["sh", "-c", line], cwd="/", capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"})
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.reported()


if __name__ == "__main__":
    unittest.main(verbosity=2)
