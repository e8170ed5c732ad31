"""docs/reference/patterns.md against the table of patterns, in both directions."""
import re
import unittest

from journey import ROOT


class PatternsPage(unittest.TestCase):
    def test_every_pattern_has_its_row_and_every_row_its_pattern(self):
        table = re.sub(r'"\s*\n\s*"', "", (ROOT / "src/patterns/all.h").read_text())  # texts cut over lines
        page = (ROOT / "docs/reference/patterns.md").read_text()
        known = re.findall(r'Pattern\{\s*"([a-z_]+)"', table)
        rows = re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", page, re.MULTILINE)
        self.assertTrue(known)
        self.assertEqual(sorted(known), sorted(name for name, _ in rows))
        for name, question in rows:
            self.assertIn(question.strip(), table, name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
