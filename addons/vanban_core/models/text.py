from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import text_fold, text_index

# the words of a document by which it is found, beside those of its files
INDEXED = (
    "subject", "code_number", "code_notation", "code", "document_code", "issuer_name", "signer_name", "signer_position", "note",
    "direction_text",
)  # fmt: skip

MANY = 10_000
# documents of one reader whose texts are looked through one by one rather than all that match
FEW = 4_000
# rows among which the number of very common words is counted first
SAMPLE = 40_000
# who may read as many finds the first page of very common words soon along the list
WALKERS = 200_000
CACHE = "vanban_text_matching"
SAMPLE_TOKEN = object()


class Text(models.Model):
    """Words of one document (``file_id`` empty: of its data) or of one file, for the full-text search (HCM Đ16.6c).

    Nobody reads these rows themselves; what the search finds is limited by the record rules of the document.
    """

    _name = "vanban.text"
    _description = "Words of documents and files"
    _log_access = False

    document_id = fields.Many2one("vanban.document", required=True, ondelete="cascade")
    file_id = fields.Many2one("vanban.file", ondelete="cascade")
    content = fields.Text()

    _once = models.UniqueIndex("(document_id, COALESCE(file_id, 0))", "The words of a file are kept once.")
    _by_file = models.Index("(file_id) WHERE file_id IS NOT NULL")

    def init(self):
        # a type that the ORM does not know
        self.env.cr.execute(SQL(
            """
            ALTER TABLE vanban_text ADD COLUMN IF NOT EXISTS words tsvector;
            CREATE INDEX IF NOT EXISTS vanban_text_words_index ON vanban_text USING gin (words);
            """
        ))

    @api.model
    def _put(self, rows):
        """Insert or replace; ``rows``: [(document id, file id or None, text)]."""
        if rows:
            values = SQL(", ").join(
                SQL("(%s, %s, %s, %s::tsvector)", document, file, text or None, text_index.tsvector(text)) for document, file, text in rows
            )
            self.env.execute_query(SQL(
                "INSERT INTO vanban_text (document_id, file_id, content, words) VALUES %s"
                " ON CONFLICT (document_id, (COALESCE(file_id, 0))) DO UPDATE SET content = EXCLUDED.content, words = EXCLUDED.words"
                " RETURNING id", values,
            ))
            self.invalidate_model(["content"])
            self.env.cr.cache.pop(CACHE, None)

    @api.model
    def _matching(self, query):
        """Ids of the documents in which a ``tsquery`` matches, or None when there are more than ``MANY`` rows of them.

        Few matches are handed to the search as ids: left to the planner, a rare phrase of common words would be looked for
        along the order of the list, reading every text (41 s instead of 5 ms at a million documents). For very common
        words just that is the fast way, since the first page is soon full (see ``_search_common``).
        """
        found = self._first(query)
        return None if len(found) > MANY else sorted(set(found))

    @api.model
    def _first(self, query):
        """The documents of the first ``SAMPLE`` rows that match, one for each row."""
        cache = self.env.cr.cache.setdefault(CACHE, {})  # page and count of one request ask the same
        if query not in cache:
            # materialized: planned as if all were wanted, that is by the index, and read only until there are too many
            rows = self.env.execute_query(SQL(
                "WITH found AS MATERIALIZED (SELECT document_id FROM vanban_text WHERE words @@ %s::tsquery)"
                " SELECT document_id FROM found LIMIT %s", query, SAMPLE,
            ))
            cache[query] = [row[0] for row in rows]
        return cache[query]


    @api.model
    def _among_few(self, query):
        """Ids of the matching documents among those that the user may read, or None when these are more than ``FEW``.

        Narrows only to what the record rule gives anyway; nobody sees more by it.
        """
        if self.env.su:
            return None
        cache = self.env.cr.cache.setdefault(CACHE, {})
        key = (query, self.env.uid)
        if key not in cache:
            readable = [row[0] for row in self.env.execute_query(SQL(
                "SELECT document_id FROM vanban_access WHERE principal_id = ANY(%s) LIMIT %s",
                self.env.user.vanban_principal_ids.ids, FEW + 1,
            ))]
            cache[key] = None if len(readable) > FEW else sorted({row[0] for row in self.env.execute_query(SQL(
                "SELECT document_id FROM vanban_text WHERE document_id = ANY(%s) AND words @@ %s::tsquery", readable, query,
            ))})
        return cache[key]


    @api.model
    def _is_walked(self, query):
        """Whether so many match and so many may be read that hardly any is looked at in vain."""
        if len(self._first(query)) < SAMPLE:
            return False
        return self.env.su or self.env.execute_query(SQL(
            "SELECT count(*) FROM (SELECT FROM vanban_access WHERE principal_id = ANY(%s) LIMIT %s) readable",
            self.env.user.vanban_principal_ids.ids, WALKERS,
        ))[0][0] >= WALKERS


