"""Hosts from before ages and consents were kept: thirty days to have their age checked, and what they agreed to when they joined."""

from __future__ import annotations

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

A_MONTH = timedelta(days=30)
KINDS = ("publish_name", "portrait", "figures", "recording")


def keep_hosts_on_air(apps, _schema_editor):
    user, data, consent = (apps.get_model("livestream", name) for name in ("User", "PersonalData", "Consent"))
    hosts = list(user.objects.filter(role="host").values_list("pk", flat=True))
    until = timezone.localdate() + A_MONTH
    data.objects.bulk_create([data(user_id=host, verify_by=until) for host in hosts], ignore_conflicts=True)
    user.objects.filter(pk__in=hosts).update(shows_name=True)
    consent.objects.bulk_create(
        consent(user_id=host, kind=kind, is_given=True, way="joining", text_version=1) for host in hosts for kind in KINDS
    )


class Migration(migrations.Migration):
    dependencies = [("livestream", "0010_persons_data")]
    operations = [migrations.RunPython(keep_hosts_on_air, migrations.RunPython.noop)]
