from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vanban_core.tests.proves import proves

from .archive_common import ArchiveCase


@tagged("post_install", "-at_install")
class TestRetention(ArchiveCase):
    @proves("ARC-02")
    def test_keepers_and_heads_are_told_of_what_is_due(self):
        head_employee = self.env["hr.employee"].create({"name": "Trưởng phòng", "user_id": self.head.id, "company_id": self.company.id})
        department = self.env["hr.department"].create(
            {"name": "Phòng Tổng hợp", "manager_id": head_employee.id, "company_id": self.company.id}
        )
        with freeze_time("2016-02-01"):
            dossier = self.closed(end_date="2015-11-20", department_id=department.id)
        self.profile.handover_due = "q1"
        with freeze_time("2016-02-28"):
            self.assertFalse(self.env["vanban.archive.notice"]._announce_handover(self.company), "31 days before")
        with freeze_time("2016-03-01"):
            self.assertEqual(self.env["vanban.archive.notice"]._announce_handover(self.company), dossier.sudo())
            notices = self.env["vanban.archive.notice"].search([("dossier_ids", "in", dossier.ids)])
            self.assertEqual(notices.user_id, self.owner | self.head)
            self.assertEqual(notices.activity_ids.user_id, self.owner | self.head)
            self.assertEqual(set(notices.mapped("due_date")), {date(2016, 3, 31)})
            self.assertFalse(self.env["vanban.archive.notice"]._announce_handover(self.company), "each dossier once")

    @proves("ARC-02")
    def test_the_daily_job_announces_in_vietnamese(self):
        with freeze_time("2016-02-01"):
            dossier = self.closed(end_date="2015-11-20")
        self.profile.handover_due = "q1"
        with freeze_time("2016-03-01"):
            self.run_cron("vanban_archive.cron_notices")
        todo = self.env["vanban.archive.notice"].search([("dossier_ids", "in", dossier.ids)]).activity_ids
        self.assertEqual((todo.user_id, todo.summary), (self.owner, "1 hồ sơ đến hạn nộp lưu vào lưu trữ hiện hành"))

    @proves("ARC-10")
    def test_archivists_get_the_list_30_days_before_the_end(self):
        dossier = self.archived(end_date="2020-11-20")
        self.assertEqual(dossier.expiry_date, date(2030, 12, 31))
        notice = self.env["vanban.archive.notice"]
        with freeze_time("2030-11-30"):
            self.assertFalse(notice._announce_expiry(self.company))
        with freeze_time("2030-12-01"):
            self.assertEqual(notice._announce_expiry(self.company), dossier.sudo())
            found = notice.search([("kind", "=", "expiry"), ("dossier_ids", "in", dossier.ids)])
            self.assertEqual(found.user_id, self.archivist | self.archivist2)

    @proves("ARC-09")
    def test_expired_on_the_day_after_the_last_year(self):
        dossier = self.archived(end_date="2020-11-20")
        with freeze_time("2030-12-31 16:59:59"):
            self.run_cron("vanban_archive.cron_expire")
            self.assertEqual(dossier.state, "archived")
        # midnight in Vietnam, whatever the clock of the server shows
        with freeze_time("2030-12-31 17:00:00"):
            self.run_cron("vanban_archive.cron_expire")
            self.assertEqual(dossier.state, "expired")

    @proves("ARC-11")
    def test_extension_with_a_reason_or_proposal_of_destruction(self):
        dossier = self.expired()
        self.assertEqual(dossier.state, "expired")
        with self.assertRaises(AccessError):
            dossier.with_user(self.owner).action_extend(self.ten_years.id, "Còn giá trị")
        with self.assertRaises(UserError):
            dossier.action_extend(self.ten_years.id, "")
        today = date.today()
        dossier.action_extend(self.ten_years.id, "Gia hạn 10 năm, còn giá trị tra cứu")
        self.assertEqual(dossier.state, "archived")
        self.assertEqual(dossier.expiry_date, date(today.year + 10, 12, 31))
        other = self.expired("02.TH")
        destruction = self.env["vanban.destruction"].with_user(self.archivist).browse(
            self.env["vanban.destruction"].with_user(self.archivist).propose(other.ids, "Hết giá trị")
        )
        self.assertEqual(destruction.line_ids.dossier_id, other)

    @proves("ARC-09")
    def test_permanent_dossiers_never_expire(self):
        permanent = self.env.ref("vanban_core.retention_permanent")
        line = self._approved_line("03.TH")
        dossier = self.opened(line, start_date="2015-01-05")
        dossier.write({"retention_id": permanent.id})
        dossier.add_documents(self.document("Quyết định", 1).ids)
        dossier.action_review()
        dossier.action_close({"end_date": "2015-12-31"})
        self.assertFalse(dossier.expiry_date)
