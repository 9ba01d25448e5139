import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import split_every

from odoo.addons.vanban_core.tools import agency_code, vietnam_time

from ..drivers import DRIVERS, DeliveryError

_logger = logging.getLogger(__name__)
_BATCH = 1000
# Instead of a version: this axis has no answer to the question what changed.
_NO_CHANGES = "-"


class Directory(models.AbstractModel):
    """Bulk import of the directory of an axis or of a file: agencies, their codes in both forms, how they are reached.

    Nothing is deleted: codes that are gone end yesterday, agencies stay with their history.
    """

    _name = "vanban.directory"
    _description = "Directory of agencies"

    @api.model
    def _import(self, lines, transport=None, progress=None, whole=True):
        """Take over ``lines`` (iterable of :class:`..wire.axis.Agency`).

        :param transport: the axis whose directory it is
        :param whole: agencies of that axis that are no longer listed are not reached by it any more
        :param progress: called with the number of lines done after each batch, commits; False ends the import
        :return: counts ``new``, ``changed``, ``ended`` and the list ``remarks`` (at most 200 texts)
        """
        result = {"new": 0, "changed": 0, "ended": 0, "remarks": []}
        listed = set()
        for batch in split_every(_BATCH, lines, list):
            listed.update(self._import_batch(batch, transport, result))
            if progress and not progress(len(batch)):
                return result
        if transport and listed and whole:
            self._forget(transport, listed, result)
        return result

    @api.model
    def _import_batch(self, batch, transport, result):
        """Ids of the agencies of this batch."""
        batch = self._readable(batch, result)
        known = self._known([code for line, codes in batch for code in codes])
        own = self.env["res.company"].search([]).partner_id  # pylint: disable=no-search-all
        fresh, seen = [], set()
        partners = self.env["res.partner"]
        for line, codes in batch:
            if seen & set(codes):
                self._remark(result, f"{line.code}: mã lặp lại trong danh bạ, chỉ dòng đầu được lấy.")
                continue
            seen.update(codes)
            owners = {known[code] for code in codes if code in known}
            if len(owners) > 1:
                self._remark(result, f"{line.code} và {line.old_code} đang thuộc hai cơ quan khác nhau; hãy kiểm tra mã định danh.")
                continue
            if line.deleted:
                self._end(owners, codes, result)
                continue
            if owners:
                partners |= self._update(owners.pop(), own, line, codes, known, result)
            else:
                fresh.append((line, codes))
        partners |= self._create(fresh, result)
        self._respell(batch)
        if transport:
            missing = partners.filtered(lambda partner: transport not in partner.vanban_transport_ids)
            missing.write({"vanban_transport_ids": [(4, transport.id)]})
        return partners.ids

    @api.model
    def _readable(self, batch, result):
        """(line, {code: its spelling}) of the lines whose codes can be codes; the others are remarked."""
        found = []
        for line in batch:
            codes = {}
            for text in filter(None, (line.code, line.old_code)):
                try:
                    parsed = agency_code.parse(text)
                    codes.setdefault(parsed.text, parsed.spelling)
                except agency_code.AgencyCodeError as error:
                    self._remark(result, f"{line.name[:60]}: {error}")
            if codes:
                found.append((line, codes))
        return found

    @api.model
    def _respell(self, batch):
        """Codes are written as the directory writes them, in small letters where it does."""
        spelling = {code: written for _line, codes in batch for code, written in codes.items()}
        for row in self.env["vanban.agency.code"].search([("code", "in", list(spelling))])._in_force():
            if (row.spelling or row.code) != spelling[row.code]:
                row.code = spelling[row.code]

    @api.model
    def _known(self, codes):
        """{code in force: agency} of those among ``codes`` that exist."""
        rows = self.env["vanban.agency.code"].search([("code", "in", codes)])._in_force()
        return {row.code: row.partner_id for row in rows}

    @api.model
    def _create(self, fresh, result):
        partners = self.env["res.partner"].with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True, no_vat_validation=True,
        ).create([
            {"name": line.name, "is_company": True, "email": line.email or False,
             "vanban_code_ids": [(0, 0, {"code": written}) for written in codes.values()]}
            for line, codes in fresh])
        result["new"] += len(partners)
        return partners

    @api.model
    def _update(self, partner, own, line, codes, known, result):
        values = {}
        if partner in own:
            # Name and codes of an own agency are kept here, not there.
            if partner.name != line.name:
                self._remark(result, f"{line.code}: danh bạ của trục ghi tên “{line.name}”, khác tên cơ quan mình “{partner.name}”.")
            return partner
        if partner.name != line.name:
            values["name"] = line.name
        new = [code for code in codes if code not in known]
        if new:
            self._end_rows(self._replaced(partner, codes, new))
            values["vanban_code_ids"] = [(0, 0, {"code": codes[code], "date_from": vietnam_time.today()}) for code in new]
        if values:
            partner.with_context(tracking_disable=True).write(values)
            result["changed"] += 1
        return partner

    @api.model
    def _end(self, owners, codes, result):
        """The axis has struck the agency off: its codes end."""
        rows = self.env["res.partner"].union(*owners).vanban_code_ids._in_force().filtered(lambda row: row.code in codes)
        self._end_rows(rows)
        if rows:
            result["ended"] += 1

    @api.model
    def _replaced(self, partner, codes, new):
        """Codes in force that a ``new`` one of the same form replaces (a merger, a code put right)."""
        forms = {agency_code.parse(code).form for code in new}
        return partner.vanban_code_ids._in_force().filtered(lambda row: row.form in forms and row.code not in codes)

    @api.model
    def _end_rows(self, rows):
        yesterday = fields.Date.subtract(vietnam_time.today(), days=1)
        for row in rows:
            # A code of today never was in force.
            row.date_to = max(filter(None, (yesterday, row.date_from)))

    @api.model
    def _forget(self, transport, listed, result):
        """Agencies that the directory no longer holds are not reached through it."""
        gone = self.env["res.partner"].search([("vanban_transport_ids", "=", transport.id), ("id", "not in", list(listed))])
        gone.write({"vanban_transport_ids": [(3, transport.id)]})
        result["ended"] += len(gone)

    @staticmethod
    def _remark(result, text):
        if len(result["remarks"]) < 200:
            result["remarks"].append(text)


