from odoo import api, fields, models

STANDARDS = [("nd30", "NĐ 30/2020/NĐ-CP, Phụ lục VI, Phần II"), ("tt01_2019", "TT 01/2019/TT-BNV, Phụ lục IV, V, VI")]
SECTIONS = [("out", "Outgoing document"), ("in", "Incoming document"), ("dossier", "Dossier")]


class MetadataField(models.Model):
    """One input field of the metadata standard: number, code, type and length as the regulation prints them (DOC-02, DOC-03)."""

    _name = "vanban.metadata.field"
    _description = "Field of the metadata standard"
    _order = "standard, section, sequence, id"

    standard = fields.Selection(STANDARDS, required=True)
    section = fields.Selection(SECTIONS, required=True)
    sequence = fields.Integer(required=True)
    number = fields.Char("No.", required=True)
    code = fields.Char("Code", required=True)
    parent_code = fields.Char("Part of")
    name = fields.Char("Field", required=True)
    type = fields.Selection(
        [("group", "Group of fields"), ("string", "String"), ("text", "Long text"), ("number", "Number"), ("date", "Date")], required=True
    )
    length = fields.Integer(  # pylint: disable=attribute-deprecated  # the word of the standard
        help="Of the exchange standard; longer values are kept and named when they are exported. 0: no limit.")
    filled_by = fields.Selection(
        [("system", "System"), ("drafter", "Drafter"), ("clerk", "Clerk"), ("leader", "Leader"), ("keeper", "Person who keeps the dossier")]
    )
    path = fields.Char(compute="_compute_path")

    _once = models.Constraint("UNIQUE(standard, section, number)", "This field is already in the standard.")

    @api.depends("code", "parent_code")
    def _compute_path(self):
        for field in self:
            field.path = ".".join(filter(None, (field.parent_code, field.code)))

    @api.model
    def _of(self, company, section):
        """Fields of the standard that the agency's profile names (P-60), in order."""
        standard = company._vanban_profile()._value("metadata_std")
        if standard not in dict(STANDARDS):
            standard = "nd30"
        # safe: the standard is public
        return self.sudo().search([("standard", "=", standard), ("section", "=", section)])

    @api.model
    def _entries(self, company, section, values):
        """([{number, code, parent, name, type, value}], [warning]) of ``values`` {path: str or list of str}."""
        entries, warnings = [], []
        for field in self._of(company, section):
            value = values.get(field.path)
            entries.append({
                "number": field.number, "code": field.code, "parent": field.parent_code or None, "name": field.name, "type": field.type,
                "value": value if value not in (False, "") else None,
            })
            longest = max((len(str(one)) for one in (value if isinstance(value, list) else [value]) if one), default=0)
            if field.length and longest > field.length:
                warnings.append(self.env._(
                    "%(number)s %(name)s (%(code)s): %(count)s characters, the standard allows %(length)s.",
                    number=field.number, name=field.name, code=field.code, count=longest, length=field.length,
                ))
        return entries, warnings
