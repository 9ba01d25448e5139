from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import ormcache

from ..pades.layout import corner

#: Case → parameter of the regulation profile that names its appearance (P-02 … P-07).
PARAMETER = {
    "leader": "personal_sign",
    "seal": "agency_sign",
    "annex": "annex_sign",
    "scan": "scan_sign",
    "copy": "scan_sign",
    "incoming": "incoming_stamp",
}
#: The profile's P-08 with this value shows text in no seal over a signature (NĐ 30/2020 PL I prescribes none there).
NO_TEXT_IN_SEAL = "annex_and_copy_only"
WORDS = ("organisation", "time", "code", "copy_form", "number", "date", "signer")


class SignatureLook(models.Model):
    """Appearance of a signature for one case and one value of the profile's parameter: place, picture, text, size.

    Regulations differ (BHXH Đ7.4, TH Đ8.5c and Đ10, HCM Đ3.2, NĐ 30/2020 PL I); the code reads this table and nobody else
    decides where a signature stands (SIGN-33).
    """

    _name = "vanban.signature.look"
    _inherit = ["vanban.log.mixin", "vanban.kept.in.memory"]
    _description = "Appearance of a signature"
    _order = "case, value, profile_id, id"

    name = fields.Char("Name", required=True, translate=True)
    case = fields.Selection(
        [("leader", "Competent person"), ("seal", "Agency, on an outgoing document"), ("annex", "Agency, on a separate annex"),
         ("scan", "Agency, on a digitised document"), ("copy", "Agency, on a copy"), ("incoming", "Agency, on an incoming document")],
        "Case", required=True,
    )  # fmt: skip
    value = fields.Char(
        "Value of the parameter", required=True, help="The profile's parameter with this value chooses this appearance."
    )
    profile_id = fields.Many2one("vanban.profile", "Only for the profile", ondelete="cascade")
    place = fields.Selection(
        [("signing_place", "Between position and name"), ("over_signature", "Over the left third of the signature"),
         ("top_left", "First page, top left"), ("top_right", "First page, top right"), ("none", "No signature")],
        "Place", required=True,
    )  # fmt: skip
    picture = fields.Boolean("Shows the picture", help="Blue signature of the person, or red seal in real size.")
    picture_required = fields.Boolean(
        "Not without picture", help="Without a picture nothing is signed (where the agency's setting asks for it, too)."
    )
    png_only = fields.Boolean("PNG only", help="Pictures of other kinds are refused when they are added.")
    lines = fields.Text(
        "Text",
        help="One line each. Words in braces are filled in: {organisation}, {time}, {code}, {copy_form}, {number}, {date}.",
    )
    width_mm = fields.Float("Width of the text (mm)", default=60.0)
    height_mm = fields.Float("Height of the text (mm)", default=14.0)
    margin_mm = fields.Float("From the side (mm)", default=10.0)
    top_mm = fields.Float("From the upper edge (mm)", default=5.0)
    size = fields.Float("Letters (points)", default=10.0)
    at_registration = fields.Boolean(
        "Signed at registration", help="With the key device at the server, in the same step."
    )
    source = fields.Char("Source")
    active = fields.Boolean(default=True)

    _measures = models.Constraint(
        "CHECK(width_mm BETWEEN 20 AND 150 AND height_mm BETWEEN 4 AND 80 AND margin_mm BETWEEN 0 AND 80 AND top_mm BETWEEN 0 AND 200 "
        "AND size BETWEEN 5 AND 20)",
        "Sizes of a signature: text 20–150 mm wide and 4–80 mm high, letters of 5–20 points, within the page.",
    )

    @api.constrains("lines")
    def _check_lines(self):
        for look in self:
            try:
                (look.lines or "").format(**dict.fromkeys(WORDS, ""))
            except (KeyError, IndexError, ValueError, AttributeError) as error:
                raise ValidationError(
                    self.env._(
                        "The text of “%(name)s” holds a word in braces that is not known. Known: %(known)s.",
                        name=look.name,
                        known=", ".join(f"{{{word}}}" for word in WORDS),
                    )
                ) from error

    def write(self, vals):
        result = super().write(vals)
        self._log("look_change", data={name: value for name, value in vals.items() if name != "source"})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("An appearance is archived, not deleted: signed documents follow it."))

    @api.model
    def _of(self, profile, case):
        """The appearance that a profile prescribes for a case; empty when it prescribes none there."""
        return self.sudo().browse(self._id_of(profile.id, case, profile._value(PARAMETER[case])))  # safe: appearances are no content

    @api.model
    @ormcache("profile_id", "case", "value")
    def _id_of(self, profile_id, case, value):
        """Asked at every registration."""
        # safe: appearances are no content
        rows = self.sudo().search(
            [("case", "=", case), ("value", "=", value), ("profile_id", "in", [False, profile_id])]
        )
        return (rows.filtered("profile_id") or rows)[:1].id

    def _is_signed(self):
        return bool(self) and self.place != "none"

    def _texts(self, profile, words):
        """Lines to print; ``words`` for the braces. A line whose words are all empty is left out."""
        self.ensure_one()
        if self.case == "seal" and profile._value("agency_sign_text") == NO_TEXT_IN_SEAL:
            return ()
        filled = dict.fromkeys(WORDS, "") | {name: str(value or "") for name, value in words.items()}
        return tuple(line.strip() for line in (self.lines or "").format(**filled).splitlines() if line.strip())

    def _measures_mm(self, seal_mm):
        """(width, height) in mm of the box in a corner: text, and beside it the seal in real size."""
        self.ensure_one()
        if not self.picture:
            return self.width_mm, self.height_mm
        return seal_mm + (self.width_mm if self.lines else 0.0), max(seal_mm, self.height_mm)

    def _corner(self, page_size, seal_mm, order=0):
        """``pades.layout.Box`` on the first page of this size in points."""
        width, height = self._measures_mm(seal_mm)
        return corner(
            *page_size,
            where=self.place,
            width_mm=width,
            height_mm=height,
            margin_mm=self.margin_mm,
            top_mm=self.top_mm,
            order=order,
        )
