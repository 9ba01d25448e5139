"""Between two agencies: from issuing to the other side's queue, and the lists of in- and outbox when they are long."""
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(ROOT / "tests" / "system")]
SMALL = 10_000
LARGE = int(os.environ.get("VANBAN_BENCH_PACKETS", "1000000"))
LETTERS = int(os.environ.get("VANBAN_BENCH_LETTERS", "20"))
DATABASE = f"vb_bench_interchange_{os.getpid()}"

# In Odoo itself: what the web client asks when a list opens, with the clerk's rules; rows are made in SQL, copies of real ones.
# Each list fills its first page at both sizes: ten rows are read faster than eighty wherever they lie.
_INSIDE = """
import ast, json, statistics, time
import lxml.etree

company = env.company
company.partner_id.vanban_code_ids.unlink()
company.vanban_code = "Z96.02"
clerk = env["res.users"].create({
    "name": "Văn thư", "login": "bench_clerk", "company_ids": [(6, 0, company.ids)], "company_id": company.id,
    "group_ids": [(6, 0, [env.ref("base.group_user").id, env.ref("vanban_core.group_clerk").id])]})
partners = env["res.partner"].create([{"name": f"Cơ quan {n}", "is_company": True, "vanban_code": f"Z97.{n:03d}"} for n in range(38)])
transport = env.ref("vanban_lienthong.transport_local")
peers = env["vanban.peer"].create([{"company_id": company.id, "partner_id": p.id, "transport_id": transport.id} for p in partners])
kind = env["vanban.document.kind"].search([], limit=1)
document = env["vanban.document"].create({"direction": "in", "subject": "Văn bản mẫu", "kind_id": kind.id, "issuer_name": "Cơ quan 1"})
packet = env["vanban.packet"].create({
    "company_id": company.id, "document_id": document.id, "sha256": "0" * 64, "size": 1, "type": "document", "business_type": "0"})
env.flush_all()

def fill(start, stop):
    env.cr.execute('''
        INSERT INTO vanban_packet_out (packet_id, company_id, document_id, type, business_type, peer_id, partner_id, recipient_name, sender_code,
            recipient_code, urgency, state, state_date, message, queued_date, sent_date, attempts, next_attempt)
        SELECT %(packet)s, %(company)s, %(document)s, 'document', '0', p.id, p.partner_id, p.name, 'Z96.02', 'Z97', 2,
            CASE WHEN n %% 97 = 0 THEN 'dead' WHEN n %% 13 = 0 THEN 'sent' ELSE 'accepted' END,
            now() - n * interval '20 seconds', 'bench-' || n, now() - n * interval '20 seconds', now() - n * interval '20 seconds', 1, now()
          FROM generate_series(%(start)s, %(stop)s - 1) n
          JOIN (SELECT *, row_number() OVER () - 1 AS place FROM vanban_peer) p ON p.place = n %% 38''',
        {"packet": packet.id, "company": company.id, "document": document.id, "start": start, "stop": stop})
    env.cr.execute('''
        INSERT INTO vanban_packet_in (company_id, peer_id, partner_id, sender_code, sender_name, message, received_date, type, business_type,
            document_code, code, subject, urgency, state, sha256, size, reason_code)
        SELECT %(company)s, p.id, p.partner_id, 'Z97', p.name, 'bench-' || n, now() - n * interval '20 seconds',
            CASE WHEN n %% 3 = 0 THEN 'status' ELSE 'document' END, '0', 'Z97,' || n, n || '/CV', 'Văn bản số ' || n, (n %% 4)::text,
            CASE WHEN n %% 97 = 0 THEN 'quarantined' WHEN n %% 199 = 0 THEN 'decision' ELSE 'done' END, md5(n::text), 1, 'BASE64_BROKEN'
          FROM generate_series(%(start)s, %(stop)s - 1) n
          JOIN (SELECT *, row_number() OVER () - 1 AS place FROM vanban_peer) p ON p.place = n %% 38''',
        {"company": company.id, "start": start, "stop": stop})
    env.cr.commit()
    env.cr.execute("ANALYZE vanban_packet_out, vanban_packet_in")
    env.cr.commit()

LISTS = {
    "sent documents": "vanban_lienthong.action_packet_out", "not delivered": "vanban_lienthong.action_packet_out_failed",
    "received packets": "vanban_lienthong.action_packet_in", "held packets": "vanban_lienthong.action_packet_in_held",
}

def measure():
    own, found = env(user=clerk), {}
    for name, xmlid in LISTS.items():
        action = env.ref(xmlid).read()[0]
        model = own[action["res_model"]]
        views = model.get_views([(False, "list")])
        arch = lxml.etree.fromstring(views["views"]["list"]["arch"])
        fields = list(dict.fromkeys(node.get("name") for node in arch.findall("field")))
        order = arch.get("default_order") or model._order
        counted = int(arch.get("count_limit") or 10_000) + 1
        domain = env["ir.actions.act_window"]._for_xml_id(xmlid)["domain"]
        domain = ast.literal_eval(domain or "[]")
        times = []
        for turn in range(ROUNDS + 1):
            own.invalidate_all()
            began = time.perf_counter()
            model.web_search_read(domain, {field: {} for field in fields}, limit=80, order=order, count_limit=counted)
            if turn:
                times.append((time.perf_counter() - began) * 1000)
        found[name] = statistics.quantiles(times, n=20)[18]
    return found

fill(1, SMALL + 1)
small = measure()
fill(SMALL + 1, LARGE + 1)
print("RESULT " + json.dumps({"small": small, "large": measure()}))
"""


