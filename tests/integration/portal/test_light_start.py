"""What few visitors need is imported when it is first needed: a portal that has started, shown pages and looked for Prefect does without it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

OFFICE_FILES = {"openpyxl", "docx", "docxtpl", "lxml", "pypdfium2", "mammoth", "python_calamine", "ruamel.yaml"}
PICTURES = {"PIL", "segno"}
CALLS = {"httpx", "httpcore", "stamina", "tenacity", "authlib", "websockets", "obstore"}
REST = {"alembic", "prefect", "rich", "pygments", "psycopg"}
OWN = {
    "campaign.evidence.pictures",
    "campaign.plan.check",
    "campaign.plan.yaml_edit",
    "campaign.portal.drawing",
    "campaign.portal.launching",
    "campaign.work.people.roll_change",
    "campaign.work.people.roll_import",
    "campaign.work.planning.launch",
    "campaign.work.rehearsal.rehearsal_page",
    "campaign.work.running.passes",
}
PROGRAM = """
import http.client, json, os, sys, threading, time
from pathlib import Path
from campaign.portal.__main__ import place_from, serve
from config.settings import load_settings

place, port = place_from(load_settings(home=Path(sys.argv[1])), "127.0.0.1"), int(sys.argv[2])
threading.Thread(target=serve, args=(place, "127.0.0.1", port), daemon=True).start()

def status(path):
    line = http.client.HTTPConnection("127.0.0.1", port)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except OSError:
        return 0
    finally:
        line.close()

while not status("/healthz"):
    time.sleep(0.05)
told = [status("/login"), status("/status")]
place.prefect.look()
print("@@" + json.dumps([told, sorted(sys.modules)]), flush=True)
os._exit(0)
"""


def test_a_portal_serves_without_the_libraries_that_it_may_never_need(bare: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(bare, home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(home), str(port)], capture_output=True, text=True, check=True, timeout=300)
    told, modules = json.loads(done.stdout.rpartition("@@")[2])
    assert told == [200, 200]
    assert {"campaign.portal.app", "campaign.portal.pages.launch", "uvicorn"} <= set(modules)
    assert set(modules) & (OFFICE_FILES | PICTURES | CALLS | REST | OWN) == set()
