from odoo import models
from odoo.exceptions import AccessError

from .paper_mixin import PDF

# titles and labels of the forms are Vietnamese whatever the language of the screen: they are handed in as they are
TITLES = {
    "assign": "Biên bản giao quản lý thiết bị lưu khóa bí mật",
    "receive": "Biên bản giao nhận thiết bị lưu khóa bí mật",
    "lend": "Biên bản giao tạm thiết bị lưu khóa bí mật",
    "take_back": "Biên bản nhận lại thiết bị lưu khóa bí mật",
    "hand_over": "Biên bản bàn giao thiết bị lưu khóa bí mật",
    "suspend": "Biên bản tạm ngừng sử dụng thiết bị lưu khóa bí mật",
    "resume": "Biên bản cho sử dụng lại thiết bị lưu khóa bí mật",
    "revoke": "Biên bản thu hồi thiết bị lưu khóa bí mật",
}
STEPS = {
    "assign": "Giao quản lý", "receive": "Nhận giữ", "lend": "Giao tạm", "take_back": "Nhận lại", "hand_over": "Bàn giao",
    "suspend": "Tạm ngừng", "resume": "Dùng lại", "revoke": "Thu hồi",
}  # fmt: skip


class Token(models.Model):
    _name = "vanban.token"
    _inherit = ["vanban.token", "vanban.paper.mixin"]

    def action_print_minutes(self):
        """Minutes of the handover to be signed on paper, filled with what the system knows (F-33)."""
        return self._paper_open("token")

    def action_print_register(self):
        return {"type": "ir.actions.act_url", "url": "/vanban_signing/custody_register", "target": "new"}

    def _device_blocks(self):
        certificate = self.certificate_id
        return (
            ("Thiết bị", self.name),
            ("Số sê-ri thiết bị", self.serial or "……………………"),
            ("Chứng thư số", f"{certificate.name} – số {certificate.serial}"),
            ("Tổ chức cấp", certificate.issuer),
            (
                "Hiệu lực chứng thư số",
                f"từ {self._vietnamese_time(certificate.valid_from, True)} đến {self._vietnamese_time(certificate.valid_to, True)}",
            ),
        )

    def _paper_minutes(self):
        self.ensure_one()
        giver = self.temporary_id or self.custodian_id
        blocks = (
            f"Hôm nay, ngày …… tháng …… năm ………, tại {self.company_id.sudo().name}, chúng tôi gồm:",  # safe: name of the own agency
            ("Bên giao", giver.name or "……………………………………"),
            ("Bên nhận", "……………………………………"),
            "đã bàn giao thiết bị lưu khóa bí mật dùng để ký số của cơ quan, gồm:",
            *self._device_blocks(),
            ("Văn bản giao quản lý hoặc cho phép", "số ………… ngày …………"),
            ("Thời hạn giao (nếu giao tạm)", "đến hết ngày …………"),
            ("Tình trạng thiết bị khi bàn giao", "……………………………………………………"),
            "Bên nhận đã kiểm tra thiết bị, đổi mã PIN và chịu trách nhiệm trực tiếp giữ, trực tiếp ký; không giao cho người khác khi chưa được "
            "cho phép bằng văn bản. Biên bản lập thành hai bản, mỗi bên giữ một bản.",
        )
        signers = (("Bên giao", giver.name or ""), ("Bên nhận", ""), ("Xác nhận của thủ trưởng", ""))
        return (
            "bien-ban-ban-giao.pdf",
            self._paper_pdf(self.company_id, TITLES["hand_over"], blocks=blocks, signers=signers),
            PDF,
        )

    def _paper_register(self):
        """Custody register (sổ theo dõi) of all devices that the user may read."""
        if not any(self.env.user.has_group(group) for group in (
            "vanban_core.group_clerk", "vanban_core.group_leader", "vanban_core.group_auditor", "vanban_core.group_office_chief",
            "vanban_signing.group_certificate_manager",
        )):  # fmt: skip
            self._log_refused("print", "custody register")
            raise AccessError(
                self.env._("The custody register is printed by clerks, leaders, auditors and the certificate manager.")
            )
        company, rows = self.env.company, []
        for token in self.search([("company_id", "=", company.id)], order="name, id"):
            for row in token.handover_ids.sorted("id"):
                rows.append([
                    str(len(rows) + 1), f"{token.name}\n{token.serial or ''}", f"{token.certificate_id.name}\n{token.certificate_id.serial}",
                    self._vietnamese_time(row.date), STEPS[row.kind], row.from_id.name or "", row.to_id.name or "", row.reference or "",
                    self._vietnamese_time(row.until, True), "\n".join(filter(None, (row.reason, row.condition))),
                ])  # fmt: skip
        block = {
            "head": [
                "TT",
                "Thiết bị, số sê-ri",
                "Chứng thư số",
                "Thời gian",
                "Việc",
                "Bên giao",
                "Bên nhận",
                "Văn bản, biên bản",
                "Đến ngày",
                "Ghi chú",
            ],
            "rows": rows or [[""] * 10],
            "widths": [10, 34, 44, 24, 20, 28, 28, 32, 20, 22],
        }
        raw = self._paper_pdf(
            company, "Sổ theo dõi thiết bị lưu khóa bí mật, chứng thư số của cơ quan", subtitle="(Kèm toàn bộ các lần giao, nhận)",
            blocks=(block,), signers=(("Người lập sổ", self.env.user.name), ("Thủ trưởng cơ quan", "")), wide=True,
        )  # fmt: skip
        return "so-theo-doi-thiet-bi-luu-khoa.pdf", raw, PDF


class TokenHandover(models.Model):
    _name = "vanban.token.handover"
    _inherit = ["vanban.token.handover", "vanban.log.mixin", "vanban.paper.mixin"]

    def action_print(self):
        return self._paper_open("handover")

    def _paper(self):
        self.ensure_one()
        token = self.token_id
        blocks = [
            ("Thời gian", self._vietnamese_time(self.date)),
            ("Bên giao", self.from_id.name or "Cơ quan"),
            ("Bên nhận", self.to_id.name or "Cơ quan"),
            *token._device_blocks(),
            ("Văn bản", self.reference or "(không)"),
        ]
        if self.until:
            blocks.append(("Thời hạn giao", f"đến hết ngày {self._vietnamese_time(self.until, True)}"))
        if self.condition:
            blocks.append(("Tình trạng thiết bị", self.condition))
        if self.reason:
            blocks.append(("Lý do", self.reason))
        blocks.append(("Người ghi sổ", self.recorder_id.name))
        signers = (
            ("Bên giao", self.from_id.name or ""),
            ("Bên nhận", self.to_id.name or ""),
            ("Thủ trưởng cơ quan", ""),
        )
        raw = self._paper_pdf(
            token.company_id,
            TITLES[self.kind],
            subtitle=f"(Dòng số {self.id} trong sổ theo dõi)",
            blocks=tuple(blocks),
            signers=signers,
        )
        return f"bien-ban-{self.id}.pdf", raw, PDF
