import { StatusBarButtons } from "@web/views/form/status_bar_buttons/status_bar_buttons";
import { FormCompiler } from "@web/views/form/form_compiler";
import { FormRenderer } from "@web/views/form/form_renderer";

// One next step and two others stand side by side; a fourth alone is not worth a menu of its own.
const SHOWN = 3;

/** Tells the header which of its buttons is the next step, so that it comes first whatever view has added it. */
export class HeaderCompiler extends FormCompiler {
    compileHeader() {
        const header = super.compileHeader(...arguments);
        for (const slot of header.querySelectorAll("StatusBarButtons > t")) {
            const button = slot.firstElementChild;
            slot.setAttribute("isNext", /oe_highlight|btn-primary/.test(button?.getAttribute("className") || "") ? "true" : "false");
        }
        return header;
    }
}

/** The next step first, what does not fit behind “More”: at a desktop three buttons, on a phone one, or both ways of a decision. */
export class HeaderButtons extends StatusBarButtons {
    static template = "vanban_core.HeaderButtons";

    get ordered() {
        const names = this.visibleSlotNames;
        const isNext = (name) => this.props.slots[name].isNext;
        return [...names.filter(isNext), ...names.filter((name) => !isNext(name))];
    }

    get shown() {
        if (this.env.isSmall) {
            return this.ordered.slice(0, this.env.model?.root.data.to_decide ? 2 : 1);
        }
        return this.ordered.length <= SHOWN + 1 ? this.ordered : this.ordered.slice(0, SHOWN);
    }

    get more() {
        return this.ordered.slice(this.shown.length);
    }
}

export class DocumentFormRenderer extends FormRenderer {
    static components = { ...FormRenderer.components, StatusBarButtons: HeaderButtons };
}
