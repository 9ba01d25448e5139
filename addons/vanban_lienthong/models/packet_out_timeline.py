from odoo import api, fields, models

from ..edxml import names

# The course that a sender expects; further codes stand where they happened.
EXPECTED = (names.ARRIVED, names.ACCEPTED, names.ASSIGNED, names.PROCESSING, names.COMPLETED)
BAD = (names.REJECTED, names.REFUSED)


class PacketOutTimeline(models.Model):
    """The course of one recipient on one line: queued, on the axis, 01 to 06, refused, failed, late."""

    _inherit = "vanban.packet.out"

    timeline = fields.Json("Course", compute="_compute_timeline")
    late = fields.Boolean("Late", compute="_compute_late", help="No sign of arrival within the time of the agency's rules.")

    @api.depends("recipient_id.state", "recipient_id.issued_date", "state")
    def _compute_late(self):
        for row in self:
            recipient = row.sudo().recipient_id  # safe: whether the own recipient is overdue
            row.late = bool(row.state in ("queued", "error", "sent") and recipient.not_arrived)

    @api.depends("state", "queued_date", "sent_date", "error", "status_ids.code", "status_ids.date", "late", "axis_state")
    def _compute_timeline(self):
        for row in self:
            row.timeline = row._course()

    def _course(self):
        """[{key, name, date (UTC text or False), kind: done/next/bad/late, note}] in order of time."""
        steps = [
            self._step("queued", self.env._("Queued"), self.queued_date),
            self._step("sent", self._way(), self.sent_date, "done" if self.sent_date else "next"),
        ]
        if self.axis_state and self.state == "sent":
            label = dict(self._fields["axis_state"]._description_selection(self.env))[self.axis_state]
            steps.append(self._step("axis", label, self.axis_asked, "done" if self.axis_state == "fetched" else "next"))
        labels = dict(self.env["vanban.packet.status"]._fields["code"]._description_selection(self.env))
        seen = set()
        for status in self.status_ids.sorted(lambda status: (status.date, status.id)):
            seen.add(status.code)
            steps.append(self._step(
                status.code, f"{status.code} {labels[status.code]}", status.date, "bad" if status.code in BAD else "done",
                status.description or ""))
        if self.state in ("dead", "error"):
            name = self.env._("Failed") if self.state == "dead" else self.env._("Will be repeated")
            steps.append(self._step("error", name, self.next_attempt if self.state == "error" else False, "bad", self.error or ""))
        elif self.late:
            steps.append(self._step("late", self.env._("Late: no sign of arrival"), False, "late"))
        elif self.state in ("paper", "cancelled", "recall_requested"):
            steps.append(self._step(self.state, dict(self._fields["state"]._description_selection(self.env))[self.state], self.recall_asked, "late"))
        if self.state not in ("rejected", "paper", "cancelled", "recall_agreed", "dead"):
            steps += [self._step(code, f"{code} {labels[code]}", False, "next") for code in self._still_expected(seen)]
        return steps

    @staticmethod
    def _still_expected(seen):
        """Codes behind the furthest one reached; a skipped step is not waited for."""
        reached = max((EXPECTED.index(code) for code in seen if code in EXPECTED), default=-1)
        return EXPECTED[reached + 1:]

    def _way(self):
        axis = self.sudo().peer_id.transport_id.of_transport  # safe: which way it went
        return self.env._("On the axis") if axis else self.env._("Handed over")

    @staticmethod
    def _step(key, name, date, kind="done", note=""):
        return {"key": key, "name": name, "date": fields.Datetime.to_string(date) if date else False, "kind": kind, "note": note}
