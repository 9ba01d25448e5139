"""Seals by clicking: custody given for a term and taken back, the incoming stamp at registration, the verification panel."""

import base64
import io
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from proves import proves

sys.path.append(str(Path(__file__).resolve().parents[2] / "addons" / "vanban_signing"))

from pades import sign, stamp  # noqa: E402
from pades.appearance import Appearance  # noqa: E402


class SoftKey:
    """A signer of another agency: a key in memory, certified by the demonstration CA."""

    def __init__(self, ca, **attributes):
        self.key = rsa.generate_private_key(65537, 2048)
        self.certificate = ca.issue(self.key.public_key(), attributes).public_bytes(serialization.Encoding.DER)

    def sign(self, data):
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())


@pytest.fixture(scope="module")
def letter(keys):
    """A letter of another agency with the signatures of its director and of the agency (bytes)."""
    agency = "Sở Tài chính tỉnh Mẫu"
    director = SoftKey(keys[0], common_name="Hoàng Thị Mẫu", organization_name=agency, title="Giám đốc", user_id="CCCD:000000000077")
    office = SoftKey(keys[0], common_name=agency, organization_name=agency, user_id="MST:0000000077")
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.drawString(85, 740, "SO TAI CHINH TINH MAU")
    page.drawString(85, 700, "Noi dung van ban gui den co quan nhan.")
    page.save()
    raw = buffer.getvalue()
    for key, words, top in ((director, "Hoàng Thị Mẫu", 200.0), (office, agency, 170.0)):
        place = stamp.place(raw, where="top_right", width_mm=60, height_mm=14, top_mm=top)
        raw = sign.sign(place.pdf, place.field, key, appearance=Appearance(lines=(words,), size=10), name=words)
    return raw


@pytest.fixture
def stamping(site):
    """The agency works by a regulation that signs incoming documents; put back afterwards."""
    admin = site.user("quantri")
    before = admin.value("res.company", site.ids["company"], "vanban_profile_id")
    profile = admin.find("vanban.profile", [("code", "=", "seals")], ["id"])
    profile = profile[0]["id"] if profile else admin.create("vanban.profile", {"name": "Ký xác thực văn bản đến", "code": "seals"})
    admin.call("vanban.profile", "action_load_preset", profile, preset="bhxh")
    admin.write("res.company", site.ids["company"], {"vanban_profile_id": profile})
    yield
    admin.write("res.company", site.ids["company"], {"vanban_profile_id": before})


@proves("IN-22", "SIGN-15", "SIGN-19")
def test_incoming_document_is_stamped_at_registration_and_verified(sign_in, site, letter, stamping):
    number = "301" if sign_in.size == "desktop" else "302"
    clerk = site.user("vanthu")
    document = clerk.create(
        "vanban.document",
        {
            "direction": "in",
            "subject": f"về việc ký xác thực văn bản đến {number}",
            "kind_id": clerk.one("vanban.document.kind", [("code", "=", "cong_van")]),
            # the interchange's tests know the same agency by its code, too
            "issuer_id": clerk.search("res.partner", [("name", "=", "Sở Tài chính tỉnh Mẫu")])[0],
            "code_number": number,
            "code_notation": "STC-VP",
            "issue_date": str(date.today() - timedelta(days=1)),
            "medium": "electronic",
        },
    )
    clerk.call("vanban.document", "upload_file", document, name="den.pdf", content_b64=base64.b64encode(letter).decode(), stage="received")
    person = sign_in("vanthu")
    person.open("van-ban-cho-tiep-nhan", ".o_list_view, .o_kanban_view")
    person.page.click(".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell", f"{number}/STC-VP", timeout=30)
    person.page.see(".o_vanban_form .o_statusbar_status", timeout=30)
    person.settle()
    person.press("Vào sổ")
    person.state("Đã đăng ký")
    person.page.see(".o_vanban_form [name=authentication]", "Cơ quan đã ký xác thực", timeout=30)
    person.shot("seals-incoming-stamp")
    person.press("Xác thực chữ ký số")
    person.page.see(".modal .o_vanban_verification .alert-success", "Hợp lệ", timeout=30)
    for words in ("Thông tin chữ ký", "Chi tiết xác thực", "Dấu thời gian", "Hoàng Thị Mẫu"):
        person.page.see(".modal .o_vanban_verification", words)
    person.shot("seals-verification")
    person.no_trouble()


@proves("SIGN-04", "SIGN-06")
def test_custody_is_given_for_a_term_with_its_paper_and_taken_back(sign_in, site, tmp_path):
    paper = tmp_path / "cho-phep.pdf"
    buffer = io.BytesIO()
    page = canvas.Canvas(buffer, pagesize=A4)
    page.drawString(85, 740, "Cho phep giao tam")
    page.save()
    paper.write_bytes(buffer.getvalue())
    clerk = sign_in("vanthu")
    clerk.open("thiet-bi-luu-khoa", ".o_list_view, .o_kanban_view")
    clerk.page.click(".o_kanban_record:not(.o_kanban_ghost), .o_data_row .o_data_cell", "HSM", timeout=30)
    clerk.page.see(".o_form_view .o_statusbar_status", timeout=30)
    clerk.settle()
    clerk.press("Giao có thời hạn")
    clerk.page.see(".modal .o_field_widget[name=user_id]")
    clerk.choose("user_id", "Nguyễn Văn An")
    clerk.type("reference", "05/QĐ-SNV")
    clerk.page.upload(".modal .o_field_widget[name=content] input[type=file]", paper)
    clerk.date("until", (date.today() + timedelta(days=3)).strftime("%d/%m/%Y"))
    clerk.type("reason", "Nghỉ phép")
    clerk.shot("seals-lend")
    clerk.press("Xác nhận")
    clerk.page.gone(".modal .modal-content", timeout=30)
    clerk.state("Đang giao có thời hạn")
    clerk.page.see(".o_field_widget[name=handover_ids]", "05/QĐ-SNV")
    clerk.shot("seals-custody")
    clerk.press("Nhận lại")
    clerk.state("Đang giữ")
    clerk.no_trouble()
