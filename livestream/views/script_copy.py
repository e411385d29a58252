"""Scripts made in one click, and the templates of a county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.script_copy import copy_script, drop_template, keep_template, propose_rows, use_template
from livestream.models import LiveSession, ScriptTemplate
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action, holds
from livestream.rules.script import RowKind
from livestream.script_forms import MakeForm, TemplateNameForm
from livestream.views.script import hand_of, script_page, session_to_write
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.actions.script import Hand
    from livestream.views.signed_in import SignedInRequest


@needs(Action.KEEP_GOODS)
@require_POST
def make(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """`do`: `propose` rows from the line-up, `copy` another session's script (`from`), `use` a template, `keep` as one."""
    session = session_to_write(request, session_id)
    if request.POST.get("do") == "keep":
        return _keep(request, session)
    form = MakeForm(request.POST)
    try:
        if form.is_valid():
            _make(request, session, form.cleaned_data, hand_of(request, form.seen))
    except NotAllowed as refused:
        messages.error(request, str(refused))
    return redirect("livestream:script", session.pk)


def _make(request: SignedInRequest, session: LiveSession, said: dict[str, Any], hand: Hand) -> None:
    do = said["do"]
    if do == "propose":
        propose_rows(session, hand)
        messages.success(request, _("流程排好了，照着改就行。"))
    elif do == "copy":
        others = LiveSession.objects.reached_by(request.user).filter(county=session.county_id)
        copy_script(session, get_object_or_404(others, pk=said["source"]), hand)
        messages.success(request, _("照抄好了：这一场没有的货，已经从流程里去掉。"))
    elif do == "use":
        template = get_object_or_404(ScriptTemplate.objects.filter(county=session.county_id), pk=said["template"])
        use_template(session, template, hand)
        messages.success(request, _("照模板“{name}”做好了。").format(name=template.name))


def _keep(request: SignedInRequest, session: LiveSession) -> HttpResponse:
    form = TemplateNameForm(request.POST)
    if not holds(request.user.reach(Action.KEEP_GOODS), county=session.county_id):
        messages.error(request, _("模板是全县用的，由县里的人来存。"))
        return redirect("livestream:script", session.pk)
    if form.is_valid():
        try:
            keep_template(session, form.cleaned_data["name"], by=request.user)
        except NotAllowed as refused:
            form.add_error("name", str(refused))
        else:
            messages.success(request, _("存成模板了，下次在这里选它就行。"))
            return redirect("livestream:script", session.pk)
    return script_page(request, session, form)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def templates(request: SignedInRequest) -> HttpResponse:
    found = ScriptTemplate.objects.visible_to(request.user).select_related("made_by", "county").order_by("county", "name")
    codes = request.user.reach(Action.KEEP_GOODS)
    kinds = dict(RowKind.choices)
    listed = [
        (each, [(kinds.get(row.get("kind"), ""), row) for row in each.body.get("rows", [])], holds(codes, county=each.county_id))
        for each in found
    ]
    return render(request, "livestream/script_templates.html", {"templates": listed})


@needs(Action.KEEP_GOODS)
@require_POST
def template_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(ScriptTemplate.objects.visible_to(request.user, Action.KEEP_GOODS), pk=pk)
    drop_template(found)
    messages.success(request, _("模板“{name}”删掉了。").format(name=found.name))
    return redirect("livestream:script_templates")
