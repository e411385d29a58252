"""A verifier of credentials that was not written here: `verifier-core` of the Digital Credentials Consortium, in Chromium."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Route, sync_playwright

VERIFIER = Path(__file__).parent / "vendor" / "dcc-verifier-core-1.0.0-beta.11.min.js"
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ANYWHERE = "https://verifier.example/"  # a page of somebody else, from which he asks our addresses
ASK = "async (credential) => (await verifier.verifyCredential({ credential, knownDIDRegistries: [] }))"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def judged_by_dcc(documents, answers: dict[tuple[str, str], Answer]) -> list[dict]:
    """What the verifier says of each document: its steps by name, or the errors that kept it from judging. `answers`: what our
    addresses answer, by method; the browser keeps its own rules about asking them. Every other address fails."""

    def answer(route: Route) -> None:
        asked = (route.request.method, route.request.url)
        if asked == ("GET", ANYWHERE):
            route.fulfill(body="<!doctype html><title>verifier</title>", content_type="text/html")
        elif found := answers.get(asked):
            route.fulfill(status=found.status, headers=found.headers, body=found.body)
        else:
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto(ANYWHERE)
        page.add_script_tag(content=VERIFIER.read_text())
        said = [page.evaluate(ASK, document) for document in documents]
        browser.close()
    return [steps_of(each) for each in said]


def steps_of(said) -> dict:
    if errors := said.get("errors"):
        return {"errors": [error["name"] for error in errors]}
    return {step["id"]: step.get("valid", step.get("error")) for step in said["log"]}
