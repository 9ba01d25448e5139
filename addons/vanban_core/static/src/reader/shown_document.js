/**
 * Tells whether a form has turned to another document. Odoo keeps the record object when changes are saved on the way
 * to the next one, and makes a new one otherwise; a document that gets its id by being saved is still the same.
 */
export class ShownDocument {
    turnsTo(record) {
        const other = record.id !== this.recordId || Boolean(this.resId && record.resId !== this.resId);
        this.recordId = record.id;
        this.resId = record.resId;
        return other;
    }
}
