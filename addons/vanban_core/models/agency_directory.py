from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import text_fold

_SHOWN = 40


class ResPartner(models.Model):
    """The directory of agencies: found by name, code or symbol with and without accents, also among 120,000."""

    _inherit = "res.partner"

    vanban_fold = fields.Char(
        compute="_compute_vanban_fold", store=True, help="Names, codes and symbol without accents, for the search.")
    vanban_merged_into_id = fields.Many2one(
        "res.partner", "Merged into", index="btree_not_null", ondelete="restrict",
        help="The agency that took over the duties of this one; documents go there.")

    # Not index="trigram": that one speaks of unaccent(…) where the text has no accents any more.
    _vanban_fold_words = models.Index(lambda registry: "USING gin (vanban_fold gin_trgm_ops)" if registry.has_trigram else "")

    @api.depends("name", "is_company", "vanban_symbol", "vanban_code_ids.code")
    def _compute_vanban_fold(self):
        for partner in self:
            codes = partner.sudo().vanban_code_ids.mapped("code")  # safe: codes are public
            words = [partner.name, partner.vanban_symbol, *codes] if codes or partner.is_company else []
            partner.vanban_fold = text_fold.fold(" ".join(filter(None, words))) or False

    @api.constrains("vanban_merged_into_id")
    def _check_merged_into(self):
        if self._has_cycle("vanban_merged_into_id"):
            raise ValidationError(self.env._("An agency cannot be merged into itself, not even by way of others."))

    def _vanban_successor(self):
        """The agency that has the duties of this one today: itself unless it was merged."""
        self.ensure_one()
        agency = self
        while agency.sudo().vanban_merged_into_id:  # safe: the public directory; a cycle cannot be stored
            agency = agency.sudo().vanban_merged_into_id
        return agency.sudo(False)

    def _vanban_lineage(self):
        """This agency and all that were merged into it: their old correspondence is its own."""
        level, found = self, self
        while level:
            # safe: the public directory; a cycle cannot be stored
            level = self.sudo().with_context(active_test=False).search([("vanban_merged_into_id", "in", level.ids)]).sudo(False) - found
            found |= level
        return found

    @api.model
    def _vanban_directory_domain(self, text):
        """Agencies that hold every word of ``text`` in name, symbol or a code, whatever its accents and case."""
        return Domain.AND(Domain("vanban_fold", "like", _escaped(word)) for word in text_fold.fold(text).split())

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Fields that choose an agency ask with the context ``vanban_directory``."""
        if not (self.env.context.get("vanban_directory") and (name or "").strip() and operator == "ilike"):
            return super().name_search(name, domain, operator, limit)
        folded, domain, shown = text_fold.fold(name), Domain(domain or []), max(limit or 0, _SHOWN)
        # The words as typed first: "y tế" alone has no three letters that the index could use.
        found = self.search(Domain("vanban_fold", "like", _escaped(folded)) & domain, limit=shown, order="id")
        if len(found) < (limit or shown) and " " in folded:
            more = self._vanban_directory_domain(name) & Domain("id", "not in", found.ids) & domain
            found |= self.search(more, limit=shown - len(found), order="id")
        # The nearest among the first found: begins with the words, then the shorter name.
        nearest = found.sorted(lambda agency: (not (agency.vanban_fold or "").startswith(folded), len(agency.name or ""), agency.id))
        return [(agency.id, agency.display_name) for agency in nearest[:limit].sudo()]  # safe: names of readable agencies


def _escaped(word):
    return word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
