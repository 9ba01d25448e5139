import hashlib

from odoo import api, models

# longer values (certificates) are told by their digest: the log shows that they changed, not what they are
_LONGEST = 200


class LoggedSettings(models.AbstractModel):
    """Settings that decide who may send, be believed or read: each change is a row of the log with the old and the new value."""

    _name = "vanban.logged.settings"
    _description = "Settings whose changes are logged"
    _logged = frozenset()

    def _settings(self, names):
        return {record: {name: record._setting(name) for name in sorted(names)} for record in self.sudo()}  # safe: only compared and logged

    def _setting(self, name):
        value = self[name]
        if self._fields[name].relational:
            return value.mapped("display_name")
        if isinstance(value, str) and len(value) > _LONGEST:
            return f"SHA-256 {hashlib.sha256(value.encode()).hexdigest()}"
        return value or False

    def _log_settings(self, action, before, after):
        for record, values in after.items():
            old = before.get(record, {})
            changed = {name: {"old": old.get(name, False), "new": value} for name, value in values.items() if value != old.get(name, False)}
            if changed:
                self.env["vanban.log"]._note(record, action, changed)

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._log_settings("create_settings", {}, records._settings(self._logged))
        return records

    def write(self, vals):
        names = self._logged & vals.keys()
        before = self._settings(names) if names else {}
        result = super().write(vals)
        if names:
            self._log_settings("change_settings", before, self._settings(names))
        return result
