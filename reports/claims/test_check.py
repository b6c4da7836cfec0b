"""Changes copies of the pages and reports and tests that `check.py` notices.

    python3 reports/claims/test_check.py
"""
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "reports" / "claims"))
sys.dont_write_bytecode = True
from anchors import like, value  # noqa: E402
from fractions import Fraction  # noqa: E402


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name) / "copy"
        self.root.mkdir()
        # Everything that claims refer to, without binaries.
        for name in ("README.md", "COMPARE.md", "DESIGN.md"):
            shutil.copy(ROOT / name, self.root)
        for name in ("reports", "guide", "src", ".ci"):
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("*.png", "__pycache__"))
        (self.root / "models").mkdir()
        shutil.copy(ROOT / "models" / "MODEL_CARD.md", self.root / "models")

    def tearDown(self):
        self.folder.cleanup()

    def check(self, *options):
        command = [sys.executable, ROOT / "reports" / "check.py", "--root", self.root, *options]
        run = subprocess.run(command, capture_output=True, text=True)
        return run.returncode, run.stderr

    def change(self, name, old, new):
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        self.assertRegex(text, old)
        path.write_text(re.sub(old, new, text, count=1), encoding="utf-8")

    def fails(self, *words):
        status, errors = self.check()
        self.assertEqual(status, 1, errors)
        for word in words:
            self.assertIn(word, errors)

    def agrees(self):
        self.assertEqual(self.check(), (0, ""))

    def test_as_it_is(self):
        self.agrees()

    def test_another_number_in_the_guide(self):
        self.change("guide/transformers.md", r"530 MB of libtorch", "531 MB of libtorch")
        self.fails("guide/transformers.md:", "says 531", ".ci/libtorch:", "has 529, so 530")

    def test_another_number_in_a_report_is_written_into_the_page(self):
        self.change("reports/alignment.md", r"(\| wmt22 mixed, strict \|[^|]*)\|[^|]*\|", r"\1| .1234 |")
        self.fails("README.md:", "reports/alignment.md:", "so 0.123")
        self.assertEqual(self.check("--write")[0], 0)
        self.assertIn("and 0.123 for three", " ".join((self.root / "README.md").read_text().split()))
        self.agrees()

    def test_a_cell_of_compare(self):
        self.change("COMPARE.md", r"(\n\| vecalign-05 \|) [^|]* \|", r"\1 0.32 |")
        self.fails("COMPARE.md:", "vecalign-05, wmt22: says 0.32, and reports/alignment.md:")
        self.assertEqual(self.check("--write")[0], 0)
        self.agrees()

    def test_a_claim_that_is_gone(self):
        self.change("README.md", r"If that one is uncertain", "If that one is good")
        self.fails("README.md does not say: An article has at most 200,000 sentences. In articles of more than 250")

    def test_a_row_that_is_gone(self):
        self.change("reports/alignment.md", r"\n\| wmt22 mixed, strict \|[^\n]*", "")
        self.fails("no row `wmt22 mixed, strict`")

    def test_a_report_that_is_gone(self):
        (self.root / "reports" / "filters.md").unlink()
        self.fails("there is no file filters.md")

    def test_words_out_of_bounds(self):
        row = r"(#### 30137 x 30012 sentences[\s\S]*?\| vecalign, aligning alone \|[^|]*) \| [^|]* \|"
        self.change("reports/alignment.md", row, r"\1 | 1.90 |")
        self.fails("says less than half", "1.90")

    def test_a_number_without_a_claim(self):
        self.change("README.md", r"\n## Limits", "\nIt takes 3 ms a page and reaches .987.\n\n## Limits")
        self.fails("`3 ms` is in no claim", "`.987` is in no claim")

    def test_how_numbers_are_written(self):
        self.assertEqual(like(".98", Fraction("0.9784")), ".98")
        self.assertEqual(like("0.11", Fraction("0.105")), "0.10")
        self.assertEqual(like("45,000", Fraction(45326), 2), "45,000")
        self.assertEqual(like("1.0000", Fraction(1)), "1.0000")
        self.assertEqual(like("1.0000", Fraction("0.9999")), ".9999")
        self.assertEqual(value(".9788 / .6842 vecalign-02", 2), Fraction("0.6842"))


if __name__ == "__main__":
    unittest.main()
