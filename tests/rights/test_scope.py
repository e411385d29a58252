"""What a request names is looked for among the rows that its sender may see: read from the sources of every door.

Tests that ask as everybody (test_matrix.py) find the hole in a door that is there; this one finds it in the line that makes it. A
queryset that begins with neither `visible_to` nor `reached_by` may take objects that were found by scope before (`session=session`),
but no number, code or text of the address, the query or the form.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOORS = sorted(
    path
    for app in ("livestream", "orders", "training")
    for part in ("views", "api", "board")
    for path in (ROOT / app / part).rglob("*.py")
)
SCOPES = {"visible_to", "reached_by"}
TYPED_BY_THE_ADDRESS = {"int", "str", "UUID", "date", "datetime"}
OF_THE_REQUEST = ("request.GET", "request.POST", "request.data", "request.query_params", "cleaned_data[")
# What a row belongs to, and is found by with a right.
OWNERS = {
    "county",
    "place",
    "session",
    "cohort",
    "course",
    "quiz",
    "case",
    "trainer",
    "trainee",
    "person",
    "user",
    "owner",
    "asked_by",
}
# Doors whose key is the right itself, or is held against the person in a way of their own.
KNOWN = {
    ("livestream/views/confirmation.py", "confirm"),  # the token of a link, told to one person
    ("livestream/views/feed.py", "calendar_feed"),  # the token of a feed
    ("livestream/views/public_page.py", "said_answer"),  # the code of a complaint, told to who made it
    ("training/views/join.py", "join"),  # the code of a class, which hangs on the wall
    ("training/views/trainer.py", "trainer_reached"),  # a teacher's county is known when he is found; the next line asks for it
}


def words_of_the_request(function):
    """Names that hold what came with the request, as it came."""
    arguments = [*function.args.args, *function.args.kwonlyargs]
    named = {
        a.arg for a in arguments if a.annotation is not None and ast.unparse(a.annotation).split(" ")[0] in TYPED_BY_THE_ADDRESS
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and any(word in ast.unparse(node.value) for word in OF_THE_REQUEST):
            named |= {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return named


def is_scoped(expression, words):
    """By a scope of its own, or kept to objects that were found by one: `session__in=reached`, `county=session.county_id`."""
    if any(f".{scope}(" in ast.unparse(expression) for scope in SCOPES):
        return True
    keywords = [word for call in ast.walk(expression) if isinstance(call, ast.Call) for word in call.keywords if word.arg]
    return any(word.arg.split("__")[0] in OWNERS and not takes(word.value, words) for word in keywords)


def takes(expression, words):
    """Whether a word of the request stands in it, other than handed with the request to a function that finds by scope."""
    handed = {
        name
        for call in ast.walk(expression)
        if isinstance(call, ast.Call) and any(ast.unparse(argument).startswith("request") for argument in call.args)
        for argument in call.args
        for name in ast.walk(argument)
    }
    used = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name) and node not in handed}
    return bool(used & words) or any(word in ast.unparse(expression) for word in OF_THE_REQUEST)


def unscoped(source):
    """(function, expression) of each queryset without a scope that is asked for what the request names."""
    for function in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)):
        if "request" not in {argument.arg for argument in function.args.args}:
            continue
        words, parents = words_of_the_request(function), {b: a for a in ast.walk(function) for b in ast.iter_child_nodes(a)}
        loose = set()  # names of querysets that began without a scope
        for node in ast.walk(function):
            if not begins_query(node, loose):
                continue
            whole, above = whole_of(node, parents)
            if is_scoped(whole, words):
                continue
            if isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Name):
                loose.add(above.targets[0].id)
            if takes(whole, words):
                yield function.name, ast.unparse(whole)


def begins_query(node, loose):
    if isinstance(node, ast.Attribute):
        return node.attr in {"objects", "_default_manager"}
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "get_object_or_404":
        return isinstance(node.args[0], ast.Name) and node.args[0].id[0].isupper()  # a model as a whole
    return isinstance(node, ast.Name) and node.id in loose and isinstance(node.ctx, ast.Load)


def whole_of(node, parents):
    """All that hangs on the beginning of a query, with `get_object_or_404` around it, and what stands above that."""
    while True:
        above = parents.get(node)
        is_called = isinstance(above, ast.Call) and (above.func is node or "get_object_or_404" in ast.unparse(above.func))
        if not (isinstance(above, ast.Attribute) or is_called):
            return node, above
        node = above


def test_no_door_looks_among_all_rows_for_what_a_request_names():
    found = {(str(path.relative_to(ROOT)), *each) for path in DOORS for each in unscoped(path.read_text(encoding="utf-8"))}

    assert len(DOORS) > 150
    assert sorted(row for row in found if row[:2] not in KNOWN) == []
    assert {row[:2] for row in found} == KNOWN  # who needs no exception any more is taken off the list


@pytest.mark.parametrize(
    ("body", "is_found"),
    [
        ("return Shop.objects.get(pk=pk)", True),
        ("return get_object_or_404(Shop, pk=pk)", True),
        ("return get_object_or_404(Shop.objects.select_related('county'), pk=pk)", True),
        ("rows = Shop.objects.active()\n    return rows.filter(pk=pk).first()", True),
        ("name = request.GET.get('q')\n    return Shop.objects.filter(name=name)", True),
        ("return Shop.objects.filter(name=request.POST['name'])", True),
        ("return Shop.objects.visible_to(request.user).get(pk=pk)", False),
        ("return get_object_or_404(Shop.objects.visible_to(request.user), pk=pk)", False),
        ("return Order.objects.filter(shop=shop_to(request, pk))", False),
        ("return get_object_or_404(Notice, pk=pk, person=request.user)", False),
    ],
)
def test_a_line_that_forgets_its_scope_is_named(body, is_found):
    assert bool(list(unscoped(f"def door(request, pk: int):\n    {body}\n"))) is is_found