class Transport(models.Model):
    _inherit = "vanban.transport"

    directory_wanted = fields.Boolean(readonly=True, copy=False)
    directory_done = fields.Integer("Lines read", readonly=True, copy=False)
    directory_version = fields.Char(readonly=True, copy=False)
    directory_report = fields.Text("Last reading of the directory", readonly=True, copy=False)

    def action_fetch_directory(self):
        """Have the directory read in the background; the form shows how far it is."""
        self.ensure_one()
        self.env["vanban.peer"]._require_admin()
        self.sudo().write({"directory_wanted": True, "directory_done": 0})  # safe: a request to the server, right checked above
        self.env.ref("vanban_lienthong.cron_directory").sudo()._trigger()  # safe: wakes the job
        return {
            "type": "ir.actions.client", "tag": "display_notification",
            "params": {"type": "info", "message": self.env._("The directory is being read in the background.")},
        }

    @api.model
    def _cron_directory(self):
        """Read the directories that were asked for, each axis once a day, and between that what changed."""
        self = self.with_user(SUPERUSER_ID).with_context(lang="vi_VN")
        before = fields.Datetime.subtract(fields.Datetime.now(), hours=20)
        axes = self.search([]).filtered(lambda transport: transport.of_transport and (  # pylint: disable=no-search-all
            transport.directory_wanted or not transport.directory_date or transport.directory_date < before))
        for axis in axes:
            axis._read_directory()
            if not self.env["ir.cron"]._commit_progress(1):
                return
        rest = self.search([]).filtered(  # pylint: disable=no-search-all
            lambda axis: DRIVERS[axis.driver].keeps_registrations and axis.directory_date and axis.directory_version != _NO_CHANGES)
        for axis in rest - axes:
            axis._read_changes()
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _read_changes(self):
        """What changed in the directory of this axis; an axis that cannot say it is read as a whole every day."""
        try:
            found = DRIVERS[self.driver].changes(self, self.directory_version)
        except DeliveryError as error:
            _logger.info("changes of the directory of %s: %s", self.name, error)
            if not error.unreachable:
                self.directory_version = _NO_CHANGES
            return
        seen = []

        def progress(count):
            seen.append(count)
            return self.env["ir.cron"]._commit_progress(0)

        self.env["vanban.directory"]._import(found.agencies, self, progress, whole=False)
        if sum(seen) == len(found.agencies):  # otherwise out of time: asked for again
            self.directory_version = found.version or _NO_CHANGES

    def _read_directory(self):
        try:
            lines = DRIVERS[self.driver].agencies(self)
        except DeliveryError as error:
            self.write({"directory_wanted": False, "directory_report": str(error), "last_error": str(error)[:500]})
            return
        if not lines:
            # An empty answer must not cut every agency off.
            self.write({"directory_wanted": False, "directory_report": self.env._("The axis sent an empty directory; nothing was changed.")})
            return

        def progress(count):
            self.directory_done += count
            return self.env["ir.cron"]._commit_progress(0)

        result = self.env["vanban.directory"]._import(lines, self, progress)
        if self.directory_done < len(lines):
            return  # out of time: asked for again, the lines done are only compared
        self.write({
            "directory_wanted": False, "directory_date": fields.Datetime.now(),
            # an axis that could not tell its changes may have learnt it
            "directory_version": False if self.directory_version == _NO_CHANGES else self.directory_version,
            "directory_report": "\n".join([self.env._(
                "%(lines)s lines: %(new)s new agencies, %(changed)s changed, %(ended)s ended.", lines=len(lines),
                new=result["new"], changed=result["changed"], ended=result["ended"]), *result["remarks"]]),
        })
