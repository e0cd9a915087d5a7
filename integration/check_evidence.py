#!/usr/bin/env python3
"""Checks what `tilsyn export` wrote, without tilsyn and without a network.

    python3 check_evidence.py FILE...   certificates (.json) or evidence packages (.zip)

It computes again what can be computed from the file alone: the digests of the record and of
the chain of its revisions, its id, the limits of its night by the European rule for summer time,
what its rules say of the registrations shown, and for every statement of silence the coverage:
heartbeats, numbers, markers, forms. Each line says `ok`, `FAIL` or `not checked` and why.

Exit status: 0 nothing failed, 1 something did, 2 the file cannot be read. Python 3.8, standard
library only.
"""

import base64
import hashlib
import json
import sys
import uuid
import zipfile
import zlib
from datetime import date, datetime, timedelta, timezone

CERTIFICATE, PACKAGE = "tilsyn-certificate/1", "tilsyn-package/1"
UTC = timezone.utc
MATERIAL = ("status withdrawn_outcome instant period_from period_to centre_id group obligation_ids "
            "legal_basis basis shortfall caveats settled").split()
BASE = {"ABSENCE_NOT_CONCLUSIVE", "CARD_NOT_PERSON", "PHYSICAL_BYPASS_POSSIBLE", "AUTOMATED_TRANSFER_RISK",
        "MANUAL_PROCESS_RISK"}
# Caveats that keep a record from being INDICATED (domain §4).
CAPS = set("ASSIST_UNMATCHED TAINTED SAME_DIRECTION NEAR_BOUNDARY LATE_RETURN PARTIAL_NOTICE UNCLEAR_NOTICE "
           "WRONG_RECIPIENT_NOTICE NOTICE_TARGET_UNCLEAR PERMISSION_PARTIAL PERMISSION_EXPIRED_IN_NIGHT "
           "PERMISSION_SILENT_ON_REPORT TWO_CARDS DIRECTION_RISK MANUAL_EVIDENCE LOG_MISMATCH TIME_AMBIGUOUS "
           "DEPARTURE_QUESTION NAME_MISMATCH OBSERVED_PRESENT UNASSIGNED_PAPER TRANSFER WRONG_PLACE WRONG_CENTRE "
           "LATE_DATA RECONSTRUCTED UNSETTLED".split())
# Rules that the checks below apply again. All others need the engine.
APPLIED = set("STY-03 STY-05 NTC-05 NTC-08 RPT-05 EVD-01 PRS-07 CRD-04 CNT-05 LIF-02 EVD-10".split())


class Report:
    """What was found, printed as it is found."""

    def __init__(self):
        self.failed = 0

    def check(self, good, what, why=""):
        self.failed += not good
        print(("ok           " if good else "FAIL         ") + what + ("" if good or not why else ": " + why))

    def skip(self, what):
        print("not checked  " + what)


