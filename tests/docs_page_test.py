"""/docs: the API as a page. All that it loads is served by the program, nothing stands in the page itself, and it may load
nothing else."""
import json
import re
import unittest

from journey import Journey
from server_process import Server


class TheDocsPage(Journey):
    def setUp(self):
        super().setUp()
        self.server = Server(self.folder)  # with keys: the page needs none
        self.addCleanup(lambda: self.server.__exit__())
        self.page = self.server.get("/docs")

    def test_everything_it_loads_is_served_here_with_the_right_type(self):
        self.assertEqual((self.page.status, self.page.headers["content-type"]), (200, "text/html; charset=utf-8"))
        text = self.page.body.decode()
        wanted = {"script": "text/javascript; charset=utf-8", "link": "text/css; charset=utf-8"}
        loaded = re.findall(r"<(script|link)\b[^>]*?(?:src|href)=\"([^\"]+)\"", text)
        self.assertEqual(len(loaded), 4)
        for tag, address in loaded:
            if address == "data:,":  # no icon
                continue
            self.assertTrue(address.startswith("/docs/"), address)
            answer = self.server.get(address)
            self.assertEqual((answer.status, answer.headers["content-type"]), (200, wanted[tag]))
            self.assertGreater(len(answer.body), 100)
        # A page that is asked for nothing from elsewhere: neither by its own script nor by its styles.
        self.assertEqual(re.findall(rb"https?:[^\s\"')]+", self.server.get("/docs/page").body), [])
        for address in re.findall(rb"url\(([^)]*)\)", self.server.get("/docs/style").body):
            self.assertTrue(address.strip(b"\"'").startswith(b"data:"), address[:60])
        self.assertEqual(json.loads(self.server.get("/openapi.json").body)["openapi"], "3.1.0")

    def test_its_policy_allows_no_other_place_and_nothing_inline(self):
        policy = dict(part.strip().split(" ", 1) for part in self.page.headers["content-security-policy"].split(";"))
        self.assertEqual(policy["default-src"], "'none'")
        for kind in ("script-src", "style-src", "connect-src"):
            self.assertEqual(policy[kind], "'self'")
        self.assertEqual(policy["frame-ancestors"], "'none'")
        self.assertNotIn("unsafe", self.page.headers["content-security-policy"])
        text = self.page.body.decode()
        self.assertEqual(re.findall(r"<script(?![^>]*\bsrc=)|<style\b|\bon\w+=|style=", text), [])

    def test_its_files_are_sent_compressed_to_who_takes_that_and_not_twice(self):
        plain = self.server.get("/docs/viewer")
        packed = self.server.get("/docs/viewer", Accept_Encoding="gzip")
        self.assertEqual(packed.headers["content-encoding"], "gzip")
        self.assertLess(len(packed.body), len(plain.body) / 2)
        self.assertEqual(self.server.get("/docs/viewer", If_None_Match=plain.headers["etag"]).status, 304)
        self.assertEqual(self.server.get("/docs/other").status, 404)
        self.assertIn(b"Apache License", self.server.get("/docs/licenses").body)


if __name__ == "__main__":
    unittest.main(verbosity=2)
