"""docs/guide/api.md: every command of it is run, as written but for the port, and every error code of it is one of ours."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from journey import PROGRAM, ROOT, SANITIZERS, Journey

PAGE = (ROOT / "docs/guide/api.md").read_text(encoding="utf-8")


class TheWalk(Journey):
    def expected(self, command):
        """The status of a command of the page."""
        if "Idempotency-Key" in command or command.find("/run ") > 0:
            return "202"
        if "/cancel" in command:
            return "409"
        if "--request DELETE" in command:
            return "204"
        votes = '"vote"' in command and '"preview"' not in command
        return "201" if votes or '"cron"' in command else "200"

    def test_every_command_does_what_it_says(self):
        if not shutil.which("curl"):
            self.skipTest("SKIPPED: curl is not installed")
        blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
        commands = sum(text.count("\ncurl ") + text.startswith("curl ") for text in blocks)
        self.assertGreater(commands, 15)
        bin_folder = self.folder / "bin"
        bin_folder.mkdir()
        (bin_folder / "insights").symlink_to(PROGRAM)
        (self.folder / "examples").symlink_to(ROOT / "examples")
        script = "\n".join(blocks)
        # A free port, and the server's log to know it by; what follows waits for it.
        script = script.replace("insights serve ", "insights serve --port 0 ", 1).replace("metadata &\n", "metadata 2>log.jsonl &\n", 1)
        script = script.replace("URL=http://127.0.0.1:8000", 'for _ in $(seq 300); do URL=$(sed -n \'s/.*"address":"\\([^"]*\\)".*/\\1/p\' log.jsonl || true); '
                                '[ -n "$URL" ] && break; sleep 0.1; done')
        # After each curl: what came, and its status.
        script = re.sub(r"(?m)^curl ", "curl --write-out '\\n@@%{http_code}\\n' ", script)
        environment = {"PATH": f"{bin_folder}:{os.environ['PATH']}", "HOME": tempfile.gettempdir(), "NO_COLOR": "1",
                       **SANITIZERS}
        process = subprocess.Popen(["bash", "-e", "-c", "trap 'kill %1; wait %1 || true' EXIT\n" + script], cwd=self.folder, env=environment, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        try:
            shown, errors = process.communicate(timeout=300)
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.assertEqual(process.returncode, 0, shown[-2000:] + errors[-2000:])
        answers = re.findall(r"(?s)(.*?)\n@@(\d+)\n", shown)
        statuses = [status for _, status in answers]
        self.assertEqual(statuses, [self.expected(command) for command in re.findall(r"(?m)^curl (?:.*\\\n)*.*$", "\n".join(blocks))])
        self.assertEqual(len(statuses), commands)
        self.assertEqual(json.loads(answers[0][0])["status"], "ready")
        self.assertTrue(json.loads(answers[1][0])["insights"])
        self.assertRegex(answers[2][0], r"(?mi)^location: /api/v1/explorations/run-")
        self.assertIn("event: ended", answers[3][0])
        self.assertTrue((self.folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>"))
        self.assertTrue((self.folder / "copy.db").exists())

    def test_the_codes_of_the_page_are_those_of_the_program(self):
        documented = set()
        for row in re.findall(r"(?m)^\| \d{3}[^|]*\|([^|]*)\|", PAGE):
            documented |= set(re.findall(r"`(\w+)`", row))
        used = set()
        for path in (ROOT / "src/server").glob("*.cpp"):
            if not path.name.endswith("_test.cpp"):
                text = path.read_text(encoding="utf-8")
                used |= set(re.findall(r'(?:problem|made)\(\s*\d{3},\s*"(\w+)"', text))
        used |= {"invalid_parameter"}  # made by wrong() in findings.cpp
        self.assertEqual(documented, used)


if __name__ == "__main__":
    unittest.main(verbosity=2)
