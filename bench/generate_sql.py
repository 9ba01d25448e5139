"""The statements that make documents of the numbers ``low`` to ``high`` out of the pools; every choice follows from the seed.

``d`` is the temporary table of the chunk: one row per document with everything chosen, from which all other rows follow.
"""

TABLES = (
    "vanban_document", "vanban_assignment", "vanban_access", "vanban_file", "ir_attachment", "vanban_register_entry", "vanban_recipient",
    "vanban_text", "vanban_log", "vanban_log_seal", "mail_activity", "vanban_debt_entry",
)  # fmt: skip

BULK = {
    # u(i, k): the k-th random number of document i, from 0 to 1; skewed(…): the lower, the more often
    "functions": """
        CREATE FUNCTION pg_temp.u(i bigint, k int) RETURNS float8 LANGUAGE sql IMMUTABLE AS
            $$ SELECT (hashint8extended(i, %(seed)s * 1000 + k) & 9007199254740991)::float8 / 9007199254740992 $$;
        CREATE FUNCTION pg_temp.pick(i bigint, k int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
            $$ SELECT floor(n * pg_temp.u(i, k))::int $$;
        CREATE FUNCTION pg_temp.skewed(i bigint, k int, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
            $$ SELECT floor(n * pg_temp.u(i, k) ^ 2.5)::int $$;
        CREATE FUNCTION pg_temp.word(t text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS
            $$ SELECT ('''' || t || ''':1')::tsvector $$;
        CREATE TEMP TABLE numbers (direction text, year int, last int, PRIMARY KEY (direction, year));
    """,
    # the series go on where the generated documents end
    "numbers": """
        INSERT INTO vanban_register_counter (register_id, year, next_number)
        SELECT register_id, year, max(number) + 1 FROM vanban_register_entry
        WHERE register_id IN (%(register_in)s, %(register_out)s) GROUP BY 1, 2
        ON CONFLICT (register_id, year) DO UPDATE SET next_number = EXCLUDED.next_number;
    """,
}