def canonical(value):
    """RFC 8785, for the values that records have: no number is a fraction."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda k: k.encode("utf-16-be"))
        return "{" + ",".join(canonical(k) + ":" + canonical(value[k]) for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(v) for v in value) + "]"
    if isinstance(value, float):
        raise ValueError("a fraction")
    return json.dumps(value, ensure_ascii=False)


def digest(record):
    rest = {k: v for k, v in record.items() if k != "digest"}
    return hashlib.sha256(canonical(rest).encode()).hexdigest()


def instant(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def ms(text):
    return (instant(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def local(day, hour):
    """An hour of a Danish local date: summer time from the last Sunday of March to that of October, 01:00 UTC."""

    def change(month):
        last = date(day.year, month, 31)
        last -= timedelta(days=(last.weekday() + 1) % 7)
        return datetime(last.year, last.month, last.day, 1, tzinfo=UTC)

    at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=1)
    return at - timedelta(hours=1) if change(3) <= at - timedelta(hours=1) < change(10) else at


def local_date(at):
    day = at.date() + timedelta(days=1)
    while local(day, 0) > at:
        day -= timedelta(days=1)
    return day


def in_force(facts, topic, as_of):
    """Of each fact of a topic the version that counts at a clock."""
    named, out = {}, []
    identity = {"incidents": "incident_id", "exclusions": "exclusion_id"}.get(topic, "id")
    for f in facts:
        v = f["value"]
        if f["topic"] == topic and f.get("logged_at", v["received_at"]) <= as_of:
            named.setdefault(v[identity], []).append(v)
    for versions in named.values():
        best = min(versions, key=lambda v: (-v["version"], canonical(v).encode()))
        if not best["retracted"]:
            out.append(best)
    return out


def check_chain(r, cert):
    record, revisions = cert["record"], cert["revisions"]
    r.check(record == revisions[-1], "the record is the last of its revisions")
    r.check(all(v["digest"] == digest(v) for v in revisions), "the digest of every revision is that of its content")
    before = None
    for n, v in enumerate(revisions, 1):
        if v["revision"] != n or v["previous_digest"] != (before and before["digest"]) or v["unit_id"] != record["unit_id"]:
            r.check(False, "revision %d follows the one before it" % n)
        if before and all(before[f] == v[f] for f in MATERIAL):
            r.check(False, "revision %d differs from the one before it" % n)
        before = v
    r.check(revisions[0]["status"] != "WITHDRAWN", "the chain of %d revisions begins with a record" % len(revisions))
    name = "tilsyn:unit:%s:%s:%s" % (record["kind"], record["unit_date"], record["person_id"])
    r.check(record["unit_id"] == str(uuid.uuid5(uuid.NAMESPACE_URL, name)), "the unit id is that of duty, date and person")
    if cert["record_from"] == "replay":
        r.skip("that the record was told: it was computed from facts, without a log of what was told")
    else:
        r.skip("that no later revision was told: only the log shows it")


def check_period(r, record):
    day = date.fromisoformat(record["unit_date"])
    start, end = instant(record["period_from"]), instant(record["period_to"])
    at = instant(record["instant"])
    if record["kind"] == "REPORT":
        r.check(at == end or start <= at <= end, "RPT: the instant is the end of a slot")
        r.check(local_date(start) <= day, "TIM-05: the slot lies on its local date")
        return
    r.check(start == local(day, 23) and end == local(day + timedelta(days=1), 6),
            "TIM-02: the night is from 23:00 to 06:00 local time")
    if record["kind"] == "STAY":
        r.check(at == end, "STY: the instant is 06:00")
    else:
        r.check(start <= at <= end, "NTC: the instant lies in the night")


def check_rows(r, cert, facts):
    """The registrations shown are those of the facts, and all that the record names are there."""
    newest = {}
    for f in facts:
        key = (f["topic"], f["value"]["id"])
        if key not in newest or newest[key]["value"]["version"] < f["value"]["version"]:
            newest[key] = f
    bad = []
    for row in cert["rows"]:
        f = newest.get((row["topic"], row["id"]))
        if f is None:
            bad.append(row["id"] + " is not among the facts")
            continue
        v = f["value"]
        same = v["centre_id"] == row["centre_id"] and (v.get("direction") or "") == row.get("direction", "")
        if row["topic"] == "card-events":
            same = same and v["device_id"] == row["device_id"] and v["card_id"] == row["card_id"]
            same = same and row["authentication"] == ("BAR_STAFF" if v["card_type"] == "BARCODE" else "BIO")
            same = same and (v["occurred_at"] == row["at"] or row["use"] == "CLOCK")
        for field in ("partition", "offset"):
            same = same and f.get(field) == row[field]
        if not same:
            bad.append(row["id"] + " is another in the facts")
    r.check(not bad, "each of the %d registrations shown is one of the facts" % len(cert["rows"]), "; ".join(bad))
    shown = {(row["topic"], row["id"]): row for row in cert["rows"]}
    missing = [e["id"] for e in cert["record"]["evidence"]
               if e["role"] != "CONTEXT" and (e["topic"], e["id"]) not in shown]
    r.check(not missing, "every registration that the record rests on is shown", ", ".join(missing))
    missing = [e["id"] for e in cert["record"]["evidence"] if (e["topic"], e["id"]) not in shown]
    if missing:
        r.skip("evidence that cannot be shown: " + ", ".join(missing))


def check_absence(r, cert):
    """STAY and a NOTIFY without a registered exit: an exit, then nothing until after the unit (STY-03, NTC-05)."""
    record = cert["record"]
    rows = [row for row in cert["rows"] if row["counted"]]
    before, after, trigger = ([row for row in cert["rows"] if row["role"] == name]
                              for name in ("BOUND_BEFORE", "BOUND_AFTER", "TRIGGER"))
    start, end = instant(record["period_from"]), instant(record["period_to"])
    if record["basis"] == "POSITIVE_REGISTRATION":
        last = max((instant(t["at"]) for t in trigger), default=None)
        good = last is not None and trigger[-1].get("direction") == "OUT" and start <= last < end
        r.check(good, "NTC-08: a registered exit lies in the night")
        if record["notices_considered"] == [] and "PERMISSION_EXPIRED_IN_NIGHT" not in record["caveats"]:
            first = min((instant(t["at"]) for t in trigger), default=None)
            at = instant(record["instant"])
            r.check(first is not None and first <= at <= last, "NTC-08: the instant is that exit")
        return
    if not before:
        r.check(False, "a registration bounds the absence on the left")
        return
    last = max(before, key=lambda row: row["at"])
    limit = start if record["kind"] == "STAY" else instant(record["instant"])
    opened = last.get("direction") == "OUT" and instant(last["at"]) <= limit
    outside = last.get("side") == "OUTSIDE" or last["use"] not in ("PASSAGE", "REPORT")
    if "WRONG_CENTRE" in record["caveats"]:
        r.check(last["centre_id"] != record["centre_id"], "RD-23: the registration before the unit is at another centre")
    elif not opened and outside:
        r.skip("what the registration before the unit, %s, says of the position" % last["id"])
    else:
        r.check(opened, "the last registration before the unit is an exit, not after it begins")
    until = min((row["at"] for row in after), default=record["period_to"])
    between = [row["id"] for row in rows if last["at"] < row["at"] < until and row["use"] in ("PASSAGE", "ROOM_CHECK")
               and row["role"] == "CONTEXT"]
    r.check(not between, "no registration that shows a position lies between", ", ".join(between))
    if after:
        first = min(after, key=lambda row: row["at"])
        reached = instant(first["at"]) >= (end if record["kind"] == "STAY" else instant(record["instant"]))
        r.check(reached, "the next registration is after the instant")
    r.check(("OPEN_INTERVAL" in record["caveats"]) == (not after) == (record["basis"] == "OPEN_OUT"),
            "PRS-07: OPEN_INTERVAL stands exactly where nothing follows, and the basis agrees")


def check_reports(r, cert):
    record = cert["record"]
    made = [row["id"] for row in cert["rows"] if row["counted"] and row["use"] == "REPORT" and row["role"] == "CONTEXT"
            and record["period_from"] <= row["at"] < record["period_to"]]
    review = {"WRONG_PLACE", "WRONG_CENTRE", "NEAR_BOUNDARY"} & set(record["caveats"])
    if made and not review and record["shortfall"] is None and not cert["slots"][1:]:
        r.check(False, "RPT-05: no report lies in the slot", ", ".join(made))
    elif made:
        r.skip("why the reports %s did not fulfil the duty: that needs the engine" % ", ".join(made))
    else:
        r.check(True, "RPT-05: no report lies in the slot")


def check_caveats(r, cert):
    record = cert["record"]
    caveats, kind = set(record["caveats"]), record["kind"]
    base = BASE | ({"NOTICE_LOG_MANUAL"} if kind == "NOTIFY" else set())
    r.check(set(record["base_caveats"]) == base, "the base caveats of its kind are all there")
    capped = sorted(caveats & CAPS)
    if record["status"] == "INDICATED":
        r.check(not capped, "no caveat that keeps a record at NEEDS_REVIEW stands", ", ".join(capped))
    elif record["status"] == "NEEDS_REVIEW" and not caveats:
        r.check(False, "a record for review names why")
    bounds = [row for row in cert["rows"] if row["role"] in ("TRIGGER", "BOUND_BEFORE", "BOUND_AFTER")]
    if record["basis"] != "NO_REPORT":
        staff = any(row["authentication"] == "BAR_STAFF" for row in bounds)
        r.check(staff == ("STAFF_IDENTIFIED" in caveats), "CRD-04: STAFF_IDENTIFIED follows the cards")
    old = any(local_date(instant(row["at"])).isoformat() < cert["policy"]["practice_reference_date"] for row in bounds)
    if old:
        r.check("PRE_2022_11_22" in caveats, "EVD-10: registrations older than the note's practice are marked")
    day = date.fromisoformat(record["unit_date"])
    month = kind == "STAY" and (day + timedelta(days=1)).day == 1
    if kind == "NOTIFY":
        month = local_date(instant(record["instant"])).month != day.month
    r.check(month == ("MONTH_BOUNDARY" in caveats) or kind == "REPORT", "CNT-05: MONTH_BOUNDARY follows the date")


def reach(settlements, centre, day, log, known, as_of):
    """How far the markers known at a clock prove a log of one date (contract §2, Settlement)."""
    end, best = local(day + timedelta(days=1), 0), None
    for s in settlements:
        if s["complete"] and (s["centre_id"], s["local_date"], s["log_type"]) == (centre, day.isoformat(), log):
            through = min([end, instant(known[s["id"], s["version"]])] + ([instant(s["through"])] if s["through"] else []))
            best = max(best or through, through)
    return best


def check_logs(r, cert, facts):
    known = {}
    for f in facts:
        if f["topic"] == "settlements":
            key = (f["value"]["id"], f["value"]["version"])
            at = f.get("logged_at", f["value"]["received_at"])
            known[key] = min(known.get(key, at), at)
    settlements = in_force(facts, "settlements", cert["as_of"])
    state = {}
    for log in cert["logs"]:
        day = date.fromisoformat(log["local_date"])
        to = reach(settlements, log["centre_id"], day, log["log_type"], known, cert["as_of"])
        proven = to is not None and to >= instant(log["needed_through"])
        state["%s %s %s" % (log["centre_id"], log["local_date"], log["log_type"])] = proven
        if proven != log["proven"]:
            r.check(False, "LIF-02: %s of %s is proven" % (log["log_type"], log["local_date"]))
    record = cert["record"]
    if cert["agrees"]:
        r.check(record["settled"] == all(state.values()), "LIF-02: settled says whether all %d markers are there" % len(state))
    if record["status"] == "INDICATED" and cert["agrees"]:
        r.check(all(state.values()), "LIF-02: an indicated record has every marker")
    r.skip("which logs the policy requires: that is in the policy, version %s" % cert["policy"]["policy_version"])
    return state


def pauses(source):
    """The heartbeats of a source as times, and the longest pause between two."""
    beats = [first + step * n for first, step, count in source["heartbeats"] for n in range(count)]
    longest = max((b - a for a, b in zip(beats, beats[1:])), default=0)
    return beats, longest, beats == sorted(beats)


def source_states(cert, source, start, end):
    """What heartbeats and numbers of a device show over a span, worked out anew."""
    beats, longest, ascending = pauses(source)
    steady = ascending and bool(beats) and beats[0] <= start and beats[-1] >= end
    steady = steady and longest <= cert["policy"]["heartbeat_limit_ms"]
    n = source["numbers"]
    whole = False
    if n:
        want = [[n["first"] + 1, n["last"]]] if n["last"] > n["first"] else []
        whole = n["arrived"] == want and n["unnumbered"] == 0 and ms(n["first_at"]) <= start and ms(n["last_at"]) >= end
    open_ = any(source["source_id"] in w["device_ids"] and ms(w["from"]) < end and start < (ms(w["to"]) if "to" in w else end + 1)
                for w in cert["watch"])
    since = ms(source["supervised_since"]) if "supervised_since" in source else None
    if source["source_id"].startswith("feed:"):
        return {"FEED": "NOT_SUPERVISED" if since is None else "PROVEN" if beats and beats[-1] >= end else "OPEN"}
    heard = "OPEN" if open_ else "PROVEN" if steady or (since is not None and since <= start and whole) else \
        "PARTLY" if since is not None and since < end else "NOT_SUPERVISED"
    numbered = "NOT_NUMBERED" if not n else "OPEN" if open_ else "PROVEN" if whole else "PARTLY"
    return {"HEARTBEAT": heard, "NUMBERS": numbered}


def check_silence(r, cert, facts, logs):
    record = cert["record"]
    incidents = {i["incident_id"]: i for i in in_force(facts, "incidents", cert["as_of"]) if i["state"] == "ACTIVE"}
    sources = {}
    for s in cert["sources"]:
        sources.setdefault(s["source_id"], []).append(s)
    needed = {"REPORT": ["REPORTS"], "STAY": ["PASSAGES"], "NOTIFY": ["NOTICES"]}[record["kind"]]
    if record["kind"] == "NOTIFY" and record["basis"] != "POSITIVE_REGISTRATION":
        needed = ["PASSAGES"] + needed
    r.check([s["about"] for s in cert["silence"]] == needed + ["PERMISSIONS"], "every silence that its basis needs is stated")
    for s in cert["silence"]:
        start, end, wrong, states = ms(s["from"]), ms(s["to"]), [], []
        for c in s["cites"]:
            kind, state = c["kind"], None
            if kind in ("HEARTBEAT", "NUMBERS", "FEED"):
                found = [source_states(cert, x, start, end)[kind] for x in sources.get(c["source"], [])]
                state = c["state"] if c["state"] in found else (found or ["missing"])[0]
            elif kind == "MARKER":
                state = "PROVEN" if logs.get(c["source"]) else "OPEN"
            elif kind == "FORMS" and c["source"] in incidents:
                state = "PROVEN" if incidents[c["source"]]["forms_status"] == "COMPLETE" else "OPEN"
            elif kind == "FORMS":
                state = "OPEN" if any(w["incident_id"] == c["source"] for w in cert["watch"]) else c["state"]
            elif kind in ("EXCLUSIONS", "NONE"):
                state = c["state"]
            if state != c["state"]:
                wrong.append("%s of %s is %s" % (kind, c["source"], state))
            states.append((kind, state))
        r.check(not wrong and states, "silence about %s: its %d grounds are as it says" % (s["about"], len(states)), "; ".join(wrong))
        if record["status"] == "INDICATED" and cert["agrees"]:
            r.check(all(x != "OPEN" for _, x in states), "silence about %s: nothing is left open" % s["about"])
        weak = sorted({x["source"] for x in s["cites"] if x["state"] in ("PARTLY", "NOT_SUPERVISED", "NOT_NUMBERED")})
        if weak:
            r.skip("silence about %s, from %s: no data of theirs show that nothing was lost" % (s["about"], ", ".join(weak)))
    over = [i["incident_id"] for i in incidents.values() if i["centre_id"] == record["centre_id"]
            and ms(i["from"]) < ms(record["period_to"]) and ms(record["period_from"]) < (ms(i["to"]) if i["to"] else ms(cert["as_of"]))]
    left = set(over) - {i["incident_id"] for i in record["incidents"]}
    r.check(not left or not cert["agrees"], "EVD-14: no incident over the unit is left out", ", ".join(sorted(left)))


def check_attachments(r, record):
    items = [a["item"] for a in record["attachments"]]
    r.check(items == list(range(1, 21)), "EVD-14: all twenty attachments are listed")
    note = record["attachments"][0]["refs"]
    r.check(any(x.startswith("sha256:") for x in note), "EVD-06: the note of 11 March 2024 is named with its hash")
    r.check("card" in record["statement"] and "was absent" not in record["statement"] or record["kind"] == "REPORT",
            "EVD-16: the statement speaks of the card")


def check_certificate(r, cert):
    if cert.get("form") != CERTIFICATE:
        raise ValueError("the form is %r, and this program knows %s" % (cert.get("form"), CERTIFICATE))
    record, facts = cert["record"], cert["facts"]
    print("# %s of %s, %s, revision %d, as of %s" % (record["kind"], record["unit_date"], record["status"],
                                                    record["revision"], cert["as_of"]))
    late = [f["value"]["id"] for f in facts if f.get("logged_at", f["value"]["received_at"]) > cert["as_of"]]
    r.check(not late, "no fact is later than the clock", ", ".join(late))
    check_chain(r, cert)
    check_period(r, record)
    check_attachments(r, record)
    check_rows(r, cert, facts)
    if not cert["agrees"]:
        r.skip("the rules: at the clock the engine says otherwise than the record told, in " + ", ".join(cert["differs"]))
    else:
        if record["kind"] == "REPORT":
            check_reports(r, cert)
        else:
            check_absence(r, cert)
        check_caveats(r, cert)
    logs = check_logs(r, cert, facts)
    check_silence(r, cert, facts, logs)
    r.check(sorted(x["id"] for x in cert["rules"]) == record["rules"] or not cert["agrees"], "each rule that fired is explained")
    rest = [x for x in record["rules"] if x not in APPLIED]
    if rest:
        r.skip("rules that need the engine: " + ", ".join(rest))


def numberless(line):
    """A line of facts without the number of a row, which the facts for a replay leave out."""
    fact = json.loads(line)
    for name in ("source_seq", "source_epoch"):
        fact["value"].pop(name, None)
    return canonical(fact)


def included(proof):
    """Whether a revision is an entry of the log that a checkpoint names (RFC 9162, 2.1.3.2)."""
    lines = proof["checkpoint"].split("\n")
    if lines[0] != proof["origin"] or int(lines[1]) != proof["size"] or not 0 <= proof["index"] < proof["size"]:
        return False
    found = hashlib.sha256(b"\0" + bytes.fromhex(proof["salt"]) + bytes.fromhex(proof["digest"])).digest()
    n, last = proof["index"], proof["size"] - 1
    for text in proof["path"]:
        beside = base64.b64decode(text)
        if last == 0:
            return False
        if n % 2 or n == last:
            found = hashlib.sha256(b"\1" + beside + found).digest()
            while n % 2 == 0 and n:
                n, last = n // 2, last // 2
        else:
            found = hashlib.sha256(b"\1" + found + beside).digest()
        n, last = n // 2, last // 2
    return last == 0 and found == base64.b64decode(lines[2])


def check_package(r, archive):
    names = archive.namelist()
    files = {name: archive.read(name) for name in names}
    manifest = json.loads(files["manifest.json"].decode("utf-8"))
    if manifest.get("form") != PACKAGE:
        raise ValueError("the form is %r, and this program knows %s" % (manifest.get("form"), PACKAGE))
    print("# package of %d records, as of %s" % (len(manifest["units"]), manifest["as_of"]))
    r.check(len(names) == len(set(names)), "no file is in the archive twice")
    wrong = [f["name"] for f in manifest["files"] if hashlib.sha256(files.get(f["name"], b"")).hexdigest() != f["sha256"]]
    r.check(not wrong, "each of the %d files has the hash of the manifest" % len(manifest["files"]), ", ".join(wrong))
    more = set(names) - {f["name"] for f in manifest["files"]} - {"manifest.json"}
    r.check(not more, "no file is there that the manifest does not name", ", ".join(sorted(more)))
    for p in manifest["policies"]:
        r.check(hashlib.sha256(files[p["file"]]).hexdigest() == p["policy_digest"], "policy %s has its digest" % p["policy_version"])
    note = manifest["note"]
    if note["file"]:
        found = "sha256:" + hashlib.sha256(files[note["file"]]).hexdigest()
        r.check(found == note["hash"], "EVD-06: the note of 11 March 2024 has the hash that the policy names")
    else:
        r.skip("the note of 11 March 2024, which is named and not enclosed: %s, %s" % (note["id"], note["hash"]))
    facts = {numberless(x) for x in files["facts.jsonl"].decode("utf-8").splitlines()}
    rows = files["rows.jsonl"].decode("utf-8").splitlines()
    r.check(all(numberless(x) in facts for x in rows), "each of the %d registrations is among the facts" % len(rows))
    owners = {json.loads(x)["value"].get("person_id") for x in rows} - {None, manifest["person_id"]}
    owners.discard("WITHHELD")
    if owners:
        r.skip("registrations under another PersonID, which an identity link must join to this one")
    for u in manifest["units"]:
        read = lambda name: files[u["dir"] + name].decode("utf-8")
        cert = json.loads(read("certificate.json"))
        record = json.loads(read("record.json"))
        told = [json.loads(x) for x in read("revisions.jsonl").splitlines()]
        same = cert["record"] == record and cert["revisions"] == told and record["person_id"] == manifest["person_id"]
        same = same and (u["unit_id"], u["digest"], u["status"]) == (record["unit_id"], record["digest"], record["status"])
        r.check(same, "%s of %s: record, revisions, certificate and manifest belong together" % (u["kind"], u["unit_date"]))
        items = json.loads(read("attachments.json"))
        states = {"PRESENT", "NAMED", "NONE_FOUND", "NOT_APPLICABLE", "NOT_YET_RECEIVED"}
        r.check([x["item"] for x in items] == list(range(1, 21)) and all(x["state"] in states for x in items),
                "EVD-14: each of the twenty attachments is present or says why not")
        check_certificate(r, cert)
    if manifest["log"]["state"] == "INCLUDED":
        known = {json.loads(x)["digest"] for x in files["said.jsonl"].decode("utf-8").splitlines()}
        for proof in json.loads(files[manifest["log"]["file"]].decode("utf-8")):
            r.check(included(proof) and proof["digest"] in known,
                    "revision %d of %s is an entry of the log of all revisions" % (proof["revision"], proof["unit_id"]))
        for text in manifest["log"].get("missing", []):
            r.skip("that every revision is in the log of all revisions: " + text)
        r.skip("who signed the checkpoints: compare them with one that was kept elsewhere")
    else:
        r.skip("that the revisions are in the log of all revisions: the package has no proof of it")
    r.skip("that the facts give the records: that needs the engine: " + manifest["replay"]["command"])


def main():
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if len(sys.argv) > 1 else 2
    status = 0
    for path in sys.argv[1:]:
        r = Report()
        try:
            with open(path, "rb") as f:
                text = f.read()
            if text[:2] == b"PK":
                with zipfile.ZipFile(path) as archive:
                    check_package(r, archive)
            else:
                check_certificate(r, json.loads(text.decode("utf-8")))
        except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, zipfile.BadZipFile,
                zlib.error) as e:
            print("%s: this is not what `tilsyn export` writes: %s: %s" % (path, type(e).__name__, e), file=sys.stderr)
            status = 2
            continue
        print("%s: %s" % (path, "%d checks failed" % r.failed if r.failed else "nothing failed"))
        status = max(status, 1 if r.failed else 0)
    return status


if __name__ == "__main__":
    sys.exit(main())
