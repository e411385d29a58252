"""A certificate whose name was wrong, given anew under another number."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from livestream.models import AuditEntry, Notice
from livestream.rules.errors import NotAllowed
from tests.certificates import AT, give_certificate, make_certificate
from tests.school import make_trainee
from training.actions.certificate import issue_certificates, judge, revoke
from training.actions.certificate_anew import give_anew
from training.models import Certificate, Enrolment, Trainee

pytestmark = pytest.mark.django_db


def test_a_wrong_name_is_corrected_under_a_new_number(county, staff):
    old = make_certificate(county)
    holder = old.enrolment.trainee

    anew = give_anew(old, " 峧 哲 ", by=staff, at=AT)

    old = Certificate.objects.select_related("replacement").get(pk=old.pk)
    assert (old.is_revoked, old.replaced_by, old.revoked_because) == (True, anew, "更正姓名，换发新证")
    assert (anew.name, anew.rule, anew.facts, anew.enrolment_id) == ("峧哲", old.rule, old.facts, old.enrolment_id)
    assert (old.name, anew.number > old.number, anew.status_index > old.status_index) == ("峧喆", True, True)
    enrolment = Enrolment.objects.select_related("trainee").get(pk=old.enrolment_id)
    assert (enrolment.state, enrolment.trainee.name) == ("completed", "峧哲")
    entry = AuditEntry.objects.get(deed="certificate_replaced")
    assert (entry.object_id, entry.detail) == (str(anew.pk), {"number": anew.number, "replaces": old.number})
    assert Notice.objects.filter(text__contains=anew.number).count() == 1
    assert judge(enrolment.cohort)[0].certificate == anew
    assert issue_certificates(enrolment.cohort, by=staff, at=AT) == []
    for name, code in (("峧哲", "certificate_name_same"), ("", "trainee_name"), ("x" * 99, "trainee_name")):
        with pytest.raises(NotAllowed) as said:
            give_anew(anew, name, by=staff, at=AT)
        assert said.value.code == code
    with pytest.raises(NotAllowed) as said:
        give_anew(old, "峧折", by=staff, at=AT)
    assert said.value.code == "certificate_revoked_already"
    with pytest.raises(IntegrityError, match="certificate_stands_once"), transaction.atomic():
        give_certificate(enrolment, by=staff, replaces=anew)
    revoke(anew, because="代签", by=staff, at=AT)
    make_trainee(county, holder.place, name="峧三", phone=holder.phone)
    other = make_certificate(county)
    Trainee.objects.filter(pk=other.enrolment.trainee_id).update(phone_digest=holder.phone_digest)
    with pytest.raises(NotAllowed) as said:
        give_anew(other, "峧三", by=staff, at=AT)
    assert (said.value.code, Certificate.objects.get(pk=other.pk).is_revoked) == ("trainee_there", False)
