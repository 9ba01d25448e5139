"""The chain over generated log rows, as ``vanban.log.seal`` makes it, without a million rows waiting to be sealed later."""
from psycopg2.extras import execute_values

COLUMNS = (
    "id", "date", "user_id", "user_name", "principal_name", "company_id", "model", "res_id", "document_id", "action", "outcome", "comment",
    "data", "remote_addr",
)  # fmt: skip
BATCH = 20_000


def last_row(cursor):
    cursor.execute("SELECT coalesce(max(id), 0) FROM vanban_log")
    return cursor.fetchone()[0]


def seal(connection, after):
    """Seal all log rows with an id above ``after``; returns how many."""
    from tools.log_chain import GENESIS, canonical_row, chain, row_digest

    with connection.cursor() as writer:
        writer.execute("SELECT sequence, digest FROM vanban_log_seal ORDER BY sequence DESC LIMIT 1")
        sequence, previous = writer.fetchone() or (0, GENESIS)
        links, count = [], 0

        def store():
            execute_values(writer, "INSERT INTO vanban_log_seal (sequence, log_id, previous, digest) VALUES %s", links, page_size=2000)
            links.clear()

        with connection.cursor(name="log_rows") as reader:
            reader.itersize = BATCH
            reader.execute(f"SELECT {', '.join(COLUMNS)} FROM vanban_log WHERE id > %s ORDER BY id", [after])
            for row in reader:
                sequence, count = sequence + 1, count + 1
                digest = chain(previous, row_digest(canonical_row(dict(zip(COLUMNS, row, strict=True)))))
                links.append((sequence, row[0], previous, digest))
                previous = digest
                if len(links) >= BATCH:
                    store()
            store()
        writer.execute("DELETE FROM vanban_log_pending WHERE log_id > %s", [after])
    return count
