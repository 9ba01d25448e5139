import atexit
import base64
import functools
import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from odoo.addons.vanban_core.tests.common import VanbanCase
from odoo.addons.vanban_signing.agent.token import Module
from odoo.addons.vanban_signing.demo_pki import MODULE, Holder, create_authority, create_tokens, pictures
from odoo.addons.vanban_signing.pades.fonts import font_path

AGENCY, LEADER_NAME = "Sở Nội vụ tỉnh Mẫu", "Người dùng leader"


@functools.cache
def pki():
    """CA and one SoftHSM store for this process: tokens ``seal…``, ``leader``, ``chief`` with real keys inside."""
    folder = Path(tempfile.mkdtemp(prefix="vanban-pki-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    authority = create_authority(folder / "ca")
    store = create_tokens(
        folder / "tokens",
        authority,
        [
            Holder.agency(AGENCY, label="seal"),
            Holder.agency("Sở Tài chính tỉnh Mẫu", label="seal-other"),
            Holder.agency("Phòng Tổ chức", label="seal-unit"),
            Holder.agency("Phòng Tổ chức", label="seal-unit-earlier"),
            Holder.agency("Ủy ban nhân dân tỉnh Mẫu", label="seal-body"),
            Holder.person(LEADER_NAME, AGENCY, label="leader", title="Giám đốc"),
            Holder.person("Người dùng chief", AGENCY, label="chief", title="Chánh Văn phòng"),
        ],
    )
    # the library reads the place of its tokens once, when it is loaded
    os.environ.update(store.environment)
    os.environ["VANBAN_HSM_MODULE"] = MODULE
    os.environ["VANBAN_HSM_PIN_FILE"] = str(store.folder)
    return authority, store


@functools.cache
def module():
    pki()
    return Module(MODULE)


def b64(data):
    return base64.b64encode(data).decode()


def key_of(label):
    """Key of a token, unlocked: what the signing agent does on the user's machine."""
    certificate = next(one for one in module().certificates() if one.token == label)
    return module().open(certificate, pki()[1].token(label).pin)


def draft_pdf(notation="SNV-VP", place="Thành phố Mẫu", signer=LEADER_NAME, position="GIÁM ĐỐC"):
    """A draft laid out as the templates do it: gaps for number, date and signature."""
    if "VanbanSerif" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("VanbanSerif", str(font_path())))
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.setFont("VanbanSerif", 13)
    page.drawString(85, 770, AGENCY.upper())
    page.drawString(85, 745, f"Số:              /{notation}")
    page.drawString(290, 745, f"{place},")
    page.drawString(85, 700, "Kính gửi: Sở Tài chính tỉnh Mẫu")
    page.drawString(85, 670, "Sở Nội vụ báo cáo kết quả công tác quý IV như sau.")
    page.drawCentredString(420, 400, position)
    page.drawCentredString(420, 290, signer)
    page.showPage()
    page.save()
    return buffer.getvalue()


def text_of(raw):
    """Text of a PDF as poppler reads it, form fields included."""
    return subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=raw, capture_output=True, check=True, timeout=30
    ).stdout.decode()


class SigningCase(VanbanCase):
    """Agency with trust anchor, registered certificates and the seal in the custody of ``clerk``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        authority, store = pki()
        cls.authority, cls.store = authority, store
        cls.manager = cls._make_user("certificate_manager", "vanban_signing.group_certificate_manager")
        cls.clerk2 = cls._make_user("clerk2", "vanban_core.group_clerk")
        cls.anchor = cls.env["vanban.trust.anchor"].create(
            {
                "name": "CA trình diễn",
                "trust_class": "public_duty",
                "content": b64(authority.certificate.read_bytes()),
                "crl": b64(authority.crl.read_bytes()),
            }
        )
        cls.leader_certificate = cls._enroll(
            "leader", "personal", user_id=cls.leader.id, picture=b64(pictures.signature("leader"))
        )
        cls.seal_certificate = cls._enroll("seal", "agency", picture=b64(pictures.seal("Sở Nội vụ", "Tỉnh Mẫu")))
        cls.token = (
            cls.env["vanban.token"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "Thiết bị ký số cơ quan",
                    "company_id": cls.company.id,
                    "certificate_id": cls.seal_certificate.id,
                }
            )
        )
        cls.give_custody(cls.clerk)

    @classmethod
    def _enroll(cls, label, role, **vals):
        return (
            cls.env["vanban.certificate"]
            .with_user(cls.manager)
            .create(
                {
                    "role": role,
                    "company_id": cls.company.id,
                    "content": b64(cls.store.token(label).certificate.read_bytes()),
                    **vals,
                }
            )
        )

    @classmethod
    def give_custody(cls, clerk, token=None):
        token = token or cls.token
        token.with_user(cls.leader).action_assign(
            clerk.id, "Quyết định 01/QĐ-SNV", "quyet-dinh.pdf", b64(b"%PDF-1.4 giao giu")
        )
        token.with_user(clerk).action_receive()

    def numbered_with(self, *annexes):
        """A document with these annexes ``(name, bytes)``, signed by the leader and numbered, as the clerk has it."""
        document = self.outgoing("leader")
        for name, raw in annexes:
            # safe: the drafter attached them; the case is about what follows
            self.env["vanban.document"].browse(document.id).sudo()._add_file(name, raw, role="annex")
        self.sign(document)
        document = document.with_user(self.clerk)
        document.action_clerk_check()
        document.action_allocate_number()
        self.env.invalidate_all()
        return document

    def outgoing(self, state="leader", raw=None, **vals):
        """An outgoing document at the leader's desk (or further), reached by the real steps."""
        document = (
            self.env["vanban.document"]
            .with_user(self.specialist)
            .create(
                {
                    "direction": "out",
                    "company_id": self.company.id,
                    "kind_id": self.kind.id,
                    "subject": "về việc báo cáo quý IV",
                    "department_id": self.department.id,
                    "signer_id": self.leader.id,
                    "signer_position": "Giám đốc",
                    "code_notation": "SNV-VP",
                    "recipient_ids": [(0, 0, {"partner_id": self.issuer.id})],
                    **vals,
                }
            )
        )
        if vals.get("body"):
            document.action_render()
        else:
            document.upload_file("cong-van.pdf", b64(raw or draft_pdf()))
        document.action_submit_review("Kính trình")
        guard = 0
        while document.sudo().state != "leader":
            step = document.sudo()._current_step()
            document.with_user(document.sudo()._reviewers(step)[:1]).action_review_approve("Đồng ý")
            guard += 1
            self.assertLess(guard, 8)
        for _name, action in (
            ("signed", self.sign),
            ("clerk_check", "action_clerk_check"),
            ("numbered", "action_allocate_number"),
            ("sealed", "action_seal"),
        ):
            if state == "leader" or document.sudo().state == state:
                break
            if callable(action):
                action(document)
            else:
                getattr(document.with_user(self.clerk), action)()
        self.assertEqual(document.sudo().state, state)
        return document.sudo().with_user(self.clerk if state not in ("leader",) else self.leader)

    def sign(self, document, user=None, label="leader"):
        """Both phases with a token, as browser and agent do it."""
        document = document.with_user(user or self.leader)
        prepared = document.action_sign_prepare()
        key = key_of(label)
        row = prepared["batch"][0]
        return document.action_sign_complete(
            row["id"], b64(key.sign(base64.b64decode(row["attrs_b64"]))), b64(key.certificate)
        )
