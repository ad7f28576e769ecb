"""Every command: where it is, and what it does. What a command needs is imported when it is run."""

import sys

from rfp_service.operator.lazy_commands import group
from rfp_service.terminal import stop_cleanly

COMMANDS = {
    "demo": (
        "rfp_service.operator.demonstration:demo",
        "Run everything in one process, with demonstration data, on an embedded PostgreSQL.",
    ),
    "serve": ("rfp_service.operator.processes:serve", "Serve the HTTP API."),
    "worker": (
        "rfp_service.operator.background:worker",
        "Keep the views current and let reactions react; a second worker waits until it is needed.",
    ),
    "courier": (
        "rfp_service.operator.background:courier",
        "Take webhooks and mail out for a worker that can't reach their receivers; without the database.",
    ),
    "migrate": (
        "rfp_service.operator.preparation:migrate",
        "Bring the database up to date, and rebuild the views that have changed.",
    ),
    "rebuild": (
        "rfp_service.operator.preparation:rebuild",
        "Rebuild every view from the first event on, beside the ones in use, and swap them.",
    ),
    "rewrap": (
        "rfp_service.operator.rewrapping:rewrap",
        "Wrap every key of personal texts under the first of the secrets in PERSONAL_SECRET.",
    ),
    "token": (
        "rfp_service.operator.tokens:token",
        "Print a bearer token of the demonstration issuer for a person of a role.",
    ),
    "webhook-listen": (
        "rfp_service.operator.webhooks:listen",
        "Listen for webhooks on this machine; print and verify what comes.",
    ),
    "openapi": ("rfp_service.operator.pages:openapi", "Print the API file."),
    "permissions": ("rfp_service.operator.pages:permissions", "Print the permission table as a page."),
}
IMPORTS = {
    "rfp-log": (
        "rfp_service.operator.imports:rfp_log",
        "Take in a historic log: events and cases as CSV, or XES; plain or gzip. Again, it adds nothing.",
    )
}
FORECASTS = {
    "back-test": (
        "rfp_service.operator.forecasts:back_test",
        "Say how good forecasts would have been, each made of what its own instant knew.",
    )
}
SCHEMES = {
    "adopt": (
        "rfp_service.operator.schemes:adopt",
        "Adopt the first scheme, by two named persons; the second stands on none of its tiers.",
    )
}
AUDIT = {
    "checkpoint": (
        "rfp_service.operator.audit:checkpoint",
        "Print the newest checkpoint, with the signatures it has by now.",
    ),
    "prove": (
        "rfp_service.operator.audit:prove",
        "Print the proof that the entry at a position is in the record (C2SP tlog-proof).",
    ),
    "keys": (
        "rfp_service.operator.audit:keys",
        "Print the keys of the log and its witnesses, as `--keys` of the other commands takes them.",
    ),
    "fsck": (
        "rfp_service.operator.audit:fsck",
        "Check every row of the record against its log, and against checkpoints kept elsewhere.",
    ),
    "bundle": (
        "rfp_service.operator.audit:bundle",
        "Pack a case or a period with its proofs into one file that anybody can check offline.",
    ),
    "verify": (
        "rfp_service.operator.verification:verify",
        "Check a bundle, or the proof of one entry; this needs no database and no network.",
    ),
    "verifier": (
        "rfp_service.operator.verification:verifier",
        "Write what anybody checks a bundle with: a page for a browser, or a program of one file.",
    ),
    "succeed": (
        "rfp_service.operator.restores:succeed",
        "After a restore: begin a new log that names the old one's last checkpoint and what was lost.",
    ),
    "rehearse": (
        "rfp_service.operator.restores:rehearse",
        "On a database that was restored elsewhere: check all of it, and write a signed receipt.",
    ),
    "rehearsed": (
        "rfp_service.operator.restores:rehearsed",
        "Put the receipt of a rehearsed restore on the record.",
    ),
    "monitor": (
        "rfp_service.operator.monitoring:monitor",
        "Follow the log from outside: keep its hashes, compute root, index and counts again.",
    ),
    "key": (
        "rfp_service.operator.witnesses:key",
        "Make a key; while two keys of a log are in one file, both sign.",
    ),
    "witness": (
        "rfp_service.operator.witnesses:witness",
        "Countersign checkpoints of a log, each only if nothing before it was changed (C2SP tlog-witness).",
    ),
}

app = group(COMMANDS, "")
app.add_typer(group(IMPORTS, "Take historic records in."), name="import")
app.add_typer(group(FORECASTS, "Test forecasts of when RFPs are done."), name="forecasts")
app.add_typer(group(SCHEMES, "Adopt the first scheme."), name="scheme")
app.add_typer(group(AUDIT, "Check the record for yourself: checkpoints, proofs, bundles."), name="audit")


def main() -> None:
    """Run a command; what is wrong is said in a sentence, without a traceback."""
    stop_cleanly()
    try:
        app()
    except Exception as error:
        from rfp_service.operator.failures import sentence_about  # nothing has failed until now

        if sentence := sentence_about(error):
            sys.exit(f"rfp-service: {sentence}")
        raise
