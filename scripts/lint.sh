#!/usr/bin/env bash
# ruff, pylint-odoo, shell syntax, the list of requirements, docker-compose.yml.
set -uo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/env.sh
. scripts/env.sh
failed=0
check() { # check NAME COMMAND...
    local name="$1"; shift
    if "$@"; then echo "lint: $name ok"; else echo "lint: $name FAILED"; failed=1; fi
}
odoo_rules() {
    local addons
    mapfile -t addons < <(compgen -G 'addons/*/__manifest__.py' | xargs -rn1 dirname)
    # Without: a label that happens to equal the field's name is still the label; one document is split by concern
    # into several files; append-only records refuse write and unlink without super; the author is not the OCA;
    # a manifest without description makes Odoo read README.md as reStructuredText and complain.
    [ ${#addons[@]} -eq 0 ] || python -m pylint --disable=all \
        --enable=odoolint,anomalous-backslash-in-string,assignment-from-none,dangerous-default-value,duplicate-key \
        --enable=pointless-statement,redundant-keyword-arg,return-in-init,unreachable,eval-used,bare-except \
        --disable=attribute-string-redundant,consider-merging-classes-inherited,manifest-deprecated-key,manifest-required-author \
        --disable=manifest-deprecated-key,method-required-super,missing-readme,missing-return,no-raise-unlink "${addons[@]}"
}
shell_syntax() { local file; for file in scripts/*.sh .ci/run deploy/*.sh; do [ ! -f "$file" ] || bash -n "$file" || return 1; done; }
same_decorator() { cmp tests/proves.py addons/vanban_core/tests/proves.py; }
compose_file() {
    if docker-compose version >/dev/null 2>&1; then
        docker-compose -f docker-compose.yml config -q && docker-compose -f docker-compose.yml -f deploy/scale-out.yml config -q
    else
        echo "docker-compose is not installed, docker-compose.yml was not checked"
    fi
}
rows() { python scripts/coverage_of_rows.py >/dev/null; }

check ruff ruff check -q .
check pylint-odoo odoo_rules
check "shell scripts" shell_syntax
check "one decorator" same_decorator
check "requirement rows" rows
check docker-compose compose_file
exit $failed
