"""A closed dossier, and the way through the archive, for the tests of this addon."""

from odoo.tests import new_test_user

from odoo.addons.vanban_core.tests.dossier_common import DossierCase

NOTE = "Đã kiểm tra bằng phần mềm của cơ quan"


class ArchiveCase(DossierCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archivist = cls._archive_user("archive_archivist", "vanban_archive.group_archivist")
        cls.archivist2 = cls._archive_user("archive_archivist2", "vanban_archive.group_archivist")
        cls.head = cls._archive_user("archive_head", "vanban_core.group_leader")
        cls.admin = cls._archive_user("archive_admin", "vanban_core.group_admin")
        cls.letter = cls.env.ref("vanban_core.kind_cv")

    @classmethod
    def _archive_user(cls, login, group):
        return new_test_user(
            cls.env, login=login, groups=f"vanban_core.group_user,{group}", company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )  # fmt: skip

    def closed(self, symbol="01.TH", documents=None, end_date="2015-11-20", **values):
        """A closed dossier of the owner with two documents (or the given ones)."""
        line = self.line if symbol == "01.TH" else self._approved_line(symbol)
        dossier = self.opened(line, start_date="2015-01-05", **values)
        if documents is None:
            documents = self.document(f"Báo cáo {symbol}", 2, kind_id=self.letter.id) | self.document(f"Tờ trình {symbol}", 1)
        dossier.add_documents(documents.ids)
        dossier.action_review()
        closing = {"end_date": end_date}
        if values.get("medium", "electronic") != "electronic":
            closing.update(sheet_count=5, paper_location="Kho 1, giá 2")
        dossier.action_close(closing)
        return dossier

    def _approved_line(self, symbol):
        line = self._line(symbol, f"Hồ sơ {symbol}", user_id=self.owner.id)
        if line.state == "proposed":
            line.with_user(self.leader).action_approve()
        return line

    def handover_of(self, dossier):
        return dossier.handover_line_ids.handover_id[:1]

    def checked(self, dossier):
        """Submit and check; what only a person can judge is judged."""
        dossier.action_submit_to_archive()
        handover = self.handover_of(dossier).with_user(self.archivist)
        handover.action_check()
        handover.check_ids.filtered(lambda check: check.result == "manual").action_judge(True, NOTE)
        return handover

    def archived(self, *args, **values):
        dossier = self.closed(*args, **values)
        handover = self.checked(dossier)
        handover.action_accept()
        handover.with_user(self.owner).action_sign_minutes()
        handover.action_sign_minutes()
        handover.action_archive()
        return dossier.with_user(self.archivist)

    def expired(self, *args, **values):
        dossier = self.archived(*args, **values)
        self.run_cron("vanban_archive.cron_expire")
        dossier.invalidate_recordset()
        return dossier

    def run_cron(self, xmlid):
        self.env.ref(xmlid).method_direct_trigger()
