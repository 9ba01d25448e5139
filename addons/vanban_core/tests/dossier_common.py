"""People, a file plan and documents for the tests of dossiers."""

import io

from odoo.tests import TransactionCase, new_test_user

from odoo.addons.vanban_core.models.transition_mixin import STATE_TOKEN


def pdf(text="Báo cáo", pages=1):
    """A small real PDF; the same text gives the same bytes."""
    from reportlab.pdfgen import canvas

    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, invariant=1)
    for number in range(pages):
        page.drawString(72, 720, f"{text} {number + 1}")
        page.showPage()
    page.save()
    return buffer.getvalue()


class DossierCase(TransactionCase):
    # refused attempts are logged through a connection of their own, which the test must see and take back
    _registry_readonly_enabled = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry_enter_test_mode_cls()
        cls.company = cls.env["res.company"].create({"name": "Sở Mẫu", "vanban_code": "000.00.01.H56"})
        cls.profile = cls.env["vanban.profile"].create({"name": "Quy chế mẫu", "code": "dossier_test"})
        cls.company.vanban_profile_id = cls.profile

        def user(login, groups):
            return new_test_user(
                cls.env, login=login, groups=",".join(f"vanban_core.{group}" for group in ("group_user", *groups)),
                company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)],
            )  # fmt: skip

        cls.clerk = user("dossier_clerk", ["group_clerk"])
        cls.leader = user("dossier_leader", ["group_leader"])
        cls.owner = user("dossier_owner", ["group_specialist"])
        cls.colleague = user("dossier_colleague", ["group_specialist"])
        cls.stranger = user("dossier_stranger", ["group_specialist"])
        cls.ten_years = cls.env.ref("vanban_core.retention_10")
        cls.plan = cls.env["vanban.file.plan"].with_user(cls.clerk).create({"year": 2026, "company_id": cls.company.id})
        cls.line = cls._line("01.TH", "Tập báo cáo tổng hợp năm 2026", user_id=cls.owner.id)

    @classmethod
    def _line(cls, symbol, title, plan=None, **values):
        return cls.env["vanban.file.plan.line"].with_user(cls.clerk).create({
            "plan_id": (plan or cls.plan).id, "symbol": symbol, "title": title, "retention_id": cls.ten_years.id,
            "section": "I. Tổng hợp", **values,
        })  # fmt: skip

    def issue_plan(self):
        self.plan.with_user(self.clerk).action_submit()
        self.plan.with_user(self.leader).action_approve()

    def opened(self, line=None, user=None, **values):
        """The dossier of an entry, opened by its person."""
        if self.plan.state == "draft":
            self.issue_plan()
        user = user or self.owner
        line = (line or self.line).with_user(user)
        return self.env["vanban.dossier"].with_user(user).browse(line.open_dossier({"start_date": "2020-01-05", **values}))

    def document(self, text="Báo cáo", pages=1, state="done", user=None, **values):
        """A document with a PDF, put directly into ``state``: how it got there is not what these tests are about."""
        document = self.env["vanban.document"].with_user(self.clerk).create({
            "company_id": self.company.id, "direction": "in", "subject": text, "issuer_name": "Sở Tài chính",
            "issue_date": "2026-03-02", **values,
        })  # fmt: skip
        document._add_file("van-ban.pdf", pdf(text, pages), stage="received", original=True)
        document.sudo().with_context(vanban_state=STATE_TOKEN).write({"state": state})
        document._grant(users=user or self.owner, act=True)
        return document.with_user(user or self.owner)
