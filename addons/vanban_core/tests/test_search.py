from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import VanbanCase


@tagged("post_install", "-at_install")
class TestSearch(VanbanCase):
    """Full-text search in data and files (HCM Đ16.6c)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.letter = cls.incoming(cls, register=True, subject="Về việc thu nộp quỹ")
        cls.letter.main_file_id._set_text("Đề nghị rà soát đối tượng tham gia bảo hiểm xã hội bắt buộc tại xã Mẫu An.")
        cls.other = cls.incoming(cls, register=True, subject="Báo cáo bao bì hiếm")

    def found(self, words, user=None):
        documents = self.env["vanban.document"].with_user(user or self.clerk)
        return documents.search([("content_search", "ilike", words), ("id", "in", (self.letter + self.other).ids)])

    def test_with_and_without_accents(self):
        self.assertEqual(self.found("bảo hiểm"), self.letter)
        self.assertEqual(self.found("bao hiem"), self.letter + self.other, "without accents every spelling is found")
        self.assertEqual(self.found('"bao hiem"'), self.letter, "in quotation marks the words follow each other")
        self.assertEqual(self.found("bảo hiễm"), self.letter.browse())
        self.assertEqual(self.found("quỹ"), self.letter, "words of the data are found as well")
        self.assertEqual(self.found(f"{self.letter.code} thu"), self.letter)

    def test_only_within_the_users_rights(self):
        self.assertFalse(self.found("bảo hiểm", self.outsider))
        self.letter._grant(users=self.outsider, source="test")
        self.assertEqual(self.found("bảo hiểm", self.outsider), self.letter)
        with self.assertRaises(AccessError):
            self.env["vanban.text"].with_user(self.outsider).search([]).read(["content"])
        with self.assertRaises(AccessError):
            self.letter.main_file_id.with_user(self.outsider).read(["text_ids"])

    def test_very_common_words_find_the_same(self):
        """Each way of looking answers alike: among the few that somebody reads, along the list, counted in a sample."""
        limits = "odoo.addons.vanban_core.models.text"
        both = [("content_search", "ilike", "bao hiem"), ("id", "in", (self.letter + self.other).ids)]
        for sizes in ({"FEW": 10_000}, {"FEW": 0}, {"FEW": 0, "SAMPLE": 1, "WALKERS": 1}):
            self.env.cr.cache.clear()
            with patch.multiple(limits, MANY=0, **sizes), self.subTest(**sizes):
                self.assertEqual(self.found("bảo hiểm"), self.letter)
                self.assertEqual(self.found("bao hiem"), self.letter + self.other)
                self.assertFalse(self.found("bao hiem", self.outsider))
                documents = self.env["vanban.document"].with_user(self.clerk)
                self.assertEqual([documents.search_count(both, limit=limit) for limit in (1, 2, 3, None)], [1, 2, 2, 2])
                self.assertEqual(documents.search_count(["!", both[0], both[1]], limit=1), 0)
                self.assertEqual(documents.with_user(self.outsider).search_count(both, limit=1), 0)
                self.letter._grant(users=self.outsider, source="test")
                self.assertEqual(self.found("bao hiem", self.outsider), self.letter, "a right given is seen at once")
                self.letter._revoke("test")
                self.assertFalse(self.found("bao hiem", self.outsider))
        self.env.cr.cache.clear()

    def test_a_correction_is_found_at_once(self):
        self.letter._write_fixed({"note": "Khẩn trương kiểm kê"})
        self.assertEqual(self.found("kiểm kê"), self.letter)
        self.letter.main_file_id._set_text("Nội dung đọc lại")
        self.assertFalse(self.found("bắt buộc"))
        self.assertEqual(self.found("đọc lại"), self.letter)

    def test_destroyed_content_is_found_no_more(self):
        self.letter.sudo()._archive_forget("Hết thời hạn")
        self.assertFalse(self.found("bắt buộc"))
        self.assertEqual(self.found("thu nộp"), self.letter)

    def test_hostile_words(self):
        for words in ("' | 'x", "a:*", "\\", "& | !", "”“", "x" * 5000, "%_"):
            self.found(words)
