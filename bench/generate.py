"""Fill an agency with made-up documents: ``python bench/generate.py DATABASE --documents 100000 [--seed 7]``.

The database must have vanban_core installed (``python scripts/testdb.py clone NAME``). Documents of five years, seven of
ten incoming: registers without gap, assignments, access, files with their words, recipients, log. What is open is recent,
as in life. Accounts ``mau.vanthu``, ``mau.lanhdao``, ``mau.chanhvp`` and ``mau.nv00001`` …, password ``vanban``. The same seed gives
the same documents. Values that the ORM computes are computed here in SQL; a test lets the ORM compute them again.
From Python: ``fill(database, documents=10_000, seed=7)``.
"""
import argparse
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

import psycopg2
from psycopg2.extras import execute_values

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench"), str(ROOT / "addons" / "vanban_core")]

import generate_log  # noqa: E402
import generate_people as people  # noqa: E402
from generate_sql import BULK, STEPS, TABLES  # noqa: E402
from tools.text_index import tsvector  # noqa: E402
from vocabulary import DIRECTIONS, OPENINGS, POSITIONS, Vocabulary  # noqa: E402

CHUNK = 50_000
YEARS = 5
# from here on it pays to build the indexes afterwards
LARGE = 50_000


def _pools(cursor, seed, facts):
    """Temporary tables of phrases with their words, joined to the documents by number."""
    vocabulary = Vocabulary(seed)
    year = facts["today"].year
    pools = {
        "opening": OPENINGS,
        "topic": vocabulary.topics(900),
        "ending": vocabulary.endings(4000, range(year - YEARS, year + 1)),
        "paragraph": vocabulary.paragraphs(5000),
        "direction": DIRECTIONS,
        "position": POSITIONS,
        "signer": [vocabulary.person() for _each in range(500)],
    }
    for name, texts in pools.items():
        cursor.execute(f"CREATE TEMP TABLE p_{name} (n int PRIMARY KEY, text text, words tsvector)")
        execute_values(cursor, f"INSERT INTO p_{name} VALUES %s", [(n, text, tsvector(text)) for n, text in enumerate(texts)],
                       "(%s, %s, %s::tsvector)")
    tables = {
        "kind": "n int PRIMARY KEY, id int",
        "issuer": "n int PRIMARY KEY, id int, text text, symbol text, words tsvector, symbol_words tsvector",
        "dept": "n int PRIMARY KEY, id int, text text, principal int",
        "staff": "n int PRIMARY KEY, id int, text text, principal int, dept int, place int, words tsvector",
        "notation": "kind int, dept int, text text, words tsvector, PRIMARY KEY (kind, dept)",
        "sample": "n int PRIMARY KEY, name text, sha256 text, checksum text, store text, size int, pages int",
    }
    for name, columns in tables.items():
        cursor.execute(f"CREATE TEMP TABLE p_{name} ({columns})")
        rows = facts[name]
        if name == "issuer":
            rows = [(*row, tsvector(row[2]), tsvector(row[3])) for row in rows]
        elif name in ("notation", "staff"):
            rows = [(*row, tsvector(row[2])) for row in rows]
        execute_values(cursor, f"INSERT INTO p_{name} VALUES %s", rows)
    cursor.execute("ANALYZE")
    return {f"n_{name}": len(rows) for name, rows in pools.items()} | {f"n_{name}": len(facts[name]) for name in tables}


def _reserve(cursor, table, count):
    """First of ``count`` ids that nobody else gets."""
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
    first = cursor.fetchone()[0]
    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count])
    return first


def _without_indexes(cursor):
    """Drop what is no constraint on the large tables; returns the statements that make it again.

    With the comments: by them an upgrade sees that a definition has changed.
    """
    cursor.execute(
        "SELECT indexname, indexdef, obj_description(quote_ident(indexname)::regclass, 'pg_class')"
        " FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)", [list(TABLES)])
    statements = []
    for name, definition, comment in cursor.fetchall():
        cursor.execute(f'DROP INDEX "{name}"')
        statements.append(definition)
        if comment:
            statements.append(cursor.mogrify(f'COMMENT ON INDEX "{name}" IS %s', [comment]))
    return statements


def _defaults(cursor, database):
    """Defaults that only the ORM knows go into the columns for the time of the filling: addons may have added fields."""
    facts = people.defaults(database, TABLES)
    for table, column, value in facts:
        cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" SET DEFAULT %s', [value])
    return facts


def fill(database, documents=10_000, seed=7, verbose=True):
    """Fill the main agency of ``database``; returns ``{"seconds", "documents", "tables": {name: rows}}``."""
    started = time.monotonic()

    def say(text):
        if verbose:
            print(f"{time.monotonic() - started:7.1f} s  {text}", file=sys.stderr, flush=True)

    facts = people.prepare(database, documents, seed)
    say(f"{facts['users']} users, {len(facts['dept'])} units")
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '128MB'; SET synchronous_commit = off")
        values = _pools(cursor, seed, facts) | {key: facts[key] for key in (
            "company", "register_in", "register_out", "registry", "clerk", "leader", "leader_principal", "chief_principal", "todo",
            "document_model", "organ", "own_partner", "own_name", "per_unit")}
        values |= {"seed": seed, "total": documents, "per_day": max(documents / (YEARS * 250), 150),
                   "organ_words": tsvector(facts["organ"]),
                   "own_words": tsvector(facts["own_name"]), "head_words": tsvector("Trưởng phòng"),
                   "start": facts["today"] - timedelta(days=YEARS * 365),
                   "days": YEARS * 365 * 5 // 7 - 1}
        cursor.execute(BULK["functions"], values)
        defaults = _defaults(cursor, database)
        large = documents >= LARGE
        indexes = []
        # documents and their files name each other: foreign keys hold when all is in (a test looks)
        cursor.execute("SET session_replication_role = replica")
        if large:
            indexes = _without_indexes(cursor)
        log_row = generate_log.last_row(cursor)
        base = _reserve(cursor, "vanban_document", documents)
        values |= {"debt_base": _reserve(cursor, "vanban_debt_entry", documents), "urgent_minutes": facts["urgent_minutes"]}
        values |= {"base": base, "file_base": _reserve(cursor, "vanban_file", documents),
                   "assignment_base": _reserve(cursor, "vanban_assignment", documents * 4)}
        for low in range(0, documents, CHUNK):
            values |= {"low": low, "high": min(low + CHUNK, documents) - 1}
            for name, statement in STEPS:
                try:
                    cursor.execute(statement, values)
                except psycopg2.Error as error:
                    raise RuntimeError(f"step {name}: {error}") from error
            say(f"{values['high'] + 1:,} documents")
        cursor.execute(BULK["numbers"], values)
        for definition in indexes:
            cursor.execute(definition)
        say("indexes")
        generate_log.seal(connection, log_row)
        say("chain of the log")
        for table, column, _value in defaults:
            cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" DROP DEFAULT')
        cursor.execute("SET session_replication_role = origin")
        counts = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    connection.close()
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
    connection.close()
    seconds = time.monotonic() - started
    say(", ".join(f"{table.removeprefix('vanban_')} {count:,}" for table, count in counts.items()))
    return {"seconds": round(seconds, 1), "documents": documents, "tables": counts}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    done = fill(options.database, options.documents, options.seed)
    print(f"{done['documents']:,} documents in {done['seconds']} s")


if __name__ == "__main__":
    os.environ.setdefault("PGDATABASE", "postgres")
    main()
