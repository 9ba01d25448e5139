import { formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { DateTimeField } from "@web/views/fields/datetime/datetime_field";

/**
 * Odoo offers ``show_seconds`` for moments but does not follow it for numeric ones, and a language has no time format
 * without seconds. Here a numeric moment is written without them unless a view asks: in a list of a hundred rows they
 * are noise.
 */
function toMinutes(value) {
    return formatDateTime(value, { format: `${localization.dateFormat} ${localization.timeFormat.replace(":ss", "")}` });
}

const isToMinutes = ({ numeric, showSeconds, showTime }) => numeric && !showSeconds && showTime !== false;

// fields in forms and in rows that are being edited
patch(DateTimeField.prototype, {
    getFormattedValue(valueIndex, forTooltip) {
        const value = this.values[valueIndex];
        // the tooltip, which names its format, keeps the seconds
        if (value && forTooltip === undefined && this.field.type === "datetime" && isToMinutes(this.props)) {
            return toMinutes(value);
        }
        return super.getFormattedValue(...arguments);
    },
});

// cells of lists and cards
const formatters = registry.category("formatters");
const original = formatters.get("datetime");
const formatMoment = (value, options = {}) => (value && isToMinutes(options) ? toMinutes(value) : original(value, options));
formatMoment.extractOptions = original.extractOptions;
formatters.add("datetime", formatMoment, { force: true });
