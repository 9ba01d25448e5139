from . import (
    test_batch_http,
    test_certificate,
    test_custody,
    test_form,
    test_job,
    test_custody_papers,
    test_keys_stay_outside,
    test_looks,
    test_remote,
    test_revocation,
    test_ocsp,
    test_proof,
    test_detached,
    test_rpc_bypass,
    test_seal,
    test_sign,
    test_timestamp_queue,
    test_verification,
    test_vgca,
    test_window,
)
from . import test_reception
from . import test_register_signature
from . import test_opinion_signature
from . import test_copy
from . import test_consultation_signature
from . import test_unit_seal
from . import test_page_room
