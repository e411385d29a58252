"""What three other programs read in a calendar: the same facts, in the same words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC
from pathlib import Path

import icalendar
import vobject
from playwright.sync_api import sync_playwright

ICAL_JS = Path(__file__).parent / "vendor" / "ical-2.2.1.min.js"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
NODE = shutil.which("node")
# ical.js by itself knows no time zones: those of the file are registered first, as calendar programs do.
READ = """(ICAL, text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid, title: event.summary, sequence: event.sequence, status: component.getFirstPropertyValue("status"),
      begins: event.startDate.toJSDate().toISOString(), ends: event.endDate.toJSDate().toISOString(),
      alarms: component.getAllSubcomponents("valarm").map((alarm) => -alarm.getFirstPropertyValue("trigger").toSeconds() / 3600),
    };
  });
}"""


def by_icalendar(body):
    return in_order(
        fact(
            str(event["UID"]),
            str(event["SUMMARY"]),
            int(event["SEQUENCE"]),
            str(event["STATUS"]),
            event.start,
            event.end,
            [-alarm.TRIGGER.total_seconds() / 3600 for alarm in event.walk("VALARM")],
        )
        for event in icalendar.Calendar.from_ical(body).events
    )


def by_vobject(body):
    calendar = vobject.readOne(body.decode())
    return in_order(
        fact(
            event.uid.value,
            event.summary.value,
            int(event.sequence.value),
            event.status.value,
            event.dtstart.value,
            event.dtend.value,
            [-alarm.trigger.value.total_seconds() / 3600 for alarm in getattr(event, "valarm_list", [])],
        )
        for event in calendar.contents.get("vevent", [])
    )


def by_ical_js_in_chromium(bodies):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"])
        source = """async ([source, text]) => {
          const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
          return (%s)((await import(address)).default, text);
        }"""
        page = browser.new_page()
        read = [page.evaluate(source % READ, [ICAL_JS.read_text(), body.decode()]) for body in bodies]
        browser.close()
    return [in_order(each) for each in read]


def by_ical_js_in_node(bodies, folder):
    """Where there is node; elsewhere Chromium reads with the same file."""
    if NODE is None:
        return by_ical_js_in_chromium(bodies)
    script = Path(folder) / "read.mjs"
    shutil.copy(ICAL_JS, script.with_name("ical.mjs"))
    script.write_text(
        'import ICAL from "./ical.mjs";\nimport { readFileSync } from "node:fs";\n'
        f'console.log(JSON.stringify(({READ})(ICAL, readFileSync(0, "utf8"))));\n'
    )
    runs = [subprocess.run([NODE, script], input=body, capture_output=True, check=True, timeout=30) for body in bodies]
    return [in_order(json.loads(run.stdout)) for run in runs]


def has_chromium():
    return os.access(CHROMIUM, os.X_OK)


def fact(uid, title, sequence, status, begins, ends, alarms):
    return {
        "uid": uid, "title": title, "sequence": sequence, "status": status, "begins": moment(begins), "ends": moment(ends),
        "alarms": alarms,
    }  # fmt: skip


def moment(at):
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def in_order(facts):
    return sorted(facts, key=lambda one: (one["begins"], one["uid"]))
