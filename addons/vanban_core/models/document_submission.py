from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools import number_format

DECISIONS = ("approve", "review_return", "sign")


class DocumentSubmission(models.Model):
    """The whole submission on one screen, for whoever has to decide on it (UI-08; BHXH PL02-5; TH Đ8.3b)."""

    _inherit = "vanban.document"

    to_decide = fields.Boolean("Waits for my decision", compute="_compute_to_decide")

    @api.depends_context("uid")
    @api.depends("state")
    def _compute_to_decide(self):
        for document in self:
            document.to_decide = bool(document.id) and document._is_outgoing() and any(document._may(name) for name in DECISIONS)

    def get_submission(self):
        """What lies before the person who decides.

        :return: ``{round, summary, facts: [{name, value}], proposals, earlier: [{round, opinions}], consultations, related,
            annexes}``; an opinion is ``{key, person, step, date, text, decision, decision_label}`` (``date`` in UTC)
        """
        self.ensure_one()
        self.check_access("read")
        if self.direction == "in" or not self._has_part_in_draft():
            message = self.env._("A submission is shown to those who draft, review, sign or issue the document.")
            self._log_refused("open", message)
            raise AccessError(message)
        rounds = self._opinions_by_round()
        return {
            "round": self.round,
            "summary": self.summary or "",
            "facts": [{"name": name, "value": value} for name, value in self._submission_facts() if value],
            "proposals": rounds.pop(self.round, []),
            "earlier": [{"round": number, "opinions": opinions} for number, opinions in sorted(rounds.items(), reverse=True)],
            "consultations": self._submission_consultations(),
            "related": self._submission_related(),
            "annexes": [
                {"id": file.id, "name": file.name} for file in self._current_annexes()
            ],
        }

    # ---------------------------------------------------------------- opinions

    def _opinions_by_round(self):
        """Round → what the drafter wrote when he submitted, then every opinion, in order of time."""
        reviews = self.review_ids.sorted("id")
        steps = dict(reviews._fields["step"]._description_selection(self.env))
        decisions = dict(reviews._fields["decision"]._description_selection(self.env))
        rounds = {}
        for number, row in enumerate(self._submissions(), start=1):
            if row.comment:
                rounds.setdefault(number, []).append(self._opinion(
                    f"submission-{row.id}", row.user_name, self.env._("Drafter"), row.date, row.comment,
                ))  # fmt: skip
        for review in reviews:
            name = review.reviewer_id.sudo().name  # safe: who gave an opinion that the user may read
            if principal := review.on_behalf_id.sudo().name:  # safe: as above
                name = self.env._("%(user)s (for %(principal)s)", user=name, principal=principal)
            rounds.setdefault(review.round, []).append(self._opinion(
                f"review-{review.id}", name, steps.get(review.step, review.step), review.date, review.comment,
                review.decision, decisions.get(review.decision),
            ))  # fmt: skip
        return rounds

    def _submissions(self):
        """Log rows of the submissions, the n-th one for round n."""
        return self.env["vanban.log"].sudo().search([  # safe: steps of a draft in which the user has a part
            ("model", "=", self._name), ("res_id", "=", self.id), ("outcome", "=", "done"), ("action", "=", "submit_review"),
        ], order="id")  # fmt: skip

    def _opinion(self, key, person, step, date, text, decision="", decision_label=""):
        return {
            "key": key, "person": person, "step": step, "date": fields.Datetime.to_string(date), "text": text or "",
            "decision": decision, "decision_label": decision_label or "",
        }  # fmt: skip

    def _submission_consultations(self):
        """Opinions of units, with the lead's position on each (the record rule says who sees them)."""
        rows = self.env["vanban.consultation"].search([("document_id", "=", self.id)], order="id")
        states = dict(rows._fields["state"]._description_selection(self.env))
        positions = dict(rows._fields["position"]._description_selection(self.env))
        return [
            {
                "id": row.id, "asked": row.asked_name, "state": row.state, "state_label": states[row.state],
                "text": row.content or row.waive_reason or "", "position": row.position or "",
                "position_label": positions.get(row.position, ""), "explanation": row.explanation or "",
            }
            for row in rows
        ]  # fmt: skip

    # ------------------------------------------------------- facts and relations

    def _submission_facts(self):
        """(name, value) of what a leader asks first, each in one line."""
        def label(name):
            return self._fields[name]._description_string(self.env)

        def chosen(name):
            return dict(self._fields[name]._description_selection(self.env)).get(self[name], "")

        # safe: names of colleagues and units printed on the draft
        unit, drafter, signer = self.department_id.sudo().name, self.drafter_id.sudo().name, self.signer_name or self.signer_id.sudo().name
        capacity = chosen("signer_capacity") if self.signer_capacity else ""
        yield label("kind_id"), self.kind_id.name
        yield self.env._("Drafted by"), ", ".join(filter(None, (drafter, unit)))
        yield self.env._("To be signed by"), ", ".join(filter(None, (" ".join(filter(None, (capacity, signer))), self.signer_position)))
        yield label("recipient_ids"), self._recipient_names()
        if self.reply_required:
            yield self.env._("Reply due"), number_format.short_date(self.reply_due_date) or self.env._("by the dates of the recipients")

    def _recipient_names(self, shown=5):
        names = self.recipient_ids.mapped("name")
        text = ", ".join(names[:shown])
        if len(names) > shown:
            return self.env._("%(names)s and %(count)s others", names=text, count=len(names) - shown)
        return text

    def _submission_related(self):
        """Documents this one answers, replaces or belongs to; of those the user may not read only that they exist."""
        pairs = [(link.kind, link.target_id, f"to-{link.id}") for link in self.link_ids]
        pairs += [(link.kind, link.document_id, f"from-{link.id}") for link in self.back_link_ids]
        kinds = dict(self.env["vanban.document.link"]._fields["kind"]._description_selection(self.env))
        documents = self.browse(dict.fromkeys(document.id for _kind, document, _key in pairs))
        readable = documents._filtered_access("read")
        states = dict(self._fields["state"]._description_selection(self.env))
        rows = []
        for kind, document, key in pairs:
            row = {"key": key, "id": document.id, "kind": kinds[kind], "readable": document in readable}
            if document in readable:
                issuer = document.issuer_name or document.issuer_id.sudo().name  # safe: issuer of a document that may be read
                row |= {
                    "name": document.display_name, "state": states.get(document.state, ""), "issuer": issuer or "",
                    "date": fields.Date.to_string(document.issue_date) or "", "deadline": fields.Date.to_string(document.deadline) or "",
                }
            rows.append(row)
        return rows
