def post_init_hook(env):
    """Give every existing user, unit and agency its principal."""
    env["vanban.principal"]._ensure_all()


def uninstall_hook(env):
    """Second line of defence (the button already refuses while documents exist); then take away what the ORM does not know."""
    env["ir.module.module"]._vanban_check_empty()
    # CASCADE: the triggers go with their functions, so that the tables of the log can be dropped
    env.cr.execute(
        """
        DROP FUNCTION IF EXISTS vanban_log_refuse() CASCADE;
        DROP FUNCTION IF EXISTS vanban_log_queue() CASCADE;
        DROP TABLE IF EXISTS vanban_log_pending;
        DROP FUNCTION IF EXISTS vanban_chase_append_only() CASCADE;
        DROP FUNCTION IF EXISTS vanban_chase_line_append_only() CASCADE;
        DROP FUNCTION IF EXISTS vanban_debt_entry_append_only() CASCADE;
        """
    )
