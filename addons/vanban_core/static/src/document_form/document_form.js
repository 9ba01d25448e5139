import { serializeDate, serializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";

import { DocumentFormRenderer, HeaderCompiler } from "./header_buttons";

const SKIPPED = ["one2many", "many2many", "binary", "html", "properties"];

/** With each change goes the value that was on the screen before it: the server sees when somebody else was faster. */
export class DocumentFormController extends formView.Controller {
    async onWillSaveRecord(record, changes) {
        if (record.resId && record.resModel === "vanban.document") {
            const base = {};
            for (const name of Object.keys(changes)) {
                const type = record.fields[name]?.type;
                if (type && !SKIPPED.includes(type)) {
                    base[name] = this.plain(record._values[name], type);
                }
            }
            changes.edit_base = JSON.stringify(base);
        }
        return super.onWillSaveRecord(...arguments);
    }

    plain(value, type) {
        if (!value) {
            return false;
        }
        if (type === "date") {
            return serializeDate(value);
        }
        if (type === "datetime") {
            return serializeDateTime(value);
        }
        return value.id || value;
    }
}

registry.category("views").add("vanban_document_form", {
    ...formView,
    Controller: DocumentFormController,
    Renderer: DocumentFormRenderer,
    Compiler: HeaderCompiler,
});
