"""Scripts, cue cards and wording, as the REST API takes and tells them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from livestream.actions.script import ScriptWords, script_of
from livestream.actions.wording import findings_of
from livestream.api.control_shapes import ColleagueSerializer
from livestream.api.line_up_shapes import STEPS_AT_MOST, choice, words
from livestream.api.plan_shapes import LARGEST_VERSION, key_of
from livestream.api.strict import Flag, Line, Lines, Number, Strict, Words
from livestream.rules.run_of_show import MINUTES_AT_MOST, ROWS_AT_MOST, minutes_before
from livestream.rules.script import RowKind, Speaker
from livestream.rules.wording_bans import WordingRule

if TYPE_CHECKING:
    from livestream.actions.cue_card import Card
    from livestream.models import LiveSession

LINES_AT_MOST = 1000


class FindingSerializer(serializers.Serializer[Any]):
    """`text[start:end]` may not be said."""

    start = serializers.IntegerField(help_text="in characters (code points)")
    end = serializers.IntegerField()
    term = serializers.CharField()
    rule = serializers.ChoiceField(WordingRule.choices)
    law = serializers.CharField()
    instead = serializers.CharField(allow_blank=True, help_text="what may be said")
    is_law = serializers.BooleanField(help_text="false: a term of the county's own")


class SaidSerializer(serializers.Serializer[Any]):
    """What may not be said somewhere in the words of a session."""

    where = serializers.CharField(help_text="in words: script, row, card, poster")
    sku = serializers.CharField(source="product.sku", allow_null=True, default=None)
    words = serializers.CharField()
    finding = FindingSerializer()


class ScriptRowSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="row.pk")
    position = serializers.IntegerField(source="row.position", help_text="from 1")
    kind = serializers.ChoiceField(RowKind.choices, source="row.kind")
    minutes = serializers.IntegerField(source="row.minutes")
    from_minute = serializers.IntegerField(source="minute", help_text="of the session, from 0")
    at = serializers.DateTimeField(help_text="the clock then")
    what = serializers.CharField(source="row.what")
    sku = serializers.CharField(source="row.product.sku", allow_null=True, default=None)
    speaker = serializers.ChoiceField(Speaker.choices, source="row.speaker")
    control = serializers.CharField(source="row.control", allow_blank=True, help_text="what the control desk does")
    material = serializers.CharField(source="row.material", allow_blank=True)
    note = serializers.CharField(source="row.note", allow_blank=True)


class ScriptSerializer(serializers.Serializer[Any]):
    """整场脚本. One version for its words and its rows: two editors notice each other."""

    version = serializers.IntegerField(help_text="name it as `seen` when you change anything; 0: there is none yet")
    theme = serializers.CharField(allow_blank=True)
    aim = serializers.CharField(allow_blank=True)
    opening = serializers.CharField(allow_blank=True)
    closing = serializers.CharField(allow_blank=True)
    is_ai_made = serializers.BooleanField(help_text="told wherever it is shown (GB 45438-2025)")
    changed_by = ColleagueSerializer(allow_null=True)
    changed_at = serializers.DateTimeField(allow_null=True)
    minutes = serializers.IntegerField(help_text="of all rows")
    planned_minutes = serializers.IntegerField(help_text="of the session")
    rows = ScriptRowSerializer(many=True)
    findings = SaidSerializer(many=True, help_text="in all words of the session, cards and posters too")


def script_told(session: LiveSession) -> dict[str, Any]:
    """Under the names of `ScriptSerializer`."""
    script = script_of(session)
    rows = list(script.rows.select_related("product")) if script else []
    begins = minutes_before(row.minutes for row in rows)
    shown = [
        {"row": row, "minute": minute, "at": session.started_at + timedelta(minutes=minute)}
        for row, minute in zip(rows, begins, strict=True)
    ]
    of: Any = script or ScriptWords()
    return {name: getattr(of, name) for name in ScriptWords.__slots__} | {
        "version": script.version if script else 0,
        "changed_by": script.changed_by if script else None,
        "changed_at": script.changed_at if script else None,
        "minutes": sum(row.minutes for row in rows),
        "planned_minutes": int((session.planned_end_at - session.planned_start_at).total_seconds()) // 60,
        "rows": shown,
        "findings": findings_of(session),
    }


# --- what is sent ---------------------------------------------------------------------------------------------------------


class SeenSerializer(Strict):
    """What the script was when you read it."""

    seen = Number(min_value=0, max_value=LARGEST_VERSION, help_text="`version` as you read it; 0: there was none")


class ScriptWordsSerializer(SeenSerializer):
    """The words of a script, anew. What is left out goes."""

    theme = words(60)
    aim = words(200)
    opening = Lines(max_length=LINES_AT_MOST)
    closing = Lines(max_length=LINES_AT_MOST)
    is_ai_made = Flag(required=False, default=False)


class RowBodySerializer(SeenSerializer):
    kind = serializers.ChoiceField(RowKind.choices)
    minutes = Number(min_value=1, max_value=MINUTES_AT_MOST)
    what = Line(max_length=200)
    sku = Words(max_length=64, required=False, allow_null=True, default=None, help_text="of a product in the line-up")
    speaker = choice(Speaker.choices, default=Speaker.HOST.value)
    control = words(120)
    material = words(120)
    note = words(120)


class RowMoveSerializer(SeenSerializer):
    steps = Number(min_value=-STEPS_AT_MOST, max_value=STEPS_AT_MOST, help_text="−1: one up; 1: one down")


class RowOrderSerializer(SeenSerializer):
    order = serializers.ListField(
        child=key_of("id of a row"), max_length=ROWS_AT_MOST, help_text="every row once, in the new order"
    )


class ScriptCopySerializer(SeenSerializer):
    session = serializers.UUIDField(help_text="of the same county")


class ScriptUseSerializer(SeenSerializer):
    template = key_of("id of a template of the county")


class TemplateKeepSerializer(Strict):
    name = Line(max_length=60)


class TemplateRowSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    minutes = serializers.IntegerField()
    what = serializers.CharField(allow_blank=True)
    speaker = serializers.CharField()


class TemplateSerializer(serializers.Serializer[Any]):
    """A script kept for the next time, without goods."""

    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    name = serializers.CharField()
    theme = serializers.CharField(source="body.theme", allow_blank=True, default="")
    rows = TemplateRowSerializer(source="body.rows", many=True, default=list)
    made_by = ColleagueSerializer()
    made_at = serializers.DateTimeField()


# --- cue cards ------------------------------------------------------------------------------------------------------------


class CardFindingsSerializer(serializers.Serializer[Any]):
    """Of one field of a card."""

    field = serializers.CharField()
    findings = FindingSerializer(many=True)


class CueCardSerializer(serializers.Serializer[Any]):
    """手卡 of an item: as somebody wrote it, or filled from the registers until somebody does."""

    sku = serializers.CharField(source="product.sku")
    title = serializers.CharField(source="product.title")
    version = serializers.IntegerField(help_text="name it as `seen` when you save the card; 0: nobody has written it")
    origin = serializers.CharField(source="words.origin", allow_blank=True)
    points = serializers.CharField(source="words.points", allow_blank=True, help_text="one a line")
    proof = serializers.CharField(source="words.proof", allow_blank=True)
    scene = serializers.CharField(source="words.scene", allow_blank=True)
    questions = serializers.CharField(source="words.questions", allow_blank=True, help_text="one a line")
    call = serializers.CharField(source="words.call", allow_blank=True)
    tried_by_host = serializers.BooleanField(source="words.tried_by_host")
    is_ai_made = serializers.BooleanField(source="words.is_ai_made")
    seller_words = serializers.CharField(help_text="who sells, said first; worked out, never typed")
    price_words = serializers.CharField(help_text="worked out, never typed")
    findings = serializers.SerializerMethodField()

    @extend_schema_field(CardFindingsSerializer(many=True))
    def get_findings(self, card: Card) -> Any:
        rows = [{"field": field, "findings": found} for field, found in card.findings.items()]
        return CardFindingsSerializer(rows, many=True).data


class CueCardsSerializer(serializers.Serializer[Any]):
    results = CueCardSerializer(many=True)


class CueCardBodySerializer(SeenSerializer):
    """All words of a card, anew. What is left out goes."""

    sku = Words(max_length=64, help_text="of a product in the line-up")
    origin = Lines(max_length=200)
    points = Lines(max_length=300, help_text="one a line")
    proof = Lines(max_length=200)
    scene = Lines(max_length=200)
    questions = Lines(max_length=300, help_text="one a line")
    call = Lines(max_length=200)
    tried_by_host = Flag(required=False, default=False)
    is_ai_made = Flag(required=False, default=False)
