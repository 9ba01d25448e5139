from . import archive_step_wizard, extend_wizard, propose_wizard
