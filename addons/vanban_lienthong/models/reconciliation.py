import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.vanban_core.models.language import in_vietnamese
from odoo.addons.vanban_core.report.list_print import PrintedList, render
from odoo.addons.vanban_core.tools import vietnam_time

from ..drivers import DRIVERS, DeliveryError

DAY = datetime.timedelta(days=1)
# What the other side has not confirmed after this time is named.
SILENCE = datetime.timedelta(hours=1)
UNREGISTERED = ("received", "checking", "waiting_opinion")
KINDS = [
    ("waiting", "Not sent yet"),
    ("dead", "Could not be sent"),
    ("lost", "Sent, but the recipient does not have it"),
    ("altered", "The recipient has other bytes than those sent"),
    ("not_fetched", "On the axis, not fetched by the recipient"),
    ("silent", "Sent, arrival not confirmed"),
    ("unread", "Received, not read yet"),
    ("held", "Received, held"),
    ("decision", "Received, waiting for a decision"),
    ("unregistered", "Received, not in the register"),
]
REMEDY = {
    "waiting": "resend", "dead": "resend", "lost": "resend", "silent": "resend", "altered": "ask", "not_fetched": "ask", "unread": "reread",
    "held": "decide", "decision": "decide", "unregistered": "register",
}


class Reconciliation(models.Model):
    """What an agency sent against what the others have, what it received against its register; one row a day."""

    _name = "vanban.reconciliation"
    _description = "Daily reconciliation"
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one("res.company", "Agency", required=True, readonly=True, index=True)
    date = fields.Date("Day", required=True, readonly=True)
    made_date = fields.Datetime("Compared on", readonly=True)
    sent_count = fields.Integer("Packets to send", readonly=True)
    delivered_count = fields.Integer("Handed over", readonly=True)
    confirmed_count = fields.Integer("Confirmed by the recipient", readonly=True)
    received_count = fields.Integer("Documents received", readonly=True)
    registered_count = fields.Integer("Registered or answered", readonly=True)
    difference_count = fields.Integer("Differences", readonly=True)
    not_asked = fields.Char("Could not be asked", readonly=True, help="Connected agencies that did not answer the comparison.")
    line_ids = fields.One2many("vanban.reconciliation.line", "reconciliation_id", "Differences found", readonly=True)
    open_count = fields.Integer("Still open", compute="_compute_open_count")
    state = fields.Selection(
        [("clean", "No differences"), ("settled", "All settled"), ("open", "To be settled")], "Result", compute="_compute_open_count")

    _once = models.Constraint("UNIQUE(company_id, date)", "There is one reconciliation for each agency and day.")

    @api.depends("line_ids.settled")
    def _compute_open_count(self):
        for report in self:
            report.open_count = len(report.line_ids.filtered(lambda line: not line.settled))
            report.state = "open" if report.open_count else "settled" if report.line_ids else "clean"

    @api.depends("date")
    def _compute_display_name(self):
        for report in self:
            report.display_name = report.date.strftime("%d/%m/%Y") if report.date else ""

    # ------------------------------------------------------------------ making

    @api.model
    def _cron_reconcile(self):
        """Each day up to yesterday of every agency that exchanges packets; its clerks hear of differences.

        Nights on which the server was down are made up for, a week at most.
        """
        yesterday = vietnam_time.today() - DAY
        self = in_vietnamese(self)
        for company in self.env["vanban.peer"].search([("active", "=", True)]).company_id:
            last = self.sudo().search([("company_id", "=", company.id)], limit=1).date  # safe: which days are done
            day = min(yesterday, max(last + DAY, yesterday - 6 * DAY)) if last else yesterday
            while day <= yesterday:
                report = self._make(company, day)
                if report.open_count:
                    report._tell_clerks()
                self.env["ir.cron"]._commit_progress(1)
                day += DAY

    @api.model
    def _make(self, company, day):
        """The report of one agency and day, made anew when it is there."""
        # safe: facts of the agency's own packets; who may see the report is a matter of its rules
        model = self.sudo()
        report = model.search([("company_id", "=", company.id), ("date", "=", day)]) or model.create(
            {"company_id": company.id, "date": day})
        report._compare()
        return report

    def action_compare(self):
        """“Đối soát lại”: compare again, with today's state of the packets of that day."""
        self.check_access("read")
        if not self.env.user.has_group("vanban_core.group_clerk"):
            raise AccessError(self.env._("Only the clerks of the agency compare packets with the register."))
        for report in self.sudo():  # safe: right checked above; the report is read under the caller's rules
            report._compare()
        return True

    def _bounds(self):
        """The day in Vietnam, as UTC moments."""
        start = vietnam_time.to_utc(datetime.datetime.combine(self.date, datetime.time.min))
        return start, start + datetime.timedelta(days=1)

    def _compare(self):
        self.ensure_one()
        start, end = self._bounds()
        sent, sent_lines, silent_peers = self._compare_sent(start, end)
        received, received_lines = self._compare_received(start, end)
        lines = sent_lines + received_lines
        self.line_ids.unlink()
        self.write({
            **sent, **received, "made_date": fields.Datetime.now(), "difference_count": len(lines),
            "not_asked": ", ".join(silent_peers)[:500] or False, "line_ids": [(0, 0, line) for line in lines],
        })
        self.env["vanban.log"]._log("reconcile", data={
            "company": self.company_id.id, "day": str(self.date), "differences": len(lines), **sent, **received})

    def _compare_sent(self, start, end):
        rows = self.env["vanban.packet.out"].search([
            ("company_id", "=", self.company_id.id), ("type", "=", "document"), ("state", "not in", ("paper", "cancelled")),
            ("queued_date", ">=", start), ("queued_date", "<", end)], order="id")
        late = self.env["vanban.packet.out"].search([
            ("company_id", "=", self.company_id.id), ("type", "=", "document"), ("state", "in", ("queued", "error", "dead")),
            ("queued_date", "<", start)], order="id")
        known, silent_peers = self._ask_peers(rows.filtered("sent_date"))
        on_axis, silent_axes = self._ask_axes(rows.filtered(lambda row: row.state == "sent" and row.remote_id))
        lines = [line for row in rows | late if (line := self._sent_difference(row, known, on_axis))]
        delivered = rows.filtered(lambda row: row.state not in ("queued", "error", "dead"))
        return {
            "sent_count": len(rows), "delivered_count": len(delivered),
            "confirmed_count": len(delivered.filtered(lambda row: row.state != "sent" or not self._is_confirmed(row))),
        }, lines, [*silent_peers, *silent_axes]

    def _ask_peers(self, rows):
        """({peer: {message: digest}} as the other side has them, names of those who did not answer)."""
        known, silent = {}, []
        for peer, own in rows.grouped("peer_id").items():
            try:
                answer = peer._driver().known({row.message: row.recipient_code for row in own})
            except DeliveryError:
                silent.append(peer.name)
                continue
            if answer is not None:
                known[peer] = answer
        return known, silent

    def _ask_axes(self, rows):
        """({row: :class:`..wire.axis.Sent`, or None when the axis does not know it}, names of the axes that did not answer)."""
        found, silent = {}, []
        for transport, own in rows.grouped(lambda row: row.peer_id.transport_id).items():
            if not DRIVERS[transport.driver].tells_whereabouts:
                continue
            try:
                told = DRIVERS[transport.driver].whereabouts(transport, set(own.mapped("remote_id")))
            except DeliveryError:
                silent.append(transport.name)
                continue
            own._note_whereabouts(told)
            answered = own.filtered(lambda row: row.remote_id in told)  # noqa: B023 - used at once
            if answered != own:
                silent.append(transport.name)
            for row in answered:
                found[row] = next((one for one in told[row.remote_id] if one.recipient == row.recipient_code.upper()), None)
        return found, silent

    def _sent_difference(self, row, known, on_axis):
        """Values of a line, or None when this row is in order."""
        if row.state == "dead":
            return self._line("dead", row, row.error)
        if row.state in ("queued", "error"):
            return self._line("waiting", row, row.error)
        if row.peer_id in known:
            digest = known[row.peer_id].get(row.message)
            if not digest:
                return self._line("lost", row)
            if digest != row.packet_id.sha256:
                return self._line("altered", row, f"{row.packet_id.sha256[:16]}… ≠ {digest[:16]}…")
        if row in on_axis:
            if on_axis[row] is None:
                return self._line("lost", row)
            if on_axis[row].state == "waiting":
                return self._line("not_fetched", row, on_axis[row].words)
        if row.state == "sent" and self._is_confirmed(row) and fields.Datetime.now() - row.sent_date > SILENCE:
            return self._line("silent", row)
        return None

    @staticmethod
    def _is_confirmed(row):
        """Whether its arrival is reported: of a recall or an update the recipient reports the answer, when it has one."""
        return row.business_type in ("0", "3")

    def _compare_received(self, start, end):
        domain = [("company_id", "=", self.company_id.id), ("type", "!=", "status")]
        rows = self.env["vanban.packet.in"].search([*domain, ("received_date", ">=", start), ("received_date", "<", end)], order="id")
        late = self.env["vanban.packet.in"].search(
            [*domain, ("received_date", "<", start), ("state", "in", ("received", "quarantined", "decision"))], order="id")
        kinds = {"received": "unread", "quarantined": "held", "decision": "decision"}
        lines, documents, settled = [], 0, 0
        for row in rows | late:
            new = row.state in ("done", "decision", "agreed", "disagreed") and row.document_id.packet_in_id == row
            unregistered = new and row.document_id.state in UNREGISTERED
            if row in rows:
                documents += new
                settled += new and not unregistered
            if unregistered:
                lines.append(self._line("unregistered", row))
            if row.state in kinds:
                lines.append(self._line(kinds[row.state], row, row.reason or row.request_reason))
        return {"received_count": documents, "registered_count": settled}, lines

    def _line(self, kind, row, detail=None):
        sent = row._name == "vanban.packet.out"
        return {
            "kind": kind, "packet_out_id": row.id if sent else False, "packet_in_id": False if sent else row.id,
            "document_id": row.document_id.id, "partner_id": row.partner_id.id, "detail": (detail or "")[:500] or False,
            "attempts": row.attempts if sent else 0,
        }

    def _tell_clerks(self):
        self.env["vanban.notice"]._send(
            self.company_id._vanban_clerks(), self.env._("Reconciliation of %(day)s: %(count)s differences to settle",
                               day=self.date.strftime("%d/%m/%Y"), count=self.open_count),
            kind="alert", action="vanban_lienthong.action_reconciliation")

    # ------------------------------------------------------------------- paper

    def action_print(self):
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/vanban/reconciliation/{self.id}", "target": "new"}

    def _pdf(self):
        """The report on paper, for whoever may read it: bytes."""
        self.ensure_one()
        self.check_access("read")
        self = in_vietnamese(self)
        company = self.company_id
        labels = dict(self.env["vanban.reconciliation.line"]._fields["kind"]._description_selection(self.env))
        rows = []
        for kind, lines in self.line_ids.grouped("kind").items():
            rows.append(f"{labels[kind]} ({len(lines)})")
            rows += [
                (number, line.partner_id.name, line.document_name, line.detail, line.remedy_label, "Đã xử lý" if line.settled else "")
                for number, line in enumerate(lines, start=1)
            ]
        made = vietnam_time.to_local(self.made_date).strftime("%H:%M ngày %d/%m/%Y")
        return render(PrintedList(
            parent=company.vanban_parent_name or "", agency=company.name,
            title="Đối soát gửi, nhận văn bản điện tử", subtitle=f"Ngày {self.date:%d/%m/%Y} (lập lúc {made})",
            columns=(("STT", 12), ("Cơ quan", 60), ("Văn bản", 70), ("Chi tiết", 60), ("Cách xử lý", 40), ("Kết quả", 25)),
            rows=rows,
            summary=(
                f"Gói tin phải gửi: {self.sent_count}; đã chuyển: {self.delivered_count}; bên nhận đã xác nhận: {self.confirmed_count}.",
                f"Văn bản đã nhận: {self.received_count}; đã vào sổ hoặc trả lời: {self.registered_count}.",
                f"Sai lệch: {self.difference_count}; chưa xử lý: {self.open_count}.",
                *([f"Không hỏi được: {self.not_asked}."] if self.not_asked else []),
            )))
