#!/bin/bash
# Completes the configuration with what differs between hosts and with secrets, then starts the image's own entry.
#   odoo [OPTIONS]   the server            vanban-init      install the addons in an empty database, once
#   vanban-upgrade   update all addons     anything else    is run as it is
set -euo pipefail

addons=vanban_core,vanban_signing,vanban_archive,vanban_lienthong
umask 077
cp /etc/odoo/vanban.conf "$ODOO_RC"
{
    echo "admin_passwd = $(<"$VANBAN_MASTER_PASSWORD_FILE")"
    # no dbfilter: with one, Odoo lists the databases of the server at every request of another system
    echo "db_name = $VANBAN_DATABASE"
} >>"$ODOO_RC"
[ -n "${VANBAN_HSM_MODULE:-}" ] || unset VANBAN_HSM_MODULE VANBAN_HSM_PIN_FILE

# Nobody may find an open door with the well-known first password.
replace_first_password() {
    /entrypoint.sh odoo shell --no-http <<'PYTHON'
from pathlib import Path

from odoo.exceptions import AccessDenied

admin = env.ref("base.user_admin")
try:
    admin.with_user(admin)._check_credentials({"type": "password", "password": "admin"}, {"interactive": True})
except AccessDenied:
    pass
else:
    admin.password = Path("/run/secrets/admin_password").read_text().strip()
    env.cr.commit()
PYTHON
}

case "${1:-odoo}" in
    vanban-init)
        /entrypoint.sh odoo --no-http --workers=0 --max-cron-threads=0 \
            -i "$addons" --load-language=vi_VN --stop-after-init
        replace_first_password ;;
    vanban-upgrade)
        exec /entrypoint.sh odoo --no-http --workers=0 --max-cron-threads=0 -u "$addons" --stop-after-init ;;
    *) exec /entrypoint.sh "$@" ;;
esac
