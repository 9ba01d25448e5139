import dataclasses

from odoo import fields, models
from odoo.exceptions import UserError

from ..pades import anchors, layout, sign
from ..pades.appearance import Appearance
from ..pades.errors import AnchorError

#: Arrangement of seal and text in a corner: the seal at the outer edge.
ARRANGE = {"top_left": "left", "top_right": "right"}
COPY_FORMS = [("copy", "Certified copy"), ("reproduction", "Reproduced copy"), ("extract", "Certified extract")]
#: As the decree spells them on the copy itself, whatever the language of the screen.
PRINTED_FORM = {"copy": "Sao y", "reproduction": "Sao lục", "extract": "Trích sao"}


class DocumentLook(models.Model):
    """What a signature looks like and where it stands: from the agency's profile alone (SIGN-09…17, SIGN-33)."""

    _inherit = "vanban.document"

    copy_form = fields.Selection(
        COPY_FORMS,
        "Form of copy",
        default="copy",
        help="Printed in the agency's signature on a copy (NĐ 30/2020 PL I.II).",
    )

    def _look(self, case):
        return self.env["vanban.signature.look"]._of(self.company_id._vanban_profile(), case)

    def _seal_diameter(self):
        """Real size in mm of the seal that the document gets."""
        certificate = self.env["vanban.certificate"]._seals_of(self.company_id, *self._sealer())[:1]
        return certificate.diameter or layout.SEAL_DIAMETER_MM

    # ------------------------------------------------------------------- places

    def _placement(self, raw):
        """``pades.layout.Placement`` for a draft: number, date, leader by the printed text; seal and stamps by the profile."""
        diameter = self._seal_diameter()
        look, profile, size = self._look("seal"), self.company_id._vanban_profile(), anchors.page_size(raw)
        has_text = bool(look and look.place not in ARRANGE and look._texts(profile, {"organisation": "x"}))
        placement = anchors.locate(
            raw, seal_mm=diameter, seal_text_mm=look.height_mm if has_text else 0.0, **self._anchors()
        )
        if look.place in ARRANGE:
            placement = dataclasses.replace(placement, seal=look._corner(size, diameter))
        return dataclasses.replace(placement, stamps=self._reserved_stamps(size, diameter, placement.seal))

    def _reserved_stamps(self, page_size, diameter, seal):
        """Boxes kept for the receivers' incoming stamps, where agencies of this regulation sign what they receive (P-02, P-03)."""
        look = self._look("incoming")
        if not look._is_signed() or not self._authenticates_incoming():
            return ()
        boxes = tuple(look._corner(page_size, diameter, order) for order in (0, 1))
        return (
            () if any(box.overlap_share(seal) and box.y0 < seal.y1 for box in boxes if box.page == seal.page) else boxes
        )

    def _authenticates_incoming(self):
        """P-02: the agency signs incoming electronic documents."""
        return self.company_id._vanban_profile()._value("incoming_agency_sign") == "required"

    # -------------------------------------------------------------- appearances

    def _look_words(self, certificate, stamp=None):
        """What may stand in the text of a signature."""
        stamp = stamp or {}
        return {
            "organisation": stamp.get("organisation") or certificate.name,
            "time": sign.now().isoformat(),
            "code": self.code,
            "copy_form": PRINTED_FORM[self.copy_form or "copy"],
            "number": stamp.get("number"),
            "date": stamp.get("date") and stamp["date"].strftime("%d/%m/%Y"),
            "signer": certificate.name,
        }

    def _appearance(self, case, certificate, stamp=None):
        """``pades.appearance.Appearance`` for a case; UserError when the picture that must be there is missing."""
        look, profile = self._look(case), self.company_id._vanban_profile()
        lines = (
            look._texts(profile, self._look_words(certificate, stamp))
            if look
            else (certificate.name, sign.now().isoformat())
        )
        picture = certificate._picture() if not look or look.picture else None
        if look.picture and picture is None:
            self._require_picture(look, certificate)
        size = look.size or 9.0
        if picture is None:
            # a seal whose picture is not required still says whose it is
            return Appearance(lines=lines or (certificate.name, sign.now().isoformat()), size=size)
        if case == "leader":
            return Appearance(picture=picture)
        return Appearance(
            picture=picture,
            lines=lines,
            size=size,
            picture_mm=certificate.diameter,
            text_mm=look.height_mm,
            stretch=not lines,
            arrange=ARRANGE.get(look.place, "below"),
        )

    def _require_picture(self, look, certificate):
        if (
            not (look.picture_required or look.case in ("leader", "seal"))
            or not self.company_id.sudo().vanban_picture_required
        ):  # safe: a setting
            return
        if look.case == "leader":
            message = self.env._(
                "The picture of the handwritten signature of %(name)s is missing. Ask the certificate manager to add it (PNG, blue).",
                name=certificate.name,
            )
        else:
            message = self.env._(
                "The picture of the seal of “%(agency)s” is missing. Ask the certificate manager to add it (PNG, red, real size).",
                agency=certificate.name,
            )
        self._log_refused("sign" if look.case == "leader" else "seal", message)
        raise UserError(message)

    def _leader_appearance(self, certificate):
        return self._appearance("leader", certificate)

    def _corner_box(self, raw, look):
        """Box for a signature in the corner of a file; UserError when the profile has no place for it."""
        try:
            return look._corner(anchors.page_size(raw), self._seal_diameter())
        except AnchorError as error:
            raise UserError(str(error)) from error
