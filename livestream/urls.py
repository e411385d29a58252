"""The addresses of the county and its sessions."""

from __future__ import annotations

from django.urls import path

from livestream import api
from livestream.views import (
    acting,
    appointment,
    audit,
    desk,
    invitation,
    my_data,
    people,
    phone,
    second_factor,
    subject_request,
    vault,
)

app_name = "livestream"
urlpatterns = [
    path("login/second/", second_factor.second, name="second"),
    path("desk/", desk.today, name="desk"),
    path("sessions/<uuid:session_id>/", desk.session, name="session"),
    path("sessions/<uuid:session_id>/event/", desk.session_event, name="session_event"),
    path("sessions/<uuid:session_id>/pitch/", desk.session_pitch, name="session_pitch"),
    path("sessions/<uuid:session_id>/pitch/end/", desk.session_pitch_end, name="session_pitch_end"),
    path("sessions/<uuid:session_id>/incident/", desk.session_incident, name="session_incident"),
    path("people/", people.people, name="people"),
    path("people/invite/", invitation.invite, name="people_invite"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit, name="person_edit"),
    path("people/<int:pk>/stop/", people.stop, name="person_stop"),
    path("people/<int:pk>/restore/", people.restore, name="person_restore"),
    path("people/<int:pk>/link/", invitation.link, name="person_link"),
    path("people/<int:pk>/link/revoke/", invitation.link_revoke, name="person_link_revoke"),
    path("people/<int:pk>/appoint/", appointment.new, name="person_appoint"),
    path("people/<int:pk>/appointments/<int:appointment>/end/", appointment.end, name="appointment_end"),
    path("people/<int:pk>/act/", acting.begin, name="acting_begin"),
    path("acting/end/", acting.end, name="acting_end"),
    path("join/<str:token>/", invitation.join, name="join"),
    path("my/helped/", acting.helped, name="my_helped"),
    path("my/", phone.my_sessions, name="my_sessions"),
    path("my/<uuid:session_id>/", phone.my_session, name="my_session"),
    path("my/<uuid:session_id>/event/", phone.my_session_event, name="my_session_event"),
    path("my/<uuid:session_id>/pitch/", phone.my_session_pitch, name="my_session_pitch"),
    path("me/data/", my_data.my_data, name="my_data"),
    path("me/data/consent/", my_data.my_consent, name="my_consent"),
    path("me/data/request/", my_data.my_request, name="my_request"),
    path("me/data/request/<int:pk>/withdraw/", my_data.my_request_withdraw, name="my_request_withdraw"),
    path("me/data/copy.html", my_data.my_copy, {"form": "html"}, name="my_copy"),
    path("me/data/copy.json", my_data.my_copy, {"form": "json"}, name="my_copy_json"),
    path("people/ages/", vault.ages, name="ages"),
    path("people/<int:pk>/data/", vault.person_data, name="person_data"),
    path("people/<int:pk>/data/edit/", vault.edit_data, name="edit_data"),
    path("people/<int:pk>/data/age/", vault.check_age, name="check_age"),
    path("people/<int:pk>/data/consent/", vault.note_consent, name="note_consent"),
    path("people/<int:pk>/data/reveal/<str:field>/", vault.reveal_data, name="reveal_data"),
    path("requests/", subject_request.requests, name="requests"),
    path("requests/<int:pk>/", subject_request.subject_request, name="subject_request"),
    path("requests/<int:pk>/erase/", subject_request.request_erase, name="request_erase"),
    path("requests/<int:pk>/restore/", subject_request.request_restore, name="request_restore"),
    path("audit/", audit.audit, name="audit"),
    path("api/v1/sessions/<uuid:session_id>/pitches/", api.Pitches.as_view(), name="api_pitches"),
    path("api/v1/sessions/<uuid:session_id>/pitches/end/", api.PitchEnd.as_view(), name="api_pitch_end"),
    path("api/v1/sessions/<uuid:session_id>/incidents/", api.Incidents.as_view(), name="api_incidents"),
]
