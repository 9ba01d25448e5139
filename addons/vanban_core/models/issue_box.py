from odoo import api, models

from .work_box import CLERKS, Box


class WorkBox(models.AbstractModel):
    """Boxes of what follows the signature and the issue: to check, urgent ones to confirm, answers awaited."""

    _inherit = "vanban.work.box"

    @api.model
    def _boxes(self):
        boxes = super()._boxes()
        place = next(index for index, box in enumerate(boxes) if box.key == "to_number")
        boxes.insert(place, Box("to_check", "outgoing", "vanban_core.action_outgoing_to_check", groups=CLERKS, since="signed_date"))
        place = next(index for index, box in enumerate(boxes) if box.key == "not_arrived") + 1
        boxes.insert(place, Box("to_confirm", "outgoing", "vanban_core.action_recipient_confirm", groups=CLERKS, since="issued_date"))
        boxes.insert(place, Box(
            "stopped", "outgoing", "vanban_core.action_outgoing_stopped", groups=CLERKS, since="issued_date", late=True,
        ))
        boxes.insert(place + 2, Box("answers", "outgoing", "vanban_core.action_recipient_answers_open", "answer_due", since="issued_date"))
        return boxes
