import datetime
import json
from itertools import zip_longest

from odoo import fields, models

from ..tools import timeline, vietnam_time
from .document_interface import FINAL_STATES
from .document_outgoing_transitions import EDITABLE, NOT_NUMBERED
from .document_tracks import TO_LEADS

# nobody has it in hand any more
OVER = FINAL_STATES | {"issued", "done"}
RETURNS = ("review_return", "review_return_important", "clerk_return", "give_back")


class DocumentTimeline(models.Model):
    """The course of a document as a picture: who had it, how long (BHXH PL05-CC; TH Đ12.3; HCM Đ10.2)."""

    _inherit = "vanban.document"

    def get_timeline(self):
        """Who had the document, each from when to when.

        :return: see :func:`tools.timeline.lay_out`, dates as texts in UTC; ``lanes`` is empty before the first step
        """
        self.ensure_one()
        self.check_access("read")
        shown = self._shown_steps()
        spans = self._step_spans(shown)
        spans += self._assignment_spans([row for row, _comment in shown]) if self.direction == "in" else self._consultation_spans()
        picture = timeline.lay_out(spans, fields.Datetime.now())
        return self._as_texts(picture) if picture else {"lanes": [], "marks": [], "seconds": 0, "start": False, "end": False}

    # ------------------------------------------------------------------- spans

    def _step_spans(self, shown):
        """Between two steps it lay with whoever did the second one, at last with whoever may act now."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        initial = "received" if self.direction == "in" else "draft"
        incoming = self.direction == "in"
        spans = []
        for (row, _comment), (following, comment) in zip_longest(shown, shown[1:], fillvalue=(None, "")):
            state = json.loads(row.data or "{}").get("to") or initial
            if state in OVER or (incoming and row.action in TO_LEADS):
                continue  # nobody has it, or the assignments tell who
            returned = bool(following) and following.action in RETURNS
            spans.append(timeline.Span(
                key=f"log-{row.id}", holder=self._holder(row, following), label=labels.get(state, state), start=row.date,
                end=following.date if following else None, kind="returned" if returned else "done",
                note=(comment or "") if returned else "",
            ))  # fmt: skip
        return spans

    def _holder(self, row, following):
        if following and following.action != "deliver":
            return following.principal_name or following.user_name
        return ", ".join(self._now_with()) or row.user_name

    def _now_with(self):
        """Names of those who may do the next step."""
        if self.direction == "in":
            return [name for name in [self.submitted_to_id.sudo().name] if name]  # safe: name of a colleague
        if self.state in EDITABLE:
            return [self.drafter_id.sudo().name]  # safe: name of the drafter
        # safe (twice): names of colleagues and units that have the document before them
        asked = self.sudo().activity_ids.user_id if self.state in NOT_NUMBERED else None
        if asked:
            return sorted(asked.mapped("name"))
        rights = self.env["vanban.access"].sudo().search([("document_id", "=", self.id), ("act", "=", True)])
        clerks = rights.principal_id.filtered(lambda principal: principal.kind == "registry")
        names = set((rights.principal_id - clerks).mapped("display_name"))
        return sorted(names | {self.env._("Clerk's office")} if clerks else names)

    def _assignment_spans(self, rows):
        """Leads and coordinators, each until he passed it on or was done; what is passed on lies with the one below.

        A record is dated from the begin of its transaction, which is before the step that made it.
        """
        distributed = min((row.date for row in rows if row.action in TO_LEADS), default=None)
        roles = dict(self.env["vanban.assignment"]._fields["role"]._description_selection(self.env))
        items = self.sudo().assignment_ids.sorted("id")  # safe: names of colleagues who have the document
        handed = {}
        for item in items:
            if item.parent_id and item.role == "lead":
                handed.setdefault(item.parent_id.id, item.create_date)
        over = self.state in OVER
        spans = []
        for item in items.filtered(lambda item: item.role != "inform"):
            start = max(filter(None, (item.create_date, None if item.is_early else distributed)))
            # an ended assignment without a date of its own ended with its last change
            ended = item.done_date or (item.write_date if over or item.state in ("done", "contributed", "rejected", "stopped") else None)
            end = min(filter(None, (handed.get(item.id), ended)), default=None)
            spans.append(timeline.Span(
                key=f"assignment-{item.id}", holder=item.assignee_name or "", label=roles[item.role], start=start,
                end=max(start, end) if end else None, kind=self._assignment_kind(item, end), note=item.note or "",
            ))  # fmt: skip
        return spans

    def _assignment_kind(self, item, end):
        if item.state == "rejected":
            return "returned"
        day = vietnam_time.to_local(end or fields.Datetime.now()).date()
        if item.deadline and day > item.deadline:
            return "late"
        return "done" if item.role == "lead" else "side"

    def _consultation_spans(self):
        """Opinions asked beside the flow; only for those who may see them."""
        title = self.env._("Asked for an opinion")
        return [
            timeline.Span(
                key=f"consultation-{row.id}", holder=row.asked_name, label=title, start=row.sent_date,
                end=row.answered_date or (row.write_date if row.state == "waived" else None), kind="side",
            )
            for row in self.env["vanban.consultation"].search([("document_id", "=", self.id)], order="id")
        ]

    # ------------------------------------------------------------------ output

    def _as_texts(self, picture):
        def texts(values):
            return {key: self._as_text(value) for key, value in values.items()}

        return {
            **texts(picture),
            "lanes": [{**lane, "spans": [texts(span) for span in lane["spans"]]} for lane in picture["lanes"]],
            "marks": [texts(mark) for mark in picture["marks"]],
        }

    def _as_text(self, value):
        if isinstance(value, datetime.datetime):
            return fields.Datetime.to_string(value)
        return False if value is None else value
