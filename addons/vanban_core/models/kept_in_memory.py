from odoo import api, models


class KeptInMemory(models.AbstractModel):
    """Records that decide something kept in memory (``ormcache``, record rules): it is forgotten when one of them changes."""

    _name = "vanban.kept.in.memory"
    _description = "Record behind what is kept in memory"
    # fields that decide it; empty: all
    _decisive = frozenset()

    def _forget(self, *vals_list):
        if vals_list and (not self._decisive or any(vals.keys() & self._decisive for vals in vals_list)):
            self.env.registry.clear_cache()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._forget(*vals_list)
        return records

    def write(self, vals):
        result = super().write(vals)
        self._forget(vals)
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
