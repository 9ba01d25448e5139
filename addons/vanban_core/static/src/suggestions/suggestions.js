import { deserializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { Component, useState } from "@odoo/owl";

import { ShownDocument } from "../reader/shown_document";

const FIELDS = [
    ["kind_id", "many2one"],
    ["issuer_id", "many2one"],
    ["issuer_name", "char"],
    ["code_number", "char"],
    ["code_notation", "char"],
    ["issue_date", "date"],
    ["subject", "char"],
    ["urgency", "selection"],
    ["signer_name", "char"],
    ["signer_position", "char"],
    ["signer_capacity", "selection"],
    ["external_due_date", "date"],
];

/**
 * What the letter says of itself, beside the form: each value is taken by a click, all empty fields at once by a key.
 * Nothing is written before the person takes it.
 */
export class LetterSuggestions extends Component {
    static template = "vanban_core.LetterSuggestions";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        // place: a file was chosen here, so the room stays taken until the document is registered, whatever is read or taken
        this.state = useState({ rows: [], scan: false, busy: false, reading: false, place: false });
        this.keepLast = new KeepLast();
        this.shown = new ShownDocument();
        // Not the props: the record stays the same object when a file is chosen.
        useRecordObserver((record) => {
            this.load(record);
        });
    }

    get record() {
        return this.props.record;
    }

    async load(record, recognise = false) {
        const upload = record.data.upload;
        const main = record.data.main_file_id;
        const key = `${record.data.can_edit}:${record.resId}:${(main && main.id) || 0}:${upload ? upload.length : 0}:${record.data.upload_name}`;
        if (key === this.key && !recognise) {
            return;
        }
        this.key = key;
        if (this.shown.turnsTo(record)) {
            this.state.place = false;
        }
        if (!recognise) {
            this.state.rows = [];
            this.state.scan = false;
        }
        if (!record.data.can_edit || !(upload || (record.resId && main))) {
            this.state.place = this.state.place && record.data.can_edit;
            this.state.busy = false;
            this.state.reading = false;
            return;
        }
        this.state.busy = recognise;
        this.state.reading = true;
        this.state.place ||= Boolean(upload);
        const call = upload
            ? this.orm.silent.call("vanban.document", "suggest_from_file", [upload, recognise])
            : this.orm.silent.call("vanban.document", "get_suggestions", [[record.resId], recognise]);
        try {
            const found = await this.keepLast.add(call);
            if (key !== this.key || !this.record.data.can_edit) {
                return; // another document or file is shown by now, or it was registered meanwhile
            }
            this.state.rows = found.rows;
            this.state.scan = found.scan && !found.rows.length;
        } finally {
            if (key === this.key) {
                this.state.busy = false;
                this.state.reading = false;
            }
        }
    }

    current(name) {
        const value = this.record.data[name];
        if (!value || (name === "urgency" && value === "0")) {
            return "";
        }
        if (value.toISODate) {
            return value.toISODate();
        }
        return value.id || value;
    }

    get rows() {
        return this.state.rows;
    }

    get fillable() {
        return this.rows.filter((row) => row.field && !this.current(row.field));
    }

    /** The form holds what was read: the row stays where it is, so that nothing below it moves. */
    isTaken(row) {
        return Boolean(row.field && this.current(row.field) === (row.value.id || row.value));
    }

    isConflict(row) {
        return Boolean(row.field && this.current(row.field) && !this.isTaken(row));
    }

    changeOf(row) {
        const isDate = FIELDS.some(([name, type]) => name === row.field && type === "date");
        return { [row.field]: isDate ? deserializeDate(row.value) : row.value };
    }

    async take(row) {
        await this.record.update(this.changeOf(row));
    }

    async takeAll() {
        const rows = this.fillable;
        const changes = Object.assign({}, ...rows.map((row) => this.changeOf(row)));
        if (rows.length) {
            await this.record.update(changes);
        }
    }

    recognise() {
        return this.load(this.record, true);
    }
}

registry.category("view_widgets").add("vanban_suggestions", {
    component: LetterSuggestions,
    fieldDependencies: [
        ...FIELDS.map(([name, type]) => ({ name, type, readonly: false })),
        { name: "main_file_id", type: "many2one" },
        { name: "upload", type: "binary", readonly: false },
        { name: "upload_name", type: "char", readonly: false },
        { name: "can_edit", type: "boolean", readonly: true },
    ],
});