_CHOICE = """
DROP TABLE IF EXISTS d;
CREATE TEMP TABLE d AS
WITH one AS (
    SELECT i, %(base)s + i AS id, pg_temp.u(i, 1) < 0.7 AS incoming, (%(total)s - 1 - i) / %(per_day)s AS age, pg_temp.u(i, 2) AS fate,
        -- working days in their order, eight hours each, so that numbers and times agree; today only what has been
        (%(start)s::date + (floor(i::float8 / %(total)s * %(days)s)::int / 5 * 7 + floor(i::float8 / %(total)s * %(days)s)::int %% 5)
            + interval '1 hour' + (i::float8 / %(total)s * %(days)s - floor(i::float8 / %(total)s * %(days)s)) * interval '8 hours') AS at,
        pg_temp.skewed(i, 3, %(n_kind)s) AS kind, pg_temp.skewed(i, 4, %(n_issuer)s) AS issuer, pg_temp.skewed(i, 5, %(n_opening)s) AS opening,
        pg_temp.skewed(i, 6, %(n_topic)s) AS topic, pg_temp.pick(i, 7, %(n_ending)s) AS ending, pg_temp.skewed(i, 8, %(n_dept)s) AS dept,
        pg_temp.pick(i, 9, %(n_signer)s) AS signer, pg_temp.pick(i, 10, %(n_position)s) AS position,
        pg_temp.pick(i, 11, %(n_direction)s) AS direction,
        CASE WHEN pg_temp.u(i, 12) < 0.9 THEN '0'
            WHEN pg_temp.u(i, 12) < 0.97 THEN '1' WHEN pg_temp.u(i, 12) < 0.995 THEN '2' ELSE '3' END AS urgency,
        pg_temp.skewed(i, 13, %(n_paragraph)s) AS p1, pg_temp.skewed(i, 14, %(n_paragraph)s) AS p2, pg_temp.pick(i, 15, %(n_paragraph)s) AS p3,
        pg_temp.pick(i, 16, 3) AS coordinators, pg_temp.pick(i, 17, 3) AS informed, pg_temp.pick(i, 18, 3) + 1 AS recipients,
        pg_temp.pick(i, 19, 20) + 5 AS term, pg_temp.pick(i, 20, %(n_sample)s) AS sample, (pg_temp.pick(i, 21, 900) + 1)::text AS their_number
    FROM generate_series(%(low)s::bigint, %(high)s) AS i
), two AS (
    SELECT one.*, CASE
        WHEN incoming AND age < 1 THEN (ARRAY['received', 'checking', 'registered', 'submitted', 'distributed'])[1 + floor(fate * 5)::int]
        WHEN incoming AND fate < 0.005 THEN (ARRAY['refused', 'returned', 'no_value'])[1 + floor(fate * 600)::int]
        WHEN incoming AND age < 10 THEN CASE WHEN fate < 0.2 THEN 'distributed' WHEN fate < 0.8 THEN 'in_progress' ELSE 'done' END
        WHEN incoming AND age < 30 THEN CASE WHEN fate < 0.25 THEN 'in_progress' ELSE 'done' END
        WHEN incoming THEN CASE WHEN fate < 0.007 THEN 'in_progress' ELSE 'done' END
        WHEN age < 1 THEN (ARRAY['draft', 'review_unit', 'leader', 'signed', 'numbered'])[1 + floor(fate * 5)::int]
        WHEN age < 10 THEN CASE WHEN fate < 0.2 THEN 'draft' WHEN fate < 0.3 THEN 'leader' WHEN fate < 0.6 THEN 'issued' ELSE 'delivered' END
        WHEN fate < 0.01 THEN 'cancelled' WHEN fate < 0.03 THEN 'issued' ELSE 'delivered' END AS state
    FROM one
), three AS (
    SELECT two.*, (at AT TIME ZONE 'UTC' AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day,
        incoming AND state NOT IN ('received', 'checking', 'refused', 'returned', 'no_value') AS registered,
        NOT incoming AND state IN ('numbered', 'issued', 'delivered') AS numbered,
        state IN ('distributed', 'in_progress', 'done') AS distributed, state IN ('in_progress', 'done') AS started, state = 'done' AS done,
        state IN ('issued', 'delivered') AS issued
    FROM two
)
SELECT three.*, CASE WHEN registered OR numbered THEN coalesce(numbers.last, 0)
        + row_number() OVER (PARTITION BY incoming, registered OR numbered, extract(year FROM day) ORDER BY i) END::int AS number,
    o.text || ' ' || t.text || ' ' || e.text AS subject, o.words || t.words || e.words AS subject_words
FROM three
JOIN p_opening o ON o.n = opening JOIN p_topic t ON t.n = topic JOIN p_ending e ON e.n = ending
LEFT JOIN numbers ON numbers.direction = CASE WHEN incoming THEN 'in' ELSE 'out' END AND numbers.year = extract(year FROM day);
INSERT INTO numbers SELECT CASE WHEN incoming THEN 'in' ELSE 'out' END, extract(year FROM day), max(number) FROM d
    WHERE number IS NOT NULL GROUP BY 1, 2 ON CONFLICT (direction, year) DO UPDATE SET last = EXCLUDED.last;
ALTER TABLE d ADD PRIMARY KEY (i);
ANALYZE d;
"""

