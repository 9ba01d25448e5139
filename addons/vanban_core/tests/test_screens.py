from ast import literal_eval

from lxml import etree

from odoo.tests import tagged

from odoo.addons.vanban_core.tests.common import VanbanCase

#: how a field of type datetime says how much of it is shown
DEPTH = {"show_seconds", "show_time"}
#: widgets that say a day in words of their own
IN_WORDS = {"remaining_days"}


@tagged("post_install", "-at_install")
class TestScreens(VanbanCase):
    """What is common to all screens of the suite."""

    def _shown_days(self, node, model):
        """Fields of type date and datetime under ``node`` that a person sees, those of the rows of other fields included."""
        for child in node:
            if not isinstance(child.tag, str) or child.get("invisible") in ("1", "True") or child.get("column_invisible") in ("1", "True"):
                continue
            if child.tag != "field":
                # what stands beside the templates of a board is only read by them
                cards = [one for one in child if one.tag == "templates"] if child.tag == "kanban" else [child]
                for one in cards:
                    yield from self._shown_days(one, model)
                continue
            field = model._fields.get(child.get("name"))
            if field is None:
                continue
            if field.type in ("date", "datetime"):
                yield child, field.type
            elif field.relational:
                yield from self._shown_days(child, self.env[field.comodel_name])

    def test_days_and_moments_say_how_they_are_shown(self):
        """dd/mm/yyyy and dd/mm/yyyy hh:mm: neither a day without its year, nor seconds unless a view asks for them."""
        views = self.env["ir.ui.view"].search([
            ("model", "like", "vanban."), ("type", "in", ("list", "kanban", "form")), ("mode", "=", "primary"),
        ])  # fmt: skip
        self.assertGreater(len(views), 100)
        bad, seen = [], set()
        for view in views.filtered(lambda view: view.model in self.env):
            root = etree.Element("views")
            root.append(etree.fromstring(view.get_combined_arch()))
            for node, kind in self._shown_days(root, self.env[view.model]):
                seen.add(kind)
                options = literal_eval(node.get("options") or "{}")
                said = options.get("numeric") and (kind == "date" or DEPTH & set(options))
                if node.get("widget") not in IN_WORDS and not said:
                    bad.append(f"{view.xml_id}: {node.get('name')} ({kind})")
        self.assertEqual(seen, {"date", "datetime"})
        self.assertFalse(bad, "options=\"{'numeric': True}\", for moments also 'show_seconds': False, is missing:\n" + "\n".join(bad))
