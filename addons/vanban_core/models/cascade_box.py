import dataclasses

from odoo import api, models

from .work_box import DIRECTORS, HEADS, Box


class WorkBox(models.AbstractModel):
    """Boxes of the cascade: the queue also for who distributes in place of another, and requests that wait for an answer."""

    _inherit = "vanban.work.box"

    @api.model
    def _boxes(self):
        boxes = super()._boxes()
        stands_in = self.env.user.vanban_delegator_ids or self.env["vanban.document"]._principals_of_proxy()
        if stands_in:
            boxes = [dataclasses.replace(box, groups=None) if box.key == "to_direct" else box for box in boxes]
        place = next(index for index, box in enumerate(boxes) if box.key == "to_direct") + 1
        boxes.insert(place, Box("to_answer", "incoming", "vanban_core.action_opinion_to_answer", groups=DIRECTORS, since="sent_date"))
        boxes.insert(place + 1, Box("asked", "incoming", "vanban_core.action_opinion_asked", groups=HEADS, since="sent_date"))
        place = next(index for index, box in enumerate(boxes) if box.key == "lead")
        boxes.insert(place, Box(
            "unit_submit", "incoming", "vanban_core.action_assignment_unit_submit", "deadline", "vanban_core.group_unit_clerk"))
        return boxes
