import csv

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open, ormcache

PRESET_FILE = "vanban_core/data/profile_parameters.csv"
PRESETS = ("bhxh", "thanhhoa", "hcm", "binhdinh", "bacgiang")
# the decree itself asks the person in charge for a dossier, but names no step that must wait for it
ND30 = {"out_link_required": "none", "dossier_on_start": "none"}
_TRUE = {"yes", "required", "true", "1"}


class Profile(models.Model):
    """One regulation with its parameters P-01 … P-65: the code asks the profile, never the name of an organisation.

    Parameters that the code reads are typed fields (named by the key of the parameter); every parameter, typed or not,
    has its line in ``parameter_ids`` with the clause it comes from, and is read with ``_value(key)``.
    """

    _name = "vanban.profile"
    _inherit = ["vanban.kept.in.memory"]
    _description = "Regulation profile"
    _order = "sequence, id"

    name = fields.Char(required=True)
    code = fields.Char("Code", required=True)
    sequence = fields.Integer(default=10)
    regulation = fields.Text("Regulation")
    valid_from = fields.Date("In force from")
    active = fields.Boolean(default=True)
    parameter_ids = fields.One2many("vanban.profile.parameter", "profile_id", "Parameters")
    company_ids = fields.One2many("res.company", "vanban_profile_id", "Agencies")

    scan_max_mb = fields.Integer("Largest scan (MB)", help="0: only the technical limit.")  # P-10
    scan_standard = fields.Selection([("warn", "Warn"), ("refuse", "Refuse")], "Scan below the standard", default="warn")  # P-09
    default_deadline_days = fields.Integer("Default deadline (working days)", help="0: set by the assigner.")  # P-13
    deadline_start = fields.Selection(
        [("assignment", "Assignment"), ("received", "Receipt by the specialist"), ("account", "Arrival in the account")],
        "Deadline counts from", default="assignment", required=True,
    )  # fmt: skip  # P-14
    register_sla = fields.Selection(
        [("same_day", "Same day, next working day at its end"), ("prompt", "Promptly")], "Time to register", default="same_day"
    )  # P-15
    register_cutoff = fields.Float("End of day for arrivals", default=16.5)
    issue_sla = fields.Selection(
        [
            ("next_working_day", "At latest the next working day"),
            ("next_working_morning", "At latest the next working morning"),
            ("document_deadline", "By the deadline of the document"),
        ],
        "Time to issue", default="next_working_day",
    )  # fmt: skip  # P-16
    out_link_required = fields.Selection(
        [("none", "Not required"), ("link_or_dossier", "Incoming document or dossier"), ("dossier", "Dossier")],
        "An outgoing document must have", default="none", required=True,
    )  # fmt: skip  # P-19
    proxy_entry = fields.Boolean("Leader's decision may be entered on his behalf")  # P-21
    fast_path = fields.Boolean("Clerk distributes reports directly")  # P-22
    min_signatures = fields.Integer("Digital signatures needed to issue", default=2)  # P-28
    paper_policy = fields.Selection(
        [("exceptions", "Only with a reason from the list"), ("catalogue", "By the catalogue"), ("unconnected", "For agencies not connected")],
        "Paper beside the electronic document", default="exceptions",
    )  # fmt: skip  # P-29
    visibility = fields.Selection(
        [("duty", "By function and duty"), ("all", "All specialists and leaders read all")], "Visibility", default="duty", required=True
    )  # P-34
    emergency_bypass = fields.Boolean("Emergency handling before registration")  # P-42
    recall = fields.Boolean("Recall of issued documents", default=True)  # P-52
    dossier_on_start = fields.Selection(
        [("none", "Not required"), ("drafting", "When drafting"), ("lead", "When the lead starts")], "Dossier is opened", default="lead"
    )  # P-64

    _code_unique = models.Constraint("UNIQUE(code)", "A profile with this code already exists.")

    def _value(self, key):
        """Value of a parameter by its key (``"visibility"``) or number (``"P-34"``) as text, ``""`` when not set."""
        self.ensure_one()
        return self._stored_value(key) if isinstance(self.id, int) else self._read_value(key)

    @ormcache("self.id", "key")
    def _stored_value(self, key):
        """Asked for at every step of every document: kept until any profile or parameter changes."""
        return self._read_value(key)

    def _read_value(self, key):
        line = self.sudo().parameter_ids.filtered(lambda row: key in (row.key, row.number))[:1]  # safe: parameters are no content
        field = self._fields.get(line.key or key)
        if field is not None and field.name not in models.MAGIC_COLUMNS:
            value = self[field.name]
            return {True: "yes", False: "no"}.get(value, str(value)) if field.type == "boolean" else str(value or "")
        return line.value or ""

    def action_load_preset(self, preset):
        """Set every parameter to the column of a preset; what was changed by hand is overwritten.

        :param str preset: one of bhxh, thanhhoa, hcm, binhdinh, bacgiang
        :raise UserError: unknown preset
        """
        self.check_access("write")
        if preset not in PRESETS:
            raise UserError(self.env._("There is no preset “%(preset)s”. Known: %(known)s.", preset=preset, known=", ".join(PRESETS)))
        for profile in self:
            profile._load_preset(preset)
        return True

    def _load_preset(self, preset):
        self.ensure_one()
        typed, lines = {}, []
        for row in self._preset_rows():
            value, _separator, source = row[preset].partition(";")
            lines.append({"number": row["number"], "key": row["key"], "name": row["name"], "value": value, "source": source})
            field = self._fields.get(row["key"])
            if field is not None and self._is_possible(field, value):
                typed[row["key"]] = self._typed(field, value)
        present = {line.number: line for line in self.parameter_ids}
        for line in lines:
            if line["number"] in present:
                present[line["number"]].with_context(vanban_preset=True).write(line)
        self.write({**typed, "parameter_ids": [fields.Command.create(line) for line in lines if line["number"] not in present]})
        self._load_steps(preset, next(line["value"] for line in lines if line["key"] == "review_chain").split(","))

    @api.model
    def _preset_rows(self):
        with file_open(PRESET_FILE, "r") as stream:
            return list(csv.DictReader(stream, delimiter="|"))

    @api.model
    def _is_possible(self, field, value):
        """Addons that read a parameter may know it by other values than the table; they translate it themselves."""
        if field.type == "selection":
            return value in field.get_values(self.env)
        return field.type in ("boolean", "char") or (field.type == "integer" and value.isdigit())

    @api.model
    def _typed(self, field, value):
        if field.type == "boolean":
            return value in _TRUE
        if field.type == "integer":
            return int(value)
        return value

    @api.model
    def _load_all_presets(self):
        """At installation: each profile of the data takes the column of its key (NĐ 30 that of Bắc Giang, its latest form)."""
        for profile in self.search([("parameter_ids", "=", False)]):
            profile._load_preset(profile.code if profile.code in PRESETS else "bacgiang")
            if profile.code == "nd30":
                profile.write(ND30)
        default = self.env.ref("vanban_core.profile_nd30")
        self.env["res.company"].search([("vanban_profile_id", "=", False)]).vanban_profile_id = default

    def _set_typed(self, field, value):
        self[field.name] = self._typed(field, value or "")

    def write(self, vals):
        """The table shows what the typed fields hold."""
        result = super().write(vals)
        typed = vals.keys() & set(self._fields)
        for profile in self if typed else ():
            for line in profile.parameter_ids.filtered(lambda line: line.key in typed):
                value = profile._value(line.key)
                if line.value != value:
                    line.with_context(vanban_preset=True).value = value
        return result