# arrivals of a day are to be passed on by 17:00 of it, or of the next working day (profile of the decree: the same day)
_DOCUMENTS = """
DROP TABLE IF EXISTS limits;
CREATE TEMP TABLE limits AS
SELECT day AS limited_day, (SELECT min(x)::date FROM generate_series(day::timestamp, day + 30, interval '1 day') x
    LEFT JOIN vanban_holiday h ON h.date = x::date AND h.company_id IS NULL
    WHERE CASE WHEN h.kind IS NULL THEN extract(isodow FROM x) < 6 ELSE h.kind = 'workday' END) + interval '10 hours' AS until
FROM (SELECT DISTINCT day FROM d) days;
INSERT INTO vanban_document (
    id, company_id, direction, state, kind_id, subject, code_number, code_notation, code, issue_date, issuer_id, issuer_name, signer_name,
    signer_position, urgency, secrecy, language, medium, page_count, main_file_id, document_code, arrival_date, arrival_number,
    arrival_register_id, registered_date, submitted_to_id, direction_text, deadline, lead_department_id, lead_user_id, outcome, done_date,
    drafter_id, department_id, signer_id, register_id, number_date, signed_date, sealed_date, issued_date, clerk_id, round,
    create_uid, write_uid, create_date, write_date, restricted, reply_required, signed_on_paper, unit_id, debt_entry_id, first_deadline,
    step_date, route_deadline)
SELECT d.id, %(company)s, CASE WHEN incoming THEN 'in' ELSE 'out' END, state, k.id, subject,
    c.number, c.notation, concat_ws('/', c.number, c.notation),
    CASE WHEN incoming THEN day - 3 WHEN numbered THEN day END,
    CASE WHEN incoming THEN s.id ELSE %(own_partner)s END, CASE WHEN incoming THEN s.text ELSE %(own_name)s END,
    CASE WHEN incoming THEN g.text ELSE head.text END, CASE WHEN incoming THEN po.text ELSE 'Trưởng phòng' END,
    urgency, '0', 'Tiếng Việt', 'electronic', f.pages, %(file_base)s + i,
    CASE WHEN numbered THEN %(organ)s || ',' || to_char(day, 'YYYY/MM/DD') || ',' || c.number || '/' || c.notation END,
    at, CASE WHEN registered THEN d.number END, CASE WHEN registered THEN %(register_in)s END,
    CASE WHEN registered THEN at + interval '5 minutes' END, CASE WHEN registered AND state <> 'registered' THEN %(leader)s END,
    CASE WHEN distributed THEN di.text END, CASE WHEN distributed THEN day + term END, CASE WHEN distributed THEN u.id END,
    CASE WHEN started THEN worker.id END, CASE WHEN done THEN 'reference' END, CASE WHEN done THEN at + term * interval '20 hours' END,
    CASE WHEN NOT incoming THEN worker.id END, CASE WHEN NOT incoming THEN u.id END, CASE WHEN NOT incoming THEN head.id END,
    CASE WHEN numbered THEN %(register_out)s END, CASE WHEN numbered THEN day END, CASE WHEN numbered OR state = 'signed' THEN at END,
    CASE WHEN issued THEN at + interval '1 hour' END, CASE WHEN issued THEN at + interval '1 hour' END,
    CASE WHEN issued THEN %(clerk)s END, CASE WHEN incoming OR state = 'draft' THEN 0 ELSE 1 END,
    CASE WHEN incoming THEN %(clerk)s ELSE worker.id END, %(clerk)s, at, at, false, false, false,
    CASE WHEN distributed THEN u.id END, CASE WHEN incoming AND done THEN %(debt_base)s + i END, CASE WHEN distributed THEN day + term END, at,
    CASE WHEN incoming AND urgency <> '0' THEN at + %(urgent_minutes)s * interval '1 minute' WHEN incoming THEN limits.until END
FROM d
JOIN limits ON limits.limited_day = d.day
JOIN p_kind k ON k.n = d.kind JOIN p_issuer s ON s.n = issuer JOIN p_dept u ON u.n = d.dept JOIN p_sample f ON f.n = sample
JOIN p_signer g ON g.n = signer JOIN p_position po ON po.n = position JOIN p_direction di ON di.n = d.direction
JOIN p_notation nt ON nt.kind = d.kind AND nt.dept = d.dept
JOIN p_staff head ON head.dept = d.dept AND head.place = 0
JOIN p_staff worker ON worker.dept = d.dept AND worker.place = 1 + pg_temp.pick(i, 22, %(per_unit)s - 1)
CROSS JOIN LATERAL (SELECT CASE WHEN incoming THEN their_number WHEN d.number < 10 THEN '0' || d.number ELSE d.number::text END AS number,
    CASE WHEN incoming THEN s.symbol ELSE nt.text END AS notation) c;
"""

