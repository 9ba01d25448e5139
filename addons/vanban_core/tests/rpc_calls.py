from odoo.exceptions import UserError
from odoo.service.model import call_kw


class RpcCalls:
    """Calls as the web client and JSON-2 make them: only public methods, without the rights or the context of the server."""

    def rpc(self, user, model, method, *args, **kwargs):
        self.env.flush_all()
        self.env.invalidate_all()
        return call_kw(self.env(user=user.id, su=False, context={})[model], method, args, kwargs)

    def refused(self, user, model, method, *args, **kwargs):
        """The words in which the call is refused."""
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            self.rpc(user, model, method, *args, **kwargs)
        return str(caught.exception)
