"""Texts that try to be code wherever they are shown. `pwn(n)` tells the test that number `n` ran."""

from __future__ import annotations

CODE = [
    "<script>pwn({n})</script>", "<img src=x onerror=pwn({n})>", "<svg onload=pwn({n})>", '"><script>pwn({n})</script>',
    "'><img src=x onerror=pwn({n})>", '" onfocus=pwn({n}) autofocus x="', "' onmouseover='pwn({n})", "</script><script>pwn({n})</script>",
    "</title><svg onload=pwn({n})>", "</textarea><svg onload=pwn({n})>", "</style><svg onload=pwn({n})>", "--><svg onload=pwn({n})>",
    "<!--><svg onload=pwn({n})>", "<details open ontoggle=pwn({n})>", "<video src=x onerror=pwn({n})>", "<audio src=x onerror=pwn({n})>",
    "<body onload=pwn({n})>", "<iframe src=javascript:parent.pwn({n})>", '<iframe srcdoc="<script>parent.pwn({n})</script>">',
    "<object data=javascript:pwn({n})>", "<embed src=javascript:pwn({n})>", "<a href=javascript:pwn({n})>x</a>", "javascript:pwn({n})",
    "jAvAsCrIpT:pwn({n})//", "java&Tab;script:pwn({n})", "<form action=javascript:pwn({n})><button>", "<isindex action=javascript:pwn({n})>",
    "<input autofocus onfocus=pwn({n})>", "<select autofocus onfocus=pwn({n})>", "<marquee onstart=pwn({n})>x</marquee>",
    "<svg><script>pwn({n})</script>", "<svg><animate onbegin=pwn({n}) attributeName=x>", "<math><mtext><img src=x onerror=pwn({n})>",
    "<svg/onload=pwn({n})//", "<img/src=x/onerror=pwn({n})>", "<IMG SRC=x oNeRrOr=pwn({n})>", "<img src=x onerror=&#112;wn({n})>",
    "&lt;script&gt;pwn({n})&lt;/script&gt;", "&#60;img src=x onerror=pwn({n})&#62;", "\\u003cimg src=x onerror=pwn({n})\\u003e",
    "\\x3csvg onload=pwn({n})\\x3e", "%3Csvg%20onload%3Dpwn({n})%3E", "+ADw-script+AD4-pwn({n})+ADw-/script+AD4-",
    "＜script＞pwn({n})＜/script＞", "\u202e<svg onload=pwn({n})>", "<\u2028svg onload=pwn({n})>", "<scr\u200bipt>pwn({n})</script>",
    '"}};pwn({n});//', "';pwn({n});//", "`;pwn({n});//", "${{pwn({n})}}", "{{{{7*7}}}}-{n}", "{{% load static %}}-{n}", "{{% debug %}}-{n}",
    "{{{{settings.SECRET_KEY}}}}-{n}", "%(x)s%s%n-{n}", "{{0.__class__.__mro__}}-{n}", "#{{7*7}}<%= 7*7 %>-{n}",
    "<style>@import'//x.invalid/{n}';</style>", '<p style="background:url(//x.invalid/{n})">', "<link rel=stylesheet href=//x.invalid/{n}>",
    "<base href=//x.invalid/{n}/>", '<meta http-equiv=refresh content="0;url=//x.invalid/{n}">', "<template><svg onload=pwn({n})></template>",
    "<b hx-on:load=pwn({n}) hx-get=//x.invalid/{n}>", "<img src=//x.invalid/{n}.png>", "<img srcset=//x.invalid/{n}.png>",
]  # fmt: skip
FORMULAS = [
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "+1+1", "-1+1", '=HYPERLINK("http://x.invalid","a")', "\t=1+1", "\r=1+1",
    " =1+1", "＝1+1", "＋1+1", "＠SUM(1)", '=IMPORTXML("//x.invalid","//a")', '"=1+1"', "=DDE(1)|x", "\ufeff=1+1", "\n=1+1",
]  # fmt: skip
XSS = [text.format(n=number) for number, text in enumerate(CODE)]
SHEET = [f"{text}#{number}" for number, text in enumerate(FORMULAS)]
ALL = XSS + SHEET


def plain(text: str) -> str:
    """The same to a reader: without what nobody sees, and with any blank as one blank."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
