from odoo import models

from .document_look import PRINTED_FORM

#: Kind of the copy → form printed in the agency's signature.
FORM_OF_KIND = {"sao_y": "copy", "sao_luc": "reproduction", "trich_sao": "extract"}


class DocumentCopy(models.Model):
    """Electronic copies: the agency's signature at the top right of the first page, without picture, with form of copy, agency
    and time (NĐ 30/2020 PL I.II.I.3; the profile's look “copy”)."""

    _inherit = "vanban.document"

    def _may_seal(self):
        """A paper copy is stamped by hand; the digital signature belongs to electronic ones."""
        return (not self.copied_id or self.copy_to == "electronic") and super()._may_seal()

    def _sealed_in_corner(self):
        return bool(self.copied_id) or super()._sealed_in_corner()

    def _paper_case(self):
        return "copy" if self.copied_id else super()._paper_case()

    def _look_words(self, certificate, stamp=None):
        words = super()._look_words(certificate, stamp)
        if self.copied_id:
            words["copy_form"] = PRINTED_FORM[FORM_OF_KIND[self.kind_id.code]]
        return words
