from .transition_mixin import Transition

EDITABLE = ("draft", "consulting", "rework")
REVIEW = ("review_dept", "review_unit", "legal", "format_check", "office_review", "leader")
NOT_NUMBERED = (*EDITABLE, *REVIEW, "tl_agreed")

# Requirements, part 5.3. The order "number after signature, seal after number" is the table itself.
OUTGOING_TRANSITIONS = (
    Transition("submit_review", EDITABLE, (*REVIEW, "tl_agreed"), who="_is_drafter", guard="_guard_submit_review",
               effect="_effect_submit_review"),
    Transition("approve", REVIEW, (*REVIEW, "tl_agreed"), who="_may_approve", effect="_effect_step_reached"),
    Transition("review_return", (*REVIEW, "tl_agreed"), ("rework",), who="_may_review", comment=True, effect="_effect_rework"),
    # what the leader calls important goes back through the office leader, not straight to the drafter (HCM SĐ4a)
    Transition("review_return_important", ("leader",), REVIEW[:-1], who="_may_return_important", comment=True,
               effect="_effect_step_reached"),
    Transition("sign", ("leader", "tl_agreed"), ("signed",), who="_may_sign", guard="_guard_sign", effect="_effect_signed"),
    # signed with ink: the clerk puts in the scan, the record says so (OUT-19)
    Transition("sign_paper", ("leader", "tl_agreed"), ("signed",), who="_may_record_ink", guard="_guard_sign", effect="_effect_signed"),
    Transition("clerk_check", ("signed",), ("clerk_check",), who="_may_clerk", guard="_guard_clerk_check",
               effect="_effect_clerk_check"),
    Transition("clerk_return", ("signed", "clerk_check"), ("rework",), who="_may_clerk", comment=True,
               effect="_effect_clerk_return"),
    Transition("number", ("clerk_check",), ("numbered",), who="_may_clerk", guard="_guard_number"),
    Transition("paper_done", ("numbered",), ("paper_done",), who="_may_paper_done"),
    Transition("seal", ("numbered", "paper_done"), ("sealed",), who="_may_seal", guard="_guard_seal", effect="_effect_sealed"),
    Transition("issue", ("sealed", "numbered", "paper_done"), ("issued",), who="_may_issue", guard="_guard_issue",
               effect="_effect_issue"),
    Transition("deliver", ("issued",), ("delivered",)),
    Transition("recall_request", ("issued", "delivered"), ("recall_requested",), who="_may_request_recall", comment=True,
               guard="_guard_recall", effect="_effect_recall_request"),
    Transition("recall_approve", ("recall_requested",), ("recall_requested",), who="_may_approve_recall",
               guard="_guard_recall_approve", effect="_effect_recall_approve"),
    Transition("recall_deny", ("recall_requested",), ("issued",), who="_may_approve_recall", comment=True,
               guard="_guard_recall_approve", effect="_effect_recall_deny"),
    Transition("recall_complete", ("recall_requested",), ("recalled",)),
)  # fmt: skip