# 1 the lead unit, 2 the lead person under it, 3 and 4 coordinating units, 5 and 6 units informed
_ASSIGNMENTS = """
INSERT INTO vanban_assignment (
    id, document_id, company_id, parent_id, role, department_id, user_id, assignee_name, note, deadline, assigner_id, state, urgency,
    received_date, done_date, contribution, create_uid, write_uid, create_date, write_date)
SELECT %(assignment_base)s + i * 4 + slot, d.id, %(company)s, CASE WHEN slot = 1 THEN %(assignment_base)s + i * 4 END,
    CASE WHEN slot < 2 THEN 'lead' WHEN slot = 2 THEN 'coordinate' ELSE 'inform' END,
    CASE WHEN slot <> 1 THEN u.id END, CASE WHEN slot = 1 THEN worker.id END, CASE WHEN slot = 1 THEN worker.text ELSE u.text END,
    di.text, CASE WHEN slot = 3 THEN NULL ELSE day + term END, CASE WHEN slot = 1 THEN head.id ELSE %(leader)s END, a.state, urgency,
    CASE WHEN a.state <> 'new' THEN at + interval '3 hours' END,
    CASE WHEN a.state IN ('done', 'contributed') THEN at + term * interval '19 hours' END,
    CASE WHEN a.state = 'contributed' THEN 'Nhất trí với dự thảo.' END, %(leader)s, %(leader)s, at + interval '2 hours', at + interval '3 hours'
FROM d
CROSS JOIN generate_series(0, 3) AS slot
JOIN p_direction di ON di.n = d.direction
JOIN p_dept u ON u.n = (d.dept + slot) %% %(n_dept)s
JOIN p_staff head ON head.dept = d.dept AND head.place = 0
JOIN p_staff worker ON worker.dept = d.dept AND worker.place = 1 + pg_temp.pick(i, 22, %(per_unit)s - 1)
CROSS JOIN LATERAL (SELECT CASE
    WHEN slot = 2 AND done THEN 'contributed' WHEN done THEN 'done' WHEN slot = 0 AND started THEN 'processing' WHEN slot = 1 THEN 'processing'
    WHEN slot = 2 AND started AND pg_temp.u(i, 23) < 0.5 THEN 'contributed' ELSE 'new' END AS state) a
WHERE distributed AND (slot = 0 OR slot = 1 AND started OR slot = 2 AND coordinators > 0 OR slot = 3 AND informed > 0);
"""

# what is completed is written off, in time
_DEBTS = """
INSERT INTO vanban_debt_entry (
    id, document_id, company_id, kind, mode, date, user_id, department_id, handler_id, due_date, days_late, create_uid, write_uid, create_date,
    write_date)
SELECT v.debt_entry_id, v.id, v.company_id, 'written_off', 'reference', v.done_date, v.lead_user_id, v.unit_id, v.lead_user_id, v.deadline, 0,
    v.lead_user_id, v.lead_user_id, v.done_date, v.done_date
FROM d JOIN vanban_document v ON v.id = d.id WHERE v.debt_entry_id IS NOT NULL;
"""

