import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const COLOURS = { valid: "success", invalid: "danger", unknown: "warning" };
const ICONS = { valid: "fa-check-circle", invalid: "fa-times-circle", unknown: "fa-question-circle" };

/** A stored verification report in words: one verdict, then for each signature the three groups, in green, amber and red. */
export class VerificationField extends Component {
    static template = "vanban_signing.VerificationField";
    static props = { ...standardFieldProps };

    get report() {
        const value = this.props.record.data[this.props.name];
        return value ? JSON.parse(value) : null;
    }

    colour(state) {
        return COLOURS[state];
    }

    icon(state) {
        return ICONS[state];
    }

    groups(signature) {
        return ["signature", "authentication", "timestamp"].map((name) => ({ name, ...signature.groups[name] }));
    }

    /** The technical rows of one signature: label and text, empty ones left out. */
    details(signature) {
        const { certificate, signer, timestamp } = signature;
        const revocation = {
            good: _t("not revoked at the time of signing"),
            revoked: _t("revoked"),
            unknown: _t("not known"),
        }[certificate.revocation];
        const list = certificate.crl_number ? ` (CRL ${certificate.crl_number}, ${this.time(certificate.crl_updated)})` : "";
        const rows = [
            [_t("Format, algorithm"), [signature.format, signature.algorithm].filter(Boolean).join("; ")],
            [_t("Certificate valid"), signer.valid_from && `${this.time(signer.valid_from)} – ${this.time(signer.valid_to)}`],
            [_t("Trusted by"), [certificate.root, certificate.trust_class].filter(Boolean).join(", ")],
            [_t("Revocation"), revocation && revocation + list],
            [_t("Time said by the signer"), this.time(signature.claimed_time)],
            [_t("Time used for the check"), this.time(signature.time_used)],
            [_t("Timestamp service"), timestamp.present && `${timestamp.tsa} ${this.time(timestamp.time)}`],
            [_t("Filled in after signing"), (signature.changed_fields || []).join(", ")],
            [_t("SHA-256 of the certificate"), signer.sha256],
        ];
        return rows.filter(([, text]) => text).map(([label, text]) => ({ label, text }));
    }

    time(text) {
        return text ? text.slice(0, 19).replace("T", " ") : "";
    }
}

export const verificationField = {
    component: VerificationField,
    displayName: _t("Verification of signatures"),
    supportedTypes: ["text"],
};

registry.category("fields").add("vanban_verification", verificationField);
