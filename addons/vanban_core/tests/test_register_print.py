import base64

import pypdfium2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from ..tools import vietnam_time
from .outgoing_common import OutgoingCase


@tagged("post_install", "-at_install")
class TestRegisterPrint(OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = vietnam_time.today()
        cls.period = (f"{today.year}-01-01", fields.Date.to_string(today))

    def pages(self, action):
        book_id = int(action["url"].split("/")[4])
        book = self.env["vanban.register.print"].browse(book_id)
        pdf = pypdfium2.PdfDocument(base64.b64decode(book.content))
        try:
            return book, [" ".join(page.get_textpage().get_text_bounded().split()) for page in pdf]
        finally:
            pdf.close()

    @proves("REG-01", "REG-03")
    def test_incoming_register(self):
        first = self.distributed(subject="Về việc lập dự toán năm 2027 – đợt 1")
        self.incoming(register=True)
        action = self.register_in.with_user(self.clerk).action_print(*self.period)
        book, pages = self.pages(action)
        cover, first_page, page = pages
        for words in (
            self.company.vanban_parent_name.upper(), self.company.name.upper(), "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN", f"Năm: {self.period[0][:4]}",
            "Từ ngày 01/01/", "Từ số 01 đến số 02", "Quyển số: 01",
        ):  # fmt: skip
            self.assertIn(words, cover)
            self.assertIn(words, first_page)
        self.assertIn("đóng dấu", first_page)
        for words in (
            "Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu", "Ngày tháng", "Tên loại và trích yếu nội dung", "Đơn vị hoặc người nhận",
            "Ngày chuyển", "Ký nhận", "Ghi chú", "(10)", self.specialist.name, first.code, "05/01/2026",
            "Công văn về việc lập dự toán năm 2027 – đợt 1", "Trang 1/1",
        ):  # fmt: skip
            self.assertIn(words, page)
        self.assertEqual((book.number_from, book.number_to, book.page_count, book.user_id), (1, 2, 3, self.clerk))

    @proves("LT-10")
    def test_recalled_document_stays_with_its_number_and_the_day(self):
        document = self.distributed()
        document.with_user(self.clerk).action_recall_execute("Cơ quan ban hành thu hồi")
        book, pages = self.pages(self.register_in.with_user(self.clerk).action_print(*self.period))
        day = vietnam_time.today().strftime("%d/%m/%Y")
        # after the cover and the first page; the narrow column of remarks breaks the line, but never the day
        self.assertIn(document.code, pages[2])
        self.assertIn("Đã thu", pages[2])
        self.assertIn(day, pages[2])
        self.assertTrue(self.register_in._remark(document.sudo().entry_ids).startswith(f"Đã thu hồi ngày {day}"))
        self.assertEqual(book.number_from, document.arrival_number)

    @proves("REG-02", "REG-03")
    def test_outgoing_register(self):
        document = self.on_paper(subject="đề nghị thẩm định")
        document.with_user(self.clerk).action_issue()
        _book, (cover, first_page, page) = self.pages(self.register_out.with_user(self.clerk).action_print(*self.period))
        self.assertIn("SỔ ĐĂNG KÝ VĂN BẢN ĐI", cover)
        self.assertIn("SỔ ĐĂNG KÝ VĂN BẢN ĐI", first_page)
        for words in (
            "Số, ký hiệu văn bản", "Người ký", "Nơi nhận văn bản", "Đơn vị, người nhận bản lưu", "Số lượng bản", "Ngày chuyển",
            "01/SNV-TC".split("-")[0], "Công văn. Đề nghị thẩm định", self.leader.name, self.issuer.name.split()[0], self.department.name,
        ):  # fmt: skip
            self.assertIn(words, page)

    def test_many_lines_fill_pages_in_number_order(self):
        self.env["vanban.register.counter"].flush_model()
        documents = self.env["vanban.document"].create([
            {
                "direction": "in", "company_id": self.company.id, "kind_id": self.kind.id, "issuer_name": "Sở Xây dựng",
                "subject": f"Văn bản thứ {index} " + "nội dung dài " * (index % 20), "code_number": str(index), "issue_date": "2026-01-05",
            }
            for index in range(1, 121)
        ])
        year = int(self.period[0][:4])
        self.env["vanban.register.entry"].create([
            {"register_id": self.register_in.id, "year": year, "number": index, "document_id": document.id, "date": self.period[1]}
            for index, document in enumerate(documents, start=1)
        ])
        book, pages = self.pages(self.register_in.with_user(self.clerk).action_print(*self.period))
        self.assertEqual(book.page_count, len(pages))
        self.assertGreater(len(pages), 5)
        self.assertIn(f"Trang {len(pages) - 2}/{len(pages) - 2}", pages[-1])
        whole = " ".join(pages[2:])
        places = [whole.index(f"Văn bản thứ {index} ") for index in range(1, 121)]
        self.assertEqual(places, sorted(places))

    def test_volumes_and_reprints(self):
        self.incoming(register=True)
        register = self.register_in.with_user(self.clerk)
        first, _pages = self.pages(register.action_print(*self.period))
        again, _pages = self.pages(register.action_print(*self.period))
        other, _pages = self.pages(register.action_print(self.period[1], self.period[1]))
        self.assertEqual((first.volume, again.volume, other.volume), (1, 1, 2))

    def test_who_may_print_and_what_is_kept(self):
        self.incoming(register=True)
        for user in (self.specialist, self.admin_user, self.leader):
            with self.assertRaises(AccessError):
                self.register_in.with_user(user).action_print(*self.period)
        book, _pages = self.pages(self.register_in.with_user(self.clerk).action_print(*self.period))
        for user in (self.clerk, self.admin_user):
            with self.assertRaises(AccessError):
                book.with_user(user).write({"volume": 9})
            with self.assertRaises(AccessError):
                book.with_user(user).unlink()
        with self.assertRaises(AccessError):
            book.with_user(self.specialist).read(["content"])

    def test_bad_periods_are_refused_in_words(self):
        register = self.register_in.with_user(self.clerk)
        for period in (("2026-05-01", "2026-01-01"), ("2025-12-01", "2026-01-31"), (None, "2026-01-01"), ("hôm nay", "mai"), self.period):
            with self.assertRaises(UserError):
                register.action_print(*period)
