from dataclasses import dataclass

from odoo import api, models

GROUPS = ("incoming", "outgoing", "dossier", "archive")


@dataclass(frozen=True)
class Box:
    """A list that a person works off. Domain and name are those of the menu's action, so both always agree.

    :param deadline: date field that makes a row late
    :param since: field that tells how long a row has been waiting
    :param late: every row of the box is late by itself
    """

    key: str
    group: str
    action: str
    deadline: str | None = None
    groups: str | None = None
    since: str = "create_date"
    late: bool = False


CLERKS = "vanban_core.group_clerk,vanban_core.group_unit_clerk"
DIRECTORS = "vanban_core.group_leader,vanban_core.group_office_chief"
HEADS = DIRECTORS + ",vanban_core.group_unit_head,vanban_core.group_department_head"
BOXES = (
    Box("arrived", "incoming", "vanban_core.action_incoming_arrived", groups=CLERKS, since="arrival_date"),
    Box("waiting_opinion", "incoming", "vanban_core.action_incoming_waiting_opinion", groups=CLERKS + "," + DIRECTORS, since="step_date"),
    Box("to_submit", "incoming", "vanban_core.action_incoming_to_route", "deadline", CLERKS, "step_date"),
    Box("route_late", "incoming", "vanban_core.action_incoming_route_late", groups=CLERKS, since="route_deadline", late=True),
    Box("paper", "incoming", "vanban_core.action_paper_hand", groups=CLERKS),
    Box("paper_receive", "incoming", "vanban_core.action_paper_receive"),
    Box("to_direct", "incoming", "vanban_core.action_incoming_to_direct", "deadline", DIRECTORS, "step_date"),
    Box("lead", "incoming", "vanban_core.action_assignment_lead", "deadline"),
    Box("coordinate", "incoming", "vanban_core.action_assignment_coordinate", "deadline"),
    Box("inform", "incoming", "vanban_core.action_assignment_inform"),
    Box("chased", "incoming", "vanban_core.action_chase_mine", since="date"),
    Box("extension", "incoming", "vanban_core.action_extension_to_decide", groups=HEADS, since="request_date"),
    Box("late", "incoming", "vanban_core.action_incoming_late", since="deadline", late=True),
    Box("reply_late", "incoming", "vanban_core.action_incoming_reply_due", "reply_due_date"),
    Box("draft", "outgoing", "vanban_core.action_outgoing_draft"),
    Box("to_review", "outgoing", "vanban_core.action_outgoing_review"),
    Box("to_sign", "outgoing", "vanban_core.action_outgoing_to_sign", groups=DIRECTORS + ",vanban_core.group_unit_head"),
    Box("to_number", "outgoing", "vanban_core.action_outgoing_to_number", groups=CLERKS, since="signed_date"),
    Box("to_print", "outgoing", "vanban_core.action_outgoing_to_print", groups=CLERKS, since="signed_date"),
    Box("to_seal", "outgoing", "vanban_core.action_outgoing_to_seal", groups=CLERKS, since="signed_date"),
    Box("to_issue", "outgoing", "vanban_core.action_outgoing_to_issue", groups=CLERKS, since="sealed_date"),
    Box("issue_late", "outgoing", "vanban_core.action_outgoing_issue_late", groups=CLERKS + "," + DIRECTORS, since="issue_deadline", late=True),
    Box("not_arrived", "outgoing", "vanban_core.action_recipient_not_arrived", groups=CLERKS, since="issued_date"),
    Box("recall", "outgoing", "vanban_core.action_outgoing_recall", groups=CLERKS + "," + DIRECTORS, since="issued_date"),
    Box("dossier", "dossier", "vanban_core.action_dossier_work"),
    Box("file_plan", "dossier", "vanban_core.action_file_plan_mine"),
)


class WorkBox(models.AbstractModel):
    """The boxes of the first page: how many wait, how many are late, since when (UI-03, UI-07)."""

    _name = "vanban.work.box"
    _description = "Work boxes"

    @api.model
    def _boxes(self):
        """All boxes in order; other addons add theirs."""
        return list(BOXES)

    @api.model
    def _group_names(self):
        return {
            "incoming": self.env._("Incoming documents"),
            "outgoing": self.env._("Outgoing documents"),
            "dossier": self.env._("Dossiers"),
            "archive": self.env._("Archive"),
        }

    @api.model
    def get_boxes(self):
        """Boxes of the current user.

        :return: list of ``{key, name, boxes: [{key, name, action, count, count_text, late, late_text, oldest_days}]}``;
            numbers are exact up to ``work_count.MOST`` and stop there, the texts then say "999+"
        """
        names = self._group_names()
        shown = [box for box in self._boxes() if not box.groups or self.env.user.has_groups(box.groups)]
        counted = self._counted(shown)
        result = []
        for key in GROUPS:
            boxes = [self._box_values(box, counted[box.key]) for box in shown if box.group == key and box.key in counted]
            if boxes:
                result.append({"key": key, "name": names[key], "boxes": boxes})
        return result

    @api.model
    def _box_values(self, box, counted):
        return {
            "key": box.key,
            "name": counted.name,
            "action": box.action,
            "count": counted.count,
            "count_text": counted.text(counted.count),
            "late": counted.late,
            "late_text": counted.text(counted.late),
            "oldest_days": counted.oldest_days,
        }
