from markupsafe import Markup

from odoo import api, fields, models

MODELS = {"vanban.document": "document", "vanban.dossier": "dossier"}


class MetadataView(models.TransientModel):
    """The screen “Xem dữ liệu đặc tả”: everything, files to take along, and a further note."""

    _name = "vanban.metadata.view"
    _description = "Metadata on the screen"

    model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer(required=True, readonly=True)
    content = fields.Html(compute="_compute_content", sanitize=False)
    can_add = fields.Boolean(compute="_compute_content")
    name = fields.Char("Kind of data")
    value = fields.Text("Content of the note")

    def _record(self):
        self.ensure_one()
        return self.env[self.model if self.model in MODELS else "vanban.document"].browse(self.res_id)

    @api.depends("model", "res_id")
    def _compute_content(self):
        for view in self:
            record = view._record()
            view.content = view._render(record.get_metadata()) if view.res_id else False
            view.can_add = bool(view.res_id) and record._may_add_metadata()

    @api.model
    def _render(self, metadata):
        """HTML; every value is escaped by Markup."""
        parts = [Markup('<p class="text-muted">%s</p>') % metadata["standard"]]
        parts += [Markup('<div class="alert alert-warning py-1" role="status">%s</div>') % text for text in metadata["warnings"]]
        supplement = {
            "key": "supplement", "name": self.env._("Supplementary metadata"), "rows": metadata["supplement"],
            "columns": [["name", self.env._("Kind of data")], ["value", self.env._("Content")], ["author", self.env._("Added by")],
                        ["date", self.env._("Added on")]],
        }  # fmt: skip
        for group in [*metadata["groups"], supplement]:
            parts.append(Markup('<section class="mb-3" data-group="%s"><h4 class="border-bottom pb-1">%s</h4>') % (group["key"], group["name"]))
            lines = [self._render_entry(entry) for entry in group.get("entries", ()) if entry["value"] or entry.get("number")]
            lines += [self._render_row(group["columns"], row) for row in group.get("rows", ())]
            parts += lines or [Markup('<p class="text-muted">—</p>')]
            parts.append(Markup("</section>"))
        return Markup("").join(parts)

    @api.model
    def _render_entry(self, entry):
        value = entry["value"]
        text = "; ".join(filter(None, value)) if isinstance(value, list) else value or ""
        code = f"{entry['number']} · {entry['code']}" if entry.get("number") else ""
        return Markup(
            '<div class="row g-1"><div class="col-12 col-md-4 text-muted">%s <small>%s</small></div>'
            '<div class="col-12 col-md-8 text-break">%s</div></div>'
        ) % (entry["name"], code, text)

    @api.model
    def _render_row(self, columns, row):
        shown = [(label, row[key]) for key, label in columns if row.get(key) not in (None, False, "")]
        cells = Markup("").join(Markup('<span class="me-3"><small class="text-muted">%s</small> %s</span>') % cell for cell in shown)
        return Markup('<div class="border-bottom py-1 text-break">%s</div>') % cells

    def action_add(self):
        """Add the note and show everything again."""
        self.ensure_one()
        self._record().add_metadata(self.name, self.value)
        return self._record().action_metadata()

    def action_json(self):
        return self._download("json")

    def action_xml(self):
        return self._download("xml")

    def _download(self, form):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "target": "self", "url": f"/vanban/metadata/{MODELS[self.model]}/{self.res_id}.{form}"}
