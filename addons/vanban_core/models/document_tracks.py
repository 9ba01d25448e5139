import json
from itertools import zip_longest

from odoo import fields, models

from .document_interface import FINAL_STATES

# these steps hand the document to somebody the log row does not name
TO_LEADS = ("distribute", "bypass", "start", "restore")


class DocumentTracks(models.Model):
    """The electronic and the paper way of a document as two paths, each with holder and time (UI-04)."""

    _inherit = "vanban.document"

    def get_tracks(self):
        """Both paths, oldest station first.

        :return: ``{electronic: [station], paper: [station], paper_state}``; a station is ``{key, holder, label, date, seconds,
            current, waiting, note}``: ``date`` in UTC, ``seconds`` how long it stayed there (until now for the current one)
        """
        self.ensure_one()
        self.check_access("read")
        paper = self._paper_stations_in() if self.direction == "in" else self._paper_stations_out()
        electronic = self._electronic_stations()
        labels = dict(self._fields["paper_state"]._description_selection(self.env))
        return {
            "electronic": self._timed(self._joined(electronic), self.state in FINAL_STATES),
            "paper": self._timed(paper, self.paper_state == "dossier" or self.direction != "in"),
            "paper_state": labels.get(self.paper_state, ""),
        }

    # -------------------------------------------------------------- electronic

    def _electronic_stations(self):
        shown = self._shown_steps()
        labels = dict(self._fields["state"]._description_selection(self.env))
        initial = "received" if self.direction == "in" else "draft"
        stations = []
        for (row, comment), (following, _comment) in zip_longest(shown, shown[1:], fillvalue=(None, "")):
            if row.action in TO_LEADS and self.direction == "in":
                continue  # the assignments tell who has it
            state = json.loads(row.data or "{}").get("to") or initial
            holder = row.user_name
            if row.action in ("submit", "give_back", "ask_acceptance", "report") or (self.direction != "in" and row.action != "create"):
                holder = following.user_name if following else self._present_holder()
            stations.append(self._station(f"log-{row.id}", holder, labels.get(state, state), row.date, note=comment))
        if self.direction == "in":
            stations += self._lead_stations(min((row.date for row, _comment in shown if row.action in TO_LEADS), default=None))
        return sorted(stations, key=lambda station: station["date"])

    def _present_holder(self):
        if self.direction == "in":
            asked = self.responsible_id if self.state == "waiting_opinion" else self.submitted_to_id
            return asked.sudo().name or ""  # safe: name of a colleague
        return (self.drafter_id if self.state in ("draft", "rework") else self.clerk_id).sudo().name or ""  # safe: as above

    def _lead_stations(self, distributed):
        """Leads in order; a record is dated from the begin of its transaction, which is before the step that made it."""
        roles = dict(self.env["vanban.assignment"]._fields["role"]._description_selection(self.env))
        leads = self.sudo().assignment_ids.filtered(lambda item: item.role == "lead").sorted("id")  # safe: names of colleagues
        return [
            self._station(
                f"lead-{item.id}", item.assignee_name, roles["lead"], max(filter(None, (item.create_date, distributed))),
                note=item.note if not item.parent_id else "",
            )
            for item in leads
        ]

    # ------------------------------------------------------------------- paper

    def _paper_stations_in(self):
        stations = []
        for move in self.sudo().paper_move_ids.sorted("id"):  # safe: names of colleagues who had the paper
            if move.state in ("refused", "taken_back"):
                continue
            labels = dict(move._fields["kind" if move.kind != "handover" else "state"]._description_selection(self.env))
            waiting = move.state == "handed"
            stations.append(self._station(
                f"move-{move.id}", move.to_user_id.name, labels[move.kind if move.kind != "handover" else move.state],
                move.received_date or move.handed_date, waiting=waiting, note=move.note,
            ))
        return stations

    def _paper_stations_out(self):
        if self.direction == "in":
            return []
        rows = self.env["vanban.log"].sudo().search([  # safe: steps of a document that the user may read
            ("model", "=", self._name), ("res_id", "=", self.id), ("outcome", "=", "done"), ("action", "in", ("sign_paper", "paper_done")),
        ], order="id")  # fmt: skip
        labels = dict(self._fields["state"]._description_selection(self.env))
        target = {"sign_paper": "signed", "paper_done": "paper_done"}
        stations = [self._station(f"log-{row.id}", row.user_name, labels[target[row.action]], row.date) for row in rows]
        states = dict(self.recipient_ids._fields["state"]._description_selection(self.env))
        stations += [
            self._station(f"to-{row.id}", row.name, states[row.state], row.state_date, waiting=row.state == "pending", note=row.note)
            for row in self.recipient_ids.filtered(lambda row: row.channel == "paper" and row.state_date)
        ]
        return sorted(stations, key=lambda station: station["date"])

    # ------------------------------------------------------------------ common

    def _station(self, key, holder, label, date, waiting=False, note=None):
        return {"key": key, "holder": holder or "", "label": label, "date": date, "waiting": waiting, "note": note or ""}

    def _joined(self, stations):
        """Steps that one person did one after the other are one station."""
        joined = []
        for station in stations:
            if joined and joined[-1]["holder"] == station["holder"]:
                joined[-1]["label"] += f" → {station['label']}"
                joined[-1]["note"] = station["note"] or joined[-1]["note"]
            else:
                joined.append(station)
        return joined

    def _timed(self, stations, final):
        if not stations:
            return []
        ends = [station["date"] for station in stations[1:]] + [fields.Datetime.now()]
        return [
            {
                **station, "date": fields.Datetime.to_string(station["date"]),
                "seconds": max(0, int((end - station["date"]).total_seconds())),
                "current": number == len(stations) and not final,
            }
            for number, (station, end) in enumerate(zip(stations, ends, strict=True), start=1)
        ]
