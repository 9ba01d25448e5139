import base64

from odoo import api, models


class LogExport(models.Model):
    """The sealed log leaves the system: for auditors, inspectors and the archive, who check it without Odoo."""

    _inherit = "vanban.log"

    @api.model
    def export_jsonl(self, domain=None):
        """Export the chain; the export itself becomes a row of the log.

        :param domain: rows shown in full; rows outside it appear with their digest only, so that the chain stays whole
        :return: JSON lines (UTF-8) as base64 text, to be checked with ``python -m tools.log_chain FILE``
        """
        self.check_access("read")
        self._log("export", data={"domain": domain or []})
        return base64.b64encode(self._export_jsonl(domain)).decode()
