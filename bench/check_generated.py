"""Let the ORM compute again what the generator computed in SQL: ``python bench/check_generated.py DATABASE [--sample 300]``.

Prints every difference and ends with status 1 when there is one: computed fields of a sample, numbers without gap, foreign
keys, the words of the search, the chain of the log.
"""
import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "addons" / "vanban_core")]

import generate_people  # noqa: E402
from tools.text_index import tsvector  # noqa: E402

MODELS = ("vanban.document", "vanban.assignment", "vanban.file", "vanban.register.entry", "vanban.recipient")


def _computed(env, sample):
    """Stored computed fields whose value changes when the ORM computes them."""
    for name in MODELS:
        model = env[name]
        env.cr.execute(f"SELECT id FROM {model._table} ORDER BY hashint8(id) LIMIT %s", [sample])
        records = model.browse([row[0] for row in env.cr.fetchall()])
        names = [field.name for field in model._fields.values() if field.store and field.compute and field.column_type]
        before = {record.id: {field: record[field] for field in names} for record in records}
        for field in names:
            env.add_to_compute(model._fields[field], records)
        model._recompute_model()
        for record in records:
            for field in names:
                if (record[field] or False) != (before[record.id][field] or False):
                    yield f"{name} {record.id} {field}: {before[record.id][field]!r} would become {record[field]!r}"


def _numbers(env):
    env.cr.execute(
        "SELECT register_id, e.year, count(*), min(number), max(number), c.next_number FROM vanban_register_entry e"
        " LEFT JOIN vanban_register_counter c USING (register_id, year) GROUP BY 1, 2, c.next_number")
    for register, year, count, low, high, following in env.cr.fetchall():
        if (low, high, following) != (1, count, count + 1):
            yield f"register {register}, {year}: {count} lines from {low} to {high}, next {following}"
    env.cr.execute(
        "SELECT count(*) FROM vanban_document d LEFT JOIN vanban_register_entry e ON e.document_id = d.id"
        " WHERE (d.arrival_number IS NOT NULL OR d.number_date IS NOT NULL) AND (e.id IS NULL OR e.number IS DISTINCT FROM"
        " coalesce(d.arrival_number, d.code_number::int))")
    if wrong := env.cr.fetchone()[0]:
        yield f"{wrong} documents and their lines in the register differ"


def _foreign_keys(env):
    env.cr.execute(
        "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.conrelid::regclass::text LIKE 'vanban%'")
    for table, column, target in env.cr.fetchall():
        env.cr.execute(f'SELECT count(*) FROM {table} t LEFT JOIN {target} o ON o.id = t."{column}" WHERE t."{column}" IS NOT NULL AND o.id IS NULL')
        if lost := env.cr.fetchone()[0]:
            yield f"{table}.{column}: {lost} rows point nowhere"


def _words(env, sample):
    env.cr.execute("SELECT document_id, file_id, content, words::text FROM vanban_text ORDER BY hashint8(id) LIMIT %s", [sample])
    rows = env.cr.fetchall()
    for document, file, content, words in rows:
        env.cr.execute("SELECT %s::tsvector::text", [tsvector(content)])
        if env.cr.fetchone()[0] != words:
            yield f"words of document {document}, file {file}: not those of its text"
        if file is None and content != env["vanban.document"].browse(document)._words():
            yield f"words of document {document}: not those of its data"


def differences(database, sample=300):
    cursor, env = generate_people._environment(database)
    try:
        yield from _computed(env, sample)
        yield from _numbers(env)
        yield from _foreign_keys(env)
        yield from _words(env, sample)
        cursor.rollback()
        message = env["vanban.log.seal"].action_check()
        if "toàn vẹn" not in message:
            yield message
    finally:
        cursor.rollback()
        cursor.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--sample", type=int, default=300)
    options = parser.parse_args()
    found = list(differences(options.database, options.sample))
    print("\n".join(found[:40]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
