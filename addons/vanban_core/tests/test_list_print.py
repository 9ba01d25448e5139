import pypdfium2

from odoo.tests import BaseCase, tagged

from ..report import list_print

COLUMNS = (("Số", 20), ("Trích yếu", 150), ("Hạn", 40))


@tagged("post_install", "-at_install")
class TestListPrint(BaseCase):
    def _pages(self, rows):
        printed = list_print.PrintedList("UBND tỉnh Mẫu", "Sở Mẫu", "Sổ nợ", "Từ ngày 01/01/2026", COLUMNS, rows, ("Đã đăng ký: 1.",))
        return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(list_print.render(printed))]

    def test_heading_rows_and_page_numbers(self):
        pages = self._pages(["Phòng Tổ chức (300)", *((number, f"Về việc <b>số</b> & {number}", "") for number in range(300))])
        self.assertGreater(len(pages), 5)
        self.assertIn("SỞ MẪU", pages[0])
        self.assertIn("Phòng Tổ chức (300)", pages[0])
        self.assertIn("Về việc <b>số</b> & 0", pages[0])
        for number, text in enumerate(pages, start=1):
            self.assertIn(f"Trang {number}/{len(pages)}", text)
            self.assertIn("Trích yếu", text, "the columns are named on every page")

    def test_nothing_to_print_is_said(self):
        self.assertIn("Không có văn bản nào.", self._pages([])[0])
