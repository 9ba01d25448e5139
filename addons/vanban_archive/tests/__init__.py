from . import test_archive, test_destruction, test_fixity, test_handover, test_package, test_retention, test_signed
from . import test_metadata_kept
