"""Faults of the login: somebody tries passwords from many addresses, and the owner must get in all the same."""

from __future__ import annotations

import http.client
import random
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from faults.bed import open_scene
from faults.case import Case, Result, small

if TYPE_CHECKING:
    from faults.bed import Bed, Scene
    from faults.processes import Web

OWNER, COLLEAGUE = "10000000002", "10000000001"  # of faults.world
PASSWORD = "yusan-huoche-laba-liang"
ATTACKERS = [f"127.0.1.{n}" for n in range(1, 51)]  # not 127.0.0.1: that is the proxy, whose word on addresses is taken
HOME, ELSEWHERE = "127.0.2.1", "127.0.3.1"
ALLOWED_IN_AN_HOUR = 20
AT_ONCE = 16
TOKEN = "a" * 32
SET_PASSWORDS = """
from livestream.models import User
for user in User.objects.filter(phone__in={phones!r}):
    user.set_password({password!r})
    user.save()
"""


class Browser:
    """Sends the login form from an address of this machine, with the cookies it was given."""

    def __init__(self, web: Web, address: str) -> None:
        self.port, self.address = web.port, address
        self.cookies = {"cunbo_csrf": TOKEN}
        self.line: http.client.HTTPConnection | None = None

    def sign_in(self, phone: str, password: str, headers: dict[str, str] | None = None) -> int:
        """302: in. 200: refused. 429: locked out. The line stays open for the next try."""
        body = urlencode({"username": phone, "password": password, "csrfmiddlewaretoken": TOKEN})
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies, **(headers or {})}
        answer = self.ask(body, said)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if (found := re.match(r"([^=]+)=([^;]*)", cookie)) and found[1] == "cunbo_device":
                self.cookies[found[1]] = found[2]
        return answer.status

    def ask(self, body: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        """On a line that is kept open; on a new one, if the server closed it meanwhile."""
        for line in (self.line, None):
            self.line = line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
            try:
                self.line.request("POST", "/login/", body, headers)
                answer = self.line.getresponse()
                answer.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                self.line.close()
                continue
            return answer
        raise ConnectionError("the server hangs up")


def guess_passwords(bed: Bed, smoke: bool, sabotage: str | None = None) -> Result:
    """F82: thousands of tries at one person's door; afterwards who gets in, and from where."""
    tries = 120 if smoke else 10_000
    result = Result()
    with open_scene(bed, webs=0) as scene:
        scene.command("collectstatic", "--noinput", "--verbosity", "0")  # pages name their styles
        web = scene.web(sabotage)
        done = scene.command("shell", "-c", SET_PASSWORDS.format(phones=(OWNER, COLLEAGUE), password=PASSWORD))
        assert done.returncode == 0, done.stderr
        device = Browser(web, HOME)
        neighbour = Browser(web, ATTACKERS[0])
        if (device.sign_in(OWNER, PASSWORD), neighbour.sign_in(COLLEAGUE, PASSWORD)) != (302, 302):
            result.problems.append("nobody could sign in to begin with")
        began = time.monotonic()
        answers = attack(web, tries)
        seconds = time.monotonic() - began
        looked_at = count_looked_at(scene)
        result.figures |= {"tries": tries, "addresses": len(ATTACKERS), "seconds": round(seconds, 1), "looked at": looked_at}
        result.figures |= {f"answers {status}": count for status, count in sorted(answers.items())}
        if looked_at >= ALLOWED_IN_AN_HOUR:
            result.problems.append(f"{looked_at} tries were looked at within the hour")
        elsewhere = Browser(web, ELSEWHERE)
        elsewhere.cookies = dict(device.cookies)
        got_in = {
            "the owner's device at home": device.sign_in(OWNER, PASSWORD),
            "the owner's device elsewhere": elsewhere.sign_in(OWNER, PASSWORD),
            "another device at the owner's home": Browser(web, HOME).sign_in(OWNER, PASSWORD),
            "a colleague at an attacker's address": Browser(web, ATTACKERS[0]).sign_in(COLLEAGUE, PASSWORD),
        }
        result.problems += [f"{who} was kept out ({status})" for who, status in got_in.items() if status != 302]
    return result


def attack(web: Web, tries: int) -> Counter[int]:
    """The statuses of wrong tries, sixteen at a time, each with another claim of where it comes from."""
    share = [ATTACKERS[n::AT_ONCE] for n in range(AT_ONCE)]

    def one(worker: int) -> Counter[int]:
        chance = random.Random(worker)
        browsers = [Browser(web, address) for address in share[worker]]
        found: Counter[int] = Counter()
        for n in range(worker, tries, AT_ONCE):
            claim = ".".join(str(chance.randrange(1, 255)) for _part in range(4))
            headers = {
                "X-Forwarded-For": claim,
                "X-Real-IP": claim,
                "Forwarded": f"for={claim}",
                "User-Agent": f"{chance.random()}",
            }
            found[browsers[n % len(browsers)].sign_in(OWNER, f"guess number {n} of many", headers)] += 1
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, range(AT_ONCE)), Counter())


def count_looked_at(scene: Scene) -> int:
    """Wrong passwords that were compared with the right one: each has an entry in the audit log."""
    ((found,),) = scene.cluster.execute("SELECT count(*) FROM livestream_auditentry WHERE deed = 'sign_in_failed'")
    return int(found)


CASES = [
    Case(
        "F82",
        "passwords guessed from fifty addresses",
        guess_passwords,
        {"no locks": small(partial(guess_passwords, sabotage="no_locks"))},
    )
]
