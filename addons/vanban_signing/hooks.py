def uninstall_hook(env):
    """Second line of defence (the button already refuses while documents exist); then take away what the ORM does not know."""
    env["ir.module.module"]._vanban_check_empty()
    # CASCADE: the trigger goes with its function, so that the table can be dropped
    env.cr.execute("DROP FUNCTION IF EXISTS vanban_register_signature_append_only() CASCADE")
