import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { hidePDFJSButtons } from "@web/core/utils/pdfjs";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { formatFloat } from "@web/core/utils/numbers";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import {
    Component,
    onWillUnmount,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";

import { ShownDocument } from "./shown_document";

const VIEWER = "/web/static/lib/pdfjs/web/viewer.html";

/**
 * The document beside its data: shows the files of a `vanban.document` in the bundled PDF viewer and takes a scanned
 * file before the record exists, so that the clerk reads the paper while typing. The chosen file is stored together
 * with the record, in one transaction, when the form is saved.
 */
export class DocumentReader extends Component {
    static template = "vanban_core.DocumentReader";
    static props = { ...standardWidgetProps, upload: { type: Boolean, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ files: [], currentId: false, localUrl: "" });
        this.shown = new ShownDocument();
        this.frame = useRef("frame");
        this.input = useRef("input");
        // Not the props: the record stays the same object when changes are saved on the way to the next document.
        useRecordObserver((record) => this.load(record));
        useExternalListener(document, "webviewerloaded", (ev) => this.forbidScripts(ev.detail.source));
        onWillUnmount(() => this.forgetLocal());
        useEffect(
            (el) => {
                if (el) {
                    // printing and downloading go through the server's own buttons, which leave a trace
                    hidePDFJSButtons(el, { hideDownload: true, hidePrint: true, hideRotation: false });
                }
            },
            () => [this.frame.el]
        );
    }

    /** Programs inside a PDF that came from outside are never run. */
    forbidScripts(viewer) {
        if (viewer === this.frame.el?.contentWindow) {
            // saved preferences of the viewer must not switch it on again
            viewer.PDFViewerApplicationOptions?.set("disablePreferences", true);
            viewer.PDFViewerApplicationOptions?.set("enableScripting", false);
        }
    }

    get record() {
        return this.props.record;
    }

    async load(record) {
        if (this.shown.turnsTo(record)) {
            this.forgetLocal(); // chosen for the document shown before
        }
        if (this.filesOf !== record.resId) {
            this.filesOf = record.resId;
            Object.assign(this.state, { files: [], currentId: false });
        }
        const main = record.data.main_file_id;
        const key = `${record.resId}:${(main && main.id) || 0}:${record.data.write_date || ""}`;
        if (key === this.key) {
            return;
        }
        this.key = key;
        const files = record.resId ? await this.orm.call("vanban.document", "get_reader_files", [[record.resId]]) : [];
        if (key !== this.key) {
            return; // another document is shown by now
        }
        this.state.files = files;
        if (!files.some((file) => file.id === this.state.currentId)) {
            this.state.currentId = files.length ? files[0].id : false;
        }
        if (files.length && main && !record.data.upload) {
            this.forgetLocal();
            this.state.currentId = files.some((file) => file.id === main.id) ? main.id : files[0].id;
        }
    }

    get current() {
        return this.state.files.find((file) => file.id === this.state.currentId);
    }

    get source() {
        if (this.state.localUrl) {
            return this.state.localUrl;
        }
        return this.current ? `/web/content/vanban.file/${this.current.id}/content` : "";
    }

    get isPdf() {
        return Boolean(this.state.localUrl) || this.current?.mimetype === "application/pdf";
    }

    get viewerUrl() {
        // sidebar closed and page fitted to the width: what a reader of one letter wants
        return `${VIEWER}?file=${encodeURIComponent(this.source)}#zoom=page-width&pagemode=none`;
    }

    get canUpload() {
        return this.props.upload && !this.props.readonly && Boolean(this.record.data.can_upload);
    }

    size(bytes) {
        const megabytes = bytes / (1024 * 1024);
        return megabytes >= 1
            ? _t("%s MB", formatFloat(megabytes, { digits: [0, 1] }))
            : _t("%s KB", formatFloat(Math.ceil(bytes / 1024), { digits: [0, 0] }));
    }

    select(ev) {
        this.forgetLocal();
        this.state.currentId = Number(ev.target.value);
    }

    forgetLocal() {
        if (this.state.localUrl) {
            URL.revokeObjectURL(this.state.localUrl);
            this.state.localUrl = "";
        }
    }

    async onFileChosen(ev) {
        const file = ev.target.files[0];
        ev.target.value = "";
        if (file) {
            await this.take(file);
        }
    }

    async onDrop(ev) {
        const file = ev.dataTransfer?.files[0];
        if (file && this.canUpload) {
            await this.take(file);
        }
    }

    async take(file) {
        if (!file.size) {
            this.notification.add(_t("“%s” is empty. Choose another file.", file.name), { type: "danger" });
            return;
        }
        const data = (await getDataURLFromFile(file)).split(",")[1];
        await this.record.update({ upload: data, upload_name: file.name });
        this.forgetLocal();
        if (file.type === "application/pdf") {
            this.state.localUrl = URL.createObjectURL(file);
        } else {
            this.notification.add(_t("“%s” will be stored when you save.", file.name), { type: "info" });
        }
    }
}

registry.category("view_widgets").add("vanban_reader", {
    component: DocumentReader,
    extractProps: ({ attrs }) => ({ upload: attrs.upload === "1" }),
    fieldDependencies: [
        { name: "main_file_id", type: "many2one" },
        { name: "write_date", type: "datetime", readonly: true },
        { name: "upload", type: "binary", readonly: false },
        { name: "upload_name", type: "char", readonly: false },
        { name: "can_upload", type: "boolean", readonly: true },
    ],
});
