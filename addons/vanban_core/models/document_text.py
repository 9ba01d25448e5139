from odoo import api, models

from ..tools import text_fold


class DocumentText(models.Model):
    """Text typed with old fonts is seen before it is saved (TCVN 6909:2001; TH Đ6.4b)."""

    _inherit = "vanban.document"

    @api.onchange("subject", "issuer_name", "signer_name")
    def _onchange_legacy_text(self):
        """Warn about text in TCVN3 or VNI; decomposed text needs no warning, it is composed when saved."""
        for name in ("subject", "issuer_name", "signer_name"):
            encoding = text_fold.legacy_encoding(self[name] or "")
            if encoding:
                return {"warning": {
                    "title": self.env._("Old Vietnamese encoding"),
                    "message": self.env._(
                        "“%(text)s” seems to be typed in %(encoding)s. Type it again with a Unicode keyboard (TCVN 6909:2001).",
                        text=self[name], encoding=encoding,
                    ),
                }}
        return None