class DocumentSearch(models.Model):
    _inherit = "vanban.document"

    content_search = fields.Char(
        "Words in data and files", store=False, compute="_compute_content_search", search="_search_content",
        help="All words must occur, with or without accents; put words that follow each other in quotation marks.",
    )  # fmt: skip

    def _compute_content_search(self):
        self.content_search = False

    @api.model
    def _search_content(self, operator, value):
        if operator not in ("ilike", "like", "=") or not isinstance(value, str):
            return NotImplemented
        query = text_index.tsquery(value)
        if not query:
            return Domain.TRUE if not value.strip() else Domain.FALSE
        found = self.env["vanban.text"]._matching(query)
        if found is not None:
            return Domain("id", "in", found)
        few = self.env["vanban.text"]._among_few(query)
        return Domain("id", "in", few) if few is not None else self._search_common(query)

    @api.model
    def _is_common(self, value):
        """Whether the words are held by very many documents, and the user reads many."""
        query = text_index.tsquery(value if isinstance(value, str) else "")
        words = self.env["vanban.text"]
        return bool(query) and words._matching(query) is None and words._among_few(query) is None

    @api.model
    def _search_common(self, query):
        """Condition for words that many documents hold: where it pays, looked at one by one in the order of the list."""
        if self.env.context.get("vanban_sample") is SAMPLE_TOKEN:
            return Domain("id", "in", sorted(set(self.env["vanban.text"]._first(query))))
        if not self.env["vanban.text"]._is_walked(query):
            return Domain.custom(to_sql=lambda model, alias, _query: SQL(
                "%s IN (SELECT document_id FROM vanban_text WHERE words @@ %s::tsquery)", SQL.identifier(alias, "id"), query,
            ))
        # OFFSET keeps the planner from collecting half a million matches before it shows the first page
        return Domain.custom(to_sql=lambda model, alias, _query: SQL(
            "EXISTS (SELECT FROM vanban_text found WHERE found.document_id = %s AND found.words @@ %s::tsquery OFFSET 0)",
            SQL.identifier(alias, "id"), query,
        ))

    @api.model
    def search_count(self, domain, limit=None):
        """Up to a limit the number of very common words is soon known: a sample of the matches may already hold as many."""
        conditions = [item for item in Domain(domain or []).iter_conditions() if item.field_expr == "content_search"] if limit else ()
        # a sample can only prove "at least": not what must not be found
        plain = all(item.operator in ("ilike", "like", "=") for item in conditions) and "!" not in list(Domain(domain or []))
        if conditions and plain and any(self._is_common(item.value) for item in conditions):
            sampled = super(DocumentSearch, self.with_context(vanban_sample=SAMPLE_TOKEN)).search_count(domain, limit)
            if sampled >= limit:
                return sampled
        return super().search_count(domain, limit)

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents._index_words()
        return documents

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(INDEXED) or "issuer_id" in vals:
            self._index_words()
        return result

    def _index_words(self):
        rows = self.sudo()  # safe: words go into the index, which is searched under the record rules
        self.env["vanban.text"]._put([(document.id, None, document._words()) for document in rows])

    def _words(self):
        """Text of the data by which the document is found."""
        return "\n".join(str(self[name]) for name in INDEXED if self[name])

    def _archive_forget(self, reason):
        """Destroyed content is found no more; the words of the metadata stay (HCM Đ16.7a)."""
        super()._archive_forget(reason)
        # safe: the destruction was decided and confirmed in the archive
        self.env["vanban.text"].sudo().search([("document_id", "in", self.ids), ("file_id", "!=", False)]).unlink()
        self.env.cr.cache.pop(CACHE, None)


class Access(models.Model):
    _inherit = "vanban.access"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.cr.cache.pop(CACHE, None)
        return super().create(vals_list)

    def unlink(self):
        self.env.cr.cache.pop(CACHE, None)
        return super().unlink()


class FileText(models.Model):
    _inherit = "vanban.file"

    text_ids = fields.One2many("vanban.text", "file_id", "Words", groups=fields.NO_ACCESS)

    def _set_text(self, text):
        """Keep the text read from these files (by extraction or OCR) for the search; an empty text marks them as read."""
        text = text_fold.normalize((text or "")[:text_index.LONGEST_TEXT])
        self.env["vanban.text"]._put([(file.document_id.id, file.id, text) for file in self.sudo()])  # safe: ids only
