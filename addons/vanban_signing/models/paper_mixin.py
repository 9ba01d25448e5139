from odoo import models
from odoo.exceptions import UserError

from odoo.addons.vanban_core.tools import fonts, number_format, vietnam_time

from ..report import paper

PDF = "application/pdf"


class PaperMixin(models.AbstractModel):
    """Makes printed forms (F-33, F-34, F-36) of a record."""

    _name = "vanban.paper.mixin"
    _description = "Printed forms"

    def _paper_open(self, kind):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/vanban_signing/{kind}/{self.id}", "target": "new"}

    def _paper_pdf(self, company, title, **parts):
        """Bytes of a form with the heading of an agency; ``parts`` as ``report.paper.Paper`` has them."""
        company = company.sudo()  # safe: printed at the head
        today = vietnam_time.today()
        try:
            return paper.render(
                paper.Paper(
                    agency=company.name,
                    parent=company.vanban_parent_name or "",
                    place_date=f"{company.vanban_place or ''}, {number_format.date_text(today)}".lstrip(", "),
                    title=title,
                    **parts,
                )
            )
        except fonts.FontMissing as error:
            raise UserError(str(error)) from error

    def _vietnamese_time(self, moment, only_date=False):
        """A stored UTC moment as a Vietnamese reads it; "" for none."""
        if not moment:
            return ""
        if hasattr(moment, "hour"):
            moment = vietnam_time.to_local(moment)
        return moment.strftime("%d/%m/%Y" if only_date or not hasattr(moment, "hour") else "%d/%m/%Y %H:%M")
