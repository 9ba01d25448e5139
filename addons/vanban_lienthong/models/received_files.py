from odoo import fields, models

from odoo.addons.vanban_core.tools.file_check import safe_name

SIGNATURE = ".p7s"


class ReceivedFiles(models.Model):
    """Files that came in a packet, each in its role: a signature beside a file (.p7s) belongs to the file whose name it bears (OUT-26)."""

    _inherit = "vanban.document"

    declared_annexes = fields.Text("Annexes named by the sender", readonly=True, copy=False, help="One to a line, as the message names them.")

    def _check_completeness(self):
        """Also the annexes that the message names (HCM Đ5.1): their files bear other names, so what counts is how many came."""
        yield from super()._check_completeness()
        if self.declared_annexes:
            named = self.declared_annexes.splitlines()
            annexes = self.file_ids.filtered(lambda file: file.role == "annex" and file.stage == "received")
            yield {
                "group": "completeness", "label": self.env._("Annexes named in the message"), "declared": "; ".join(named)[:250],
                "found": "; ".join(annexes.mapped("name"))[:250] or "–", "result": "ok" if len(annexes) >= len(named) else "warning",
            }

    def _add_received(self, attachments, reason):
        """Add ``edxml.Attachment``s beside the main file; ``reason``: function of an attachment.

        Files come before signatures, whatever the order in the packet: a signature points at its file.
        """
        model = self.env["vanban.file"]
        known = "signature" in model._fields["role"].get_values(self.env)
        beside = [one for one in attachments if known and one.name.lower().endswith(SIGNATURE)]
        for attachment in [one for one in attachments if one not in beside] + beside:
            signature = attachment in beside
            source = self._received_named(attachment.name[: -len(SIGNATURE)]) if signature else model
            self._add_file(
                attachment.name, attachment.path.read_bytes(), role="signature" if signature else "annex", stage="received",
                original=True, reason=reason(attachment), source=source,
            )  # fmt: skip

    def _received_named(self, name):
        """The newest received file of this name, or none."""
        name = safe_name(name)  # as the file's own name was made safe
        return self.file_ids.filtered(lambda file: file.name == name and file.role in ("main", "annex")).sorted("id")[-1:]
