from . import (
    test_access,
    test_agency,
    test_arrival,
    test_attachment_store,
    test_cascade,
    test_delegation,
    test_distribution,
    test_desk,
    test_desk_counts,
    test_outcome,
    test_debt,
    test_chase,
    test_notice,
    test_reminder,
    test_deadline,
    test_drafting,
    test_dossier,
    test_dossier_closing,
    test_file_plan,
    test_follow_rpc,
    test_holiday,
    test_incoming,
    test_interface,
    test_kept_in_memory,
    test_kind,
    test_list_print,
    test_log,
    test_outgoing,
    test_recipients,
    test_dispatch,
    test_issuing,
    test_directive,
    test_submission_set,
    test_paper,
    test_register_choice,
    test_register_closing,
    test_register_exception,
    test_register_print,
    test_review,
    test_route,
    test_rpc_bypass,
    test_template,
)
from . import test_search
from . import test_metadata, test_personal, test_visibility
from . import test_catalogue, test_import, test_reception
from . import test_mail_export, test_post_changes
from . import test_unit_submission
from . import test_limits
from . import test_bad_input
from . import test_register_prefix
from . import test_consultation, test_signing_authority
from . import test_copy
from . import test_drafting_shown
from . import test_urgency_shown
from . import test_initials
from . import test_review_chain
from . import test_signing_power
from . import test_course_picture, test_draft_form, test_submission
from . import test_screens
from . import test_acceptance
