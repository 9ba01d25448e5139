"""What issued documents of earlier versions lack: who replaced them, and that urgent paper was handed over before anybody asked for more."""

PAPER_NOTE = "Bản giấy đã bàn giao trước khi hệ thống theo dõi xác nhận"


def migrate(cr, version):
    """In one statement each: there are the recipients of all years."""
    cr.execute(
        """
        UPDATE vanban_recipient AS old SET replacement_id = later.id
          FROM vanban_document_link AS link
          JOIN vanban_document AS later ON later.id = link.document_id AND later.issued_date IS NOT NULL
          JOIN vanban_recipient AS new ON new.document_id = later.id
         WHERE link.kind = 'replaces' AND old.document_id = link.target_id AND old.replacement_id IS NULL
           AND (old.partner_id, old.department_id, old.user_id) IS NOT DISTINCT FROM (new.partner_id, new.department_id, new.user_id)
        """)
    # nobody is named: nobody confirmed it, but an alert about the post of former years helps nobody either
    cr.execute(
        """
        UPDATE vanban_recipient SET confirmed_date = COALESCE(state_date, issued_date), confirmed_means = 'other', confirmed_note = %s
         WHERE channel = 'paper' AND state IN ('accepted', 'completed') AND urgency <> '0' AND issued_date IS NOT NULL AND confirmed_date IS NULL
        """, [PAPER_NOTE])
    # by SQL: the rules of a list that documents follow are fixed for everybody else
    cr.execute("UPDATE vanban_document_class SET paper_kept_only = TRUE WHERE code = 'B.III.1' AND direction = 'out' AND use_form = 'both'")
