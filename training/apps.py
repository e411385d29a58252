from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("学堂")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from livestream.actions.also_kept import ALSO_KEPT  # noqa: PLC0415  tables can be imported only now
        from training.actions.grade_data import OF_GRADES  # noqa: PLC0415
        from training.actions.trainee_data import OF_TRAINEES  # noqa: PLC0415

        ALSO_KEPT.extend(also for also in (OF_TRAINEES, OF_GRADES) if also not in ALSO_KEPT)