class ProfileParameter(models.Model):
    """One row of the parameter table; values of typed parameters are kept on the profile and shown here."""

    _name = "vanban.profile.parameter"
    _inherit = ["vanban.kept.in.memory"]
    _description = "Parameter of a profile"
    _order = "number"

    profile_id = fields.Many2one("vanban.profile", required=True, ondelete="cascade", index=True)
    number = fields.Char(required=True)
    key = fields.Char("Technical key", required=True)
    name = fields.Char("Parameter", required=True)
    value = fields.Char()
    source = fields.Char("Clause")

    _once = models.Constraint("UNIQUE(profile_id, number)", "This parameter is already in the profile.")

    def write(self, vals):
        """A value changed in the table reaches the typed field of the profile as well."""
        result = super().write(vals)
        if "value" in vals and not self.env.context.get("vanban_preset"):
            for line in self:
                if line.key == "review_chain":
                    raise UserError(self.env._("The review chain is changed in the table of review steps of the profile, not here."))
                field = line.profile_id._fields.get(line.key)
                if field is not None and line.profile_id._is_possible(field, line.value or ""):
                    line.profile_id._set_typed(field, line.value)
                elif field is not None:
                    raise UserError(
                        self.env._("“%(value)s” is no possible value of “%(parameter)s”.", value=line.value, parameter=line.name)
                    )
        return result
