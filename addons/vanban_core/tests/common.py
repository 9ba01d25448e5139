import base64
import io
import itertools

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from odoo.tests.common import TransactionCase, new_test_user

from .rpc_calls import RpcCalls

PASSWORD = "Vanban@2026"
# each made-up letter has a number of its own: the same one twice would be a duplicate
_numbers = itertools.count(12)


def make_pdf(*lines, pages=1):
    """A small sound PDF (bytes) with the given lines of Latin text on each page."""
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    for _number in range(pages):
        for index, line in enumerate(lines or ("Noi dung van ban",)):
            page.drawString(80, 760 - 20 * index, line)
        page.showPage()
    page.save()
    return buffer.getvalue()


class VanbanSetUp(RpcCalls):
    """An agency with its registers, units and one user in every role; shared by all addons' tests.

    The registry is in test mode, because registration opens connections of its own.
    """

    # reading is logged through a connection of its own, which a test's single connection cannot open while read-only
    _registry_readonly_enabled = False

    ROLES = {
        "clerk": "group_clerk",
        "leader": "group_leader",
        "chief": "group_office_chief",
        "format_checker": "group_format_checker",
        "unit_head": "group_unit_head",
        "specialist": "group_specialist",
        "specialist2": "group_specialist",
        "outsider": "group_specialist",
        "auditor": "group_auditor",
        "admin_user": "group_admin",
    }

    @classmethod
    def set_up_agency(cls):
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True, no_reset_password=True))
        cls.company = cls.env["res.company"].create({
            "name": "Sở Kiểm thử tỉnh Mẫu",
            "vanban_code": "H98.01",
            "vanban_symbol": "SNV",
            "vanban_place": "Thành phố Mẫu",
            "vanban_parent_name": "UBND tỉnh Mẫu",
        })
        for name, group in cls.ROLES.items():
            setattr(cls, name, cls._make_user(name, f"vanban_core.{group}"))
        employees = cls.env["hr.employee"].create([
            {"name": user.name, "user_id": user.id, "company_id": cls.company.id}
            for user in (cls.unit_head, cls.specialist, cls.specialist2)
        ])
        cls.department = cls.env["hr.department"].create({
            "name": "Phòng Tổ chức", "company_id": cls.company.id, "manager_id": employees[0].id,
        })
        employees.department_id = cls.department
        cls.register_in, cls.register_out = cls.env["vanban.register"].create([
            {"name": "Sổ văn bản đến", "code": "DEN", "direction": "in", "company_id": cls.company.id},
            {"name": "Sổ văn bản đi", "code": "DI", "direction": "out", "company_id": cls.company.id},
        ])
        cls.kind = cls.env.ref("vanban_core.kind_cv")
        cls.issuer = cls.env["res.partner"].create({"name": "Sở Gửi văn bản tỉnh Mẫu", "is_company": True})

    @classmethod
    def _make_user(cls, login, groups):
        return new_test_user(
            cls.env, f"test_{login}", groups=groups, password=PASSWORD, name=f"Người dùng {login}",
            company_id=cls.company.id, company_ids=[(6, 0, cls.company.ids)],
        )

    def incoming(self, user=None, register=False, **vals):
        """An incoming document with its scan, optionally registered."""
        document = self.env["vanban.document"].with_user(user or self.clerk).create({
            "direction": "in",
            "company_id": self.company.id,
            "kind_id": self.kind.id,
            "subject": "Về việc báo cáo công tác quý IV",
            "issuer_id": self.issuer.id,
            "code_number": str(next(_numbers)),
            "code_notation": "STC-VP",
            "issue_date": "2026-01-05",
            **vals,
        })
        document.upload_file("van-ban.pdf", base64.b64encode(make_pdf()).decode())
        if register:
            document.action_register()
        return document

    def distributed(self, lines=None, **vals):
        """A registered document distributed by the first level of the route (the leader); by default ``specialist`` leads."""
        document = self.incoming(register=True, **vals)
        first = document._first_distributors()
        distributor = self.leader if self.leader in first else first[:1]
        document.action_submit("Kính trình", leader_id=distributor.id)
        document.with_user(distributor).action_distribute(
            lines or [{"role": "lead", "user_id": self.specialist.id}, {"role": "coordinate", "user_id": self.specialist2.id}],
            "Đề nghị xử lý theo quy định",
        )
        return document


class VanbanCase(VanbanSetUp, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_agency()
        cls.registry_enter_test_mode_cls()
