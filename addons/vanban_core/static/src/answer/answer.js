import { useRecordObserver } from "@web/model/relational_model/utils";

/**
 * What the server tells about the document of a form, kept in step with it. Asked anew whenever one of ``parts`` changes;
 * taken away at once when the form turns to another document. An answer that comes when something newer was asked is
 * thrown away: nobody reads or decides about one document with the data of another.
 *
 * @param {{
 *  parts: (data: Object) => any[],
 *  ask: (record: Object) => Promise<any>,
 *  show: (answer: any, record: Object) => any,
 * }} params ``parts`` of the record's data on which the answer depends; ``ask`` the server (only for stored records);
 *  ``show`` the answer, or null when there is none
 * @returns {{ load: (record: Object) => Promise<void>, again: (record: Object) => Promise<void> }} ``load`` when a part may
 *  have changed, ``again`` in any case
 */
export function useAnswer({ parts, ask, show }) {
    let request = 0;
    let key = null;
    let shownId;

    async function again(record) {
        const mine = ++request;
        if (shownId !== record.resId) {
            shownId = record.resId;
            show(null, record);
        }
        try {
            const answer = record.resId ? await ask(record) : null;
            if (mine === request) {
                await show(answer, record);
            }
        } catch (error) {
            if (mine === request) {
                key = null; // the next change asks again
            }
            throw error;
        }
    }

    async function load(record) {
        const wanted = JSON.stringify([record.resId, ...parts(record.data)]);
        if (wanted !== key) {
            key = wanted;
            await again(record);
        }
    }

    let opened = false;
    // Not the props: the record stays the same object when changes are saved on the way to the next document.
    useRecordObserver((record) => {
        const loading = load(record);
        if (!opened) {
            opened = true;
            return loading; // drawn at once with its answer
        }
        // from now on the form goes on without it: turning to the next document never waits for what stands beside it
    });
    return { load, again };
}
