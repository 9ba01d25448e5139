import hashlib

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_datetime

from odoo.addons.vanban_core.models.document_files import FILE_TOKEN

from ..report.handover_minutes import handover_minutes


class HandoverMinutes(models.Model):
    """Minutes of the hand-over: made at acceptance, confirmed by both sides, each in the own account (F-30)."""

    _inherit = "vanban.handover"

    minutes = fields.Binary("Minutes", attachment=True, readonly=True, copy=False)
    minutes_name = fields.Char("Name of the minutes", compute="_compute_minutes_name")

    def _compute_minutes_name(self):
        for handover in self:
            handover.minutes_name = f"bien-ban-giao-nhan-{handover.id}.pdf"

    def _minutes_attachment(self):
        # safe: of a handover that the caller may read
        return self.env["ir.attachment"].sudo().search(
            [("res_model", "=", self._name), ("res_field", "=", "minutes"), ("res_id", "in", self.ids)]
        )

    def _make_minutes(self):
        """Write the PDF as it stands; called at acceptance and when a side has signed."""
        self.ensure_one()
        raw = handover_minutes(self._minutes_data())
        attachment = self._minutes_attachment().with_context(vanban_file=FILE_TOKEN)
        if attachment:
            attachment.write({"raw": raw})
        else:
            attachment.create({
                "name": self.minutes_name, "raw": raw, "res_model": self._name, "res_field": "minutes", "res_id": self.id,
                "mimetype": "application/pdf",
            })  # fmt: skip
        # safe: the digest is the server's
        self.sudo().minutes_sha256 = hashlib.sha256(raw).hexdigest()
        self.invalidate_recordset(["minutes"])

    def _minutes_data(self):
        # safe: the minutes list what both sides hand over and receive
        handover = self.sudo().with_context(lang="vi_VN")
        company = handover.company_id

        def side(user, signed):
            employee = user.employee_ids[:1]
            line = f"Đã xác nhận {format_datetime(handover.env, signed, tz='Asia/Ho_Chi_Minh')}" if signed else ""
            return {"name": user.name, "title": employee.job_title or employee.department_id.name or company.name, "signed": line}

        dossiers = []
        for dossier in handover.line_ids.dossier_id:
            dates = [format_date(handover.env, value) for value in (dossier.start_date, dossier.end_date) if value]
            dossiers.append({
                "code": dossier.code, "title": dossier.title, "period": " – ".join(dates), "retention": dossier.retention_id.name,
                "documents": dossier.document_count, "files": len(dossier._preserved_files()), "pages": dossier.page_count,
                "sheets": dossier.sheet_count, "note": dossier.note or "",
            })  # fmt: skip
        return {
            "agency": company.name, "parent": company.vanban_parent_name, "number": handover.name,
            "date": format_datetime(handover.env, handover.accepted_date, tz="Asia/Ho_Chi_Minh"),
            "giver": side(handover.user_id, handover.owner_signed_date),
            "receiver": side(handover.archivist_id, handover.archivist_signed_date),
            "dossiers": dossiers,
            "checks": [
                (check.dossier_id.code, check.kind, check.result, " ".join(filter(None, (check.detail, check.judged_note))))
                for check in handover.check_ids
            ],
        }  # fmt: skip

    def action_sign_minutes(self):
        """Confirm the minutes as one of the two sides; the second confirmation completes them."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "accepted":
            raise UserError(self.env._("The minutes are signed after the archive has accepted the dossiers."))
        if self.env.user == self.user_id:
            name = "owner_signed_date"
        elif self.env.user == self.archivist_id:
            name = "archivist_signed_date"
        else:
            message = self.env._("The minutes are signed by the person who hands over and by the archivist who received.")
            self._log_refused("sign_minutes", message)
            raise AccessError(message)
        if self[name]:
            raise UserError(self.env._("You have already signed these minutes."))
        # safe: only the own side, checked just above
        self.sudo().write({name: fields.Datetime.now()})
        self._make_minutes()
        self._log("sign_minutes", data={"side": name, "sha256": self.minutes_sha256})
        if self._both_signed():
            self._transition("minutes")
        return True

    def action_download_minutes(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url", "target": "self",
            "url": f"/web/content/vanban.handover/{self.id}/minutes/{self.minutes_name}?download=true",
        }  # fmt: skip
