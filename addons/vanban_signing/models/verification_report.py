import json

from odoo import models
from odoo.exceptions import UserError

from ..pades import sign, stamp
from ..pades.appearance import Appearance
from ..pades.errors import PadesError
from .paper_mixin import PDF

KINDS = {"personal": "Cá nhân", "agency": "Cơ quan, tổ chức", "timestamp": "Dấu thời gian văn bản", "other": "Chưa rõ"}
RESULTS = {"valid": "Hợp lệ", "invalid": "Không hợp lệ", "unknown": "Chưa xác định"}
REVOCATION = {"good": "chưa bị thu hồi", "revoked": "đã bị thu hồi", "unknown": "chưa rõ"}
YES = {True: "có", False: "không"}


class Verification(models.Model):
    """The verification report (Phiếu kiểm tra chữ ký số) as PDF and JSON (BHXH Đ6; TT 41/2017 Đ7–9; F-36)."""

    _name = "vanban.verification"
    _inherit = ["vanban.verification", "vanban.paper.mixin"]

    def action_print(self):
        return self._paper_open("report")

    def action_json(self):
        return self._paper_open("json")

    def action_again(self):
        """Verify the same file again; the earlier result stays in the history."""
        self.ensure_one()
        return self.document_id.action_verify(self.file_id.id)

    def action_history(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Verifications of “%(file)s”", file=self.file_name),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("file_id", "=", self.file_id.id)],
        }

    def _data(self):
        self.ensure_one()
        self.check_access("read")
        return json.loads(self.report or "{}")

    def _paper_json(self):
        raw = json.dumps(self._data(), ensure_ascii=False, indent=2).encode()
        return f"phieu-kiem-tra-{self.id}.json", raw, "application/json"

    def _paper(self):
        """PDF; signed for the agency when the one who prints holds its key device at the server."""
        self.ensure_one()
        data = self._data()
        company = self.document_id.sudo().company_id  # safe: printed at the head
        blocks = [
            ("Văn bản", self.document_id.display_name),
            ("Tệp", f"{data['file_name']} ({data['size']:,} byte)".replace(",", ".")),
            ("Mã băm SHA-256", data["sha256"]),
            ("Kiểm tra lúc", f"{data['verified_at']}, người kiểm tra: {data['verified_by']}"),
            ("Phần mềm", data["software"]),
            ("Kết luận", f"{RESULTS[data['overall']].upper()}. {data['reason']}"),
        ]
        for one in data["signatures"]:
            blocks += self._paper_signature(one)
        raw = self._paper_pdf(
            company, "Phiếu kiểm tra chữ ký số", subtitle=f"(Lần kiểm tra số {self.id})", blocks=tuple(blocks),
            signers=(("Người kiểm tra", data["verified_by"]),), footer=f"SHA-256 {data['sha256'][:32]}…",
        )  # fmt: skip
        return f"phieu-kiem-tra-chu-ky-so-{self.id}.pdf", self._signed_for_agency(raw), PDF

    def _paper_signature(self, one):
        signer, certificate, timestamp = one["signer"], one["certificate"], one["timestamp"]
        groups = [[group["title"], RESULTS[group["state"]], group["reason"]] for group in one["groups"].values()]
        revocation = REVOCATION.get(certificate.get("revocation"), "chưa kiểm tra được")
        if certificate.get("crl_number"):
            revocation += f" (CRL số {certificate['crl_number']}, {certificate.get('crl_updated', '')})"
        details = [
            ["Loại, định dạng", f"{KINDS[one['kind']]}; {one['format']}; {one['algorithm']}"],
            [
                "Người ký",
                ", ".join(
                    filter(
                        None, (signer.get("cn"), signer.get("title"), signer.get("unit"), signer.get("organisation"))
                    )
                ),
            ],
            [
                "Chứng thư số",
                f"Số {signer.get('serial', '')}; cấp bởi {signer.get('issuer', '')}; "
                f"hiệu lực {signer.get('valid_from', '')} – {signer.get('valid_to', '')}",
            ],
            [
                "Gốc tin cậy",
                ", ".join(filter(None, (certificate.get("root"), certificate.get("trust_class")))) or "không có",
            ],
            ["Thu hồi tại thời điểm ký", revocation],
            [
                "Thời điểm ký",
                f"khai báo {one['claimed_time'] or 'không có'}; dùng để kiểm tra {one['time_used'] or 'không có'}",
            ],
            [
                "Dấu thời gian",
                f"{timestamp.get('time', '')} {timestamp.get('tsa', '')}" if timestamp.get("present") else "không có",
            ],
            ["Bao phủ trọn phiên bản; trọn tệp", f"{YES[one['covers_revision']]}; {YES[one['covers_file']]}"],
            [
                "Thay đổi sau khi ký",
                ", ".join(one["changed_fields"])
                or ("không" if one["later_changes"] in ("", "NONE") else one["later_changes"]),
            ],
        ]
        return [
            f"Chữ ký {one['index']} – {signer.get('cn') or one['field']}: {RESULTS[one['overall']]}",
            {"head": ["Nhóm thông tin", "Kết quả", "Lý do"], "rows": groups, "widths": [40, 28, 97]},
            {"rows": details, "widths": [50, 115]},
        ]

    def _signed_for_agency(self, raw):
        """The report with the agency's signature; unsigned when the user does not hold the key device, or the device is at his own machine."""
        document = self.document_id
        if document.company_id.sudo().vanban_seal_provider != "hsm" or not document._held_token():  # safe: a setting
            return raw
        try:
            certificate = self.env["vanban.certificate"]._agency_of(document.company_id)
            place = stamp.place(raw, where="top_right", width_mm=70, height_mm=10, margin_mm=15, top_mm=6)
            look = Appearance(lines=(certificate.name, sign.now().isoformat()), size=9)
            pending = document._begin(place.pdf, place.field, certificate, look, reason="Phiếu kiểm tra chữ ký số")
            signatures, serial = (
                self.env["vanban.signing.provider"]._by_name("hsm")._sign(certificate, [pending.attributes])
            )
            signed = sign.finish(pending, signatures[0], timestamper=document._timestamper())
        except (PadesError, UserError) as error:
            # the report is worth having without a signature, too; why it has none is in the log
            self._log_refused("seal", str(error))
            return raw
        self._log(
            "use_certificate",
            data={
                "purpose": "report",
                "certificate": certificate.serial,
                "token": serial,
                "sha256": pending.digest.hex(),
            },
        )
        return signed