def _lists():
    import testdb

    testdb.prepare(["vanban_lienthong"], DATABASE)
    try:
        done = subprocess.run(
            [str(ROOT / "scripts" / "odoo.sh"), "shell", "-d", DATABASE, "--no-http", "--log-level=error"], cwd=ROOT, text=True,
            input=f"SMALL, LARGE, ROUNDS = {SMALL}, {LARGE}, 20\n" + _INSIDE, capture_output=True, check=False)
        lines = [line for line in done.stdout.splitlines() if "RESULT " in line]
        if not lines:
            raise RuntimeError(done.stdout[-2000:] + done.stderr[-3000:])
        return json.loads(lines[0].split("RESULT ", 1)[1])
    finally:
        testdb.drop(DATABASE)


def _seconds_to_arrive():
    """Seconds from the press of “Phát hành” to the document in the other side's queue, one letter after the other."""
    from demo import database
    from demo.network import Network
    from fault_run import FaultRun

    network = Network(prefix="vbbench")
    try:
        network.build()
        run = FaultRun(network, 1, mark="X")
        run.connect()
        [company] = run.companies
        times = []
        for number in range(LETTERS):
            began = run.issue()
            while not database.query(network.stc.db, "SELECT 1 FROM vanban_document WHERE company_id = %s OFFSET %s LIMIT 1", company, number):
                if time.monotonic() - began > 60:
                    raise TimeoutError("a letter did not arrive in a minute")
                time.sleep(0.02)
            times.append(time.monotonic() - began)
        run.close()
        return times
    finally:
        network.close()


def run():
    """Rows of the table; see run.py."""
    found = _lists()
    rows = [
        {"what": f"list of {name}: {LARGE:,} against {SMALL:,} rows (p95)", "ours": found["large"][name], "against": found["small"][name],
         "unit": "ms", "ratio": found["large"][name] / found["small"][name], "target": "<= 1.5",
         "ok": found["large"][name] <= 1.5 * found["small"][name]}
        for name in found["small"]
    ]
    times = _seconds_to_arrive()
    p95 = statistics.quantiles(times, n=20)[18]
    rows.append({
        "what": f"issued to received at the other side, idle pair, {LETTERS} letters (p95 against 3 s)", "ours": p95, "against": 3.0, "unit": "s",
        "ratio": p95 / 3, "target": "<= 1", "ok": p95 <= 3})
    return rows


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line, ensure_ascii=False))