_ACCESS = """
INSERT INTO vanban_access (document_id, principal_id, act, source)
SELECT d.id, a.principal, a.act, a.source FROM d
JOIN p_dept u ON u.n = d.dept
JOIN p_staff head ON head.dept = d.dept AND head.place = 0
JOIN p_staff worker ON worker.dept = d.dept AND worker.place = 1 + pg_temp.pick(i, 22, %(per_unit)s - 1)
JOIN p_dept second ON second.n = (d.dept + 2) %% %(n_dept)s
JOIN p_dept third ON third.n = (d.dept + 3) %% %(n_dept)s
CROSS JOIN LATERAL (VALUES
    (incoming, %(registry)s, true, 'registry'),
    (registered AND state <> 'registered', %(leader_principal)s, true, 'distribution'),
    (registered AND state <> 'registered', %(chief_principal)s, true, 'distribution'),
    (distributed, u.principal, true, 'assignment'),
    (started, worker.principal, true, 'assignment'),
    (distributed AND coordinators > 0, second.principal, NOT done, 'assignment'),
    (distributed AND informed > 0, third.principal, false, 'assignment'),
    (NOT incoming, worker.principal, true, 'drafter'),
    (NOT incoming AND state NOT IN ('draft', 'cancelled'), head.principal, true, 'review'),
    (NOT incoming AND state NOT IN ('draft', 'cancelled', 'review_unit', 'leader'), %(registry)s, true, 'registry'),
    (issued, worker.principal, false, 'issue'),
    (issued, head.principal, false, 'issue'),
    (issued, u.principal, false, 'issue')
) AS a (given, principal, act, source) WHERE a.given;
"""

_FILES = """
INSERT INTO vanban_file (
    id, document_id, company_id, name, role, stage, version, sha256, size, mimetype, page_count, is_original, author_id,
    create_uid, write_uid, create_date, write_date)
SELECT %(file_base)s + i, d.id, %(company)s, f.name, 'main', CASE WHEN incoming THEN 'received' WHEN issued THEN 'sealed' ELSE 'draft' END, 1,
    f.sha256, f.size, 'application/pdf', f.pages, incoming, %(clerk)s, %(clerk)s, %(clerk)s, at, at
FROM d JOIN p_sample f ON f.n = sample;
INSERT INTO ir_attachment (
    name, res_model, res_field, res_id, company_id, type, store_fname, checksum, file_size, mimetype, public,
    create_uid, write_uid, create_date, write_date)
SELECT f.name, 'vanban.file', 'content', %(file_base)s + i, %(company)s, 'binary', f.store, f.checksum, f.size, 'application/pdf', false,
    %(clerk)s, %(clerk)s, at, at
FROM d JOIN p_sample f ON f.n = sample;
"""

# the words of the data in the order in which the ORM puts them together, and the text of the file
_TEXT = """
INSERT INTO vanban_text (document_id, content, words)
SELECT v.id, concat_ws(E'\\n', v.subject, v.code_number, v.code_notation, v.code, v.document_code, v.issuer_name, v.signer_name, v.signer_position,
        v.direction_text),
    d.subject_words || w.number || w.notation || w.number || w.notation
    || CASE WHEN numbered THEN %(organ_words)s::tsvector || pg_temp.word(to_char(day, 'YYYY')) || pg_temp.word(to_char(day, 'MM'))
        || pg_temp.word(to_char(day, 'DD')) || w.number || w.notation ELSE ''::tsvector END
    || CASE WHEN incoming THEN s.words || g.words || po.words ELSE %(own_words)s::tsvector || head.words || %(head_words)s::tsvector END
    || CASE WHEN distributed THEN di.words ELSE ''::tsvector END
FROM d JOIN vanban_document v ON v.id = d.id
JOIN p_issuer s ON s.n = issuer JOIN p_signer g ON g.n = signer JOIN p_position po ON po.n = position JOIN p_direction di ON di.n = d.direction
JOIN p_notation nt ON nt.kind = d.kind AND nt.dept = d.dept
JOIN p_staff head ON head.dept = d.dept AND head.place = 0
CROSS JOIN LATERAL (SELECT CASE WHEN v.code_number IS NULL THEN ''::tsvector ELSE pg_temp.word(v.code_number) END AS number,
    CASE WHEN incoming THEN s.symbol_words ELSE nt.words END AS notation) w;
INSERT INTO vanban_text (document_id, file_id, content, words)
SELECT d.id, %(file_base)s + i, concat_ws(E'\\n', subject, p1.text, p2.text, p3.text), subject_words || p1.words || p2.words || p3.words
FROM d JOIN p_paragraph p1 ON p1.n = d.p1 JOIN p_paragraph p2 ON p2.n = d.p2 JOIN p_paragraph p3 ON p3.n = d.p3;
"""

