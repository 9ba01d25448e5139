import { _t } from "@web/core/l10n/translation";

/** @returns {string} a length of time as a person says it */
export function lengthOfTime(seconds) {
    const minutes = Math.round(seconds / 60);
    if (minutes < 1) {
        return _t("under a minute");
    }
    if (minutes < 60) {
        return _t("%s minutes", minutes);
    }
    const hours = Math.round(minutes / 60);
    return hours < 48 ? _t("%s hours", hours) : _t("%s days", Math.round(hours / 24));
}
