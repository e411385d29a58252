"""What the menu says of alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from orders.models import Alert

if TYPE_CHECKING:
    from livestream.models import User

register = template.Library()


@register.simple_tag
def unread_alerts(user: User) -> int:
    """How many alarms are still so and have been seen by nobody, of those this person may see: one small partial index."""
    return Alert.objects.visible_to(user).unread().count()