_ENTRIES = """
INSERT INTO vanban_register_entry (register_id, company_id, year, number, date, document_id, state, create_uid, write_uid, create_date, write_date)
SELECT CASE WHEN incoming THEN %(register_in)s ELSE %(register_out)s END, %(company)s, extract(year FROM day), number, day, id, 'used',
    %(clerk)s, %(clerk)s, at, at
FROM d WHERE number IS NOT NULL;
"""

_RECIPIENTS = """
INSERT INTO vanban_recipient (
    document_id, company_id, sequence, partner_id, name, channel, paper_reason, copies, state, state_date, sent_date, for_information,
    issued_date, urgency, create_uid, write_uid, create_date, write_date)
SELECT d.id, %(company)s, 10, s.id, s.text, 'paper', 'no_technical', 1,
    CASE WHEN state = 'delivered' THEN 'accepted' ELSE 'pending' END, CASE WHEN state = 'delivered' THEN at + interval '1 day' END,
    CASE WHEN state = 'delivered' THEN at + interval '1 day' END, false,
    CASE WHEN issued THEN at + interval '1 hour' END, urgency, %(clerk)s, %(clerk)s, at, at
FROM d CROSS JOIN generate_series(1, 3) AS slot JOIN p_issuer s ON s.n = (issuer + slot * 7) %% %(n_issuer)s
WHERE NOT incoming AND slot <= recipients;
"""

_LOG = """
INSERT INTO vanban_log (date, user_id, user_name, company_id, model, res_id, document_id, action, outcome, data)
SELECT at, %(clerk)s, 'Văn thư', %(company)s, 'vanban.document', d.id, d.id, a.action, 'done', a.data
FROM d CROSS JOIN LATERAL (VALUES
    (true, 'create', NULL),
    (registered, 'register', '{"from": "checking", "to": "registered"}'),
    (numbered, 'number', '{"from": "clerk_check", "to": "numbered"}')
) AS a (given, action, data) WHERE a.given ORDER BY i;
"""

_TODOS = """
INSERT INTO mail_activity (
    res_model_id, res_model, res_id, user_id, activity_type_id, date_deadline, summary, automated, active,
    create_uid, write_uid, create_date, write_date)
SELECT %(document_model)s, 'vanban.document', d.id, CASE WHEN started THEN worker.id ELSE head.id END, %(todo)s, day + term, 'Chủ trì', true, true,
    %(leader)s, %(leader)s, at, at
FROM d
JOIN p_staff head ON head.dept = d.dept AND head.place = 0
JOIN p_staff worker ON worker.dept = d.dept AND worker.place = 1 + pg_temp.pick(i, 22, %(per_unit)s - 1)
WHERE distributed AND NOT done;
"""

# in this order; an addon or a part with tables of its own that follow from documents adds its statement here
STEPS = [
    ("choice", _CHOICE), ("documents", _DOCUMENTS), ("files", _FILES), ("assignments", _ASSIGNMENTS), ("access", _ACCESS), ("text", _TEXT),
    ("debts", _DEBTS), ("entries", _ENTRIES), ("recipients", _RECIPIENTS), ("log", _LOG), ("todos", _TODOS),
]  # fmt: skip
