from odoo import fields, models

# step → (model, public method, comment mandatory)
STEPS = {
    "accept_remarks": ("vanban.packet.in", "action_accept_remarks", True),
    "refuse": ("vanban.packet.in", "action_refuse", True),
    "discard": ("vanban.packet.in", "action_discard", True),
    "recall_accept": ("vanban.packet.in", "action_recall_accept", False),
    "recall_reject": ("vanban.packet.in", "action_recall_reject", True),
    "to_paper": ("vanban.packet.out", "action_to_paper", True),
    "take_back": ("vanban.packet.out", "action_propose_take_back", True),
    "deny_take_back": ("vanban.packet.out", "action_deny_take_back", True),
}


class PacketStep(models.TransientModel):
    """One small form for every step about a packet that takes a reason."""

    _name = "vanban.packet.step"
    _inherit = ["vanban.step.mixin"]
    _description = "Step about a packet"
    _steps = STEPS

    step = fields.Selection(
        [
            ("accept_remarks", "Take over in spite of the defects"),
            ("refuse", "Return to the sender"),
            ("discard", "Set aside"),
            ("recall_accept", "Carry out the request of the sender"),
            ("recall_reject", "Refuse the request of the sender"),
            ("to_paper", "Send on paper instead"),
            ("take_back", "Ask the document back"),
            ("deny_take_back", "Do not ask the document back"),
        ],
        required=True, readonly=True,
    )  # fmt: skip
