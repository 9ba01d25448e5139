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
        DO $$
        DECLARE
            one regprocedure;
        BEGIN
            -- one for each model of vanban.append.only
            FOR one IN
                SELECT oid::regprocedure FROM pg_proc
                 WHERE proname LIKE 'vanban\\_%\\_append\\_only' AND pronamespace = current_schema()::regnamespace
            LOOP
                EXECUTE 'DROP FUNCTION ' || one || ' CASCADE';
            END LOOP;
        END $$;
        """
    )
