def uninstall_hook(env):
    """Secrets do not outlive the addon that used them."""
    env["ir.config_parameter"].search([("key", "=like", "vanban_lienthong.%")]).unlink()
