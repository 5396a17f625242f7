"""The addresses of the record, mounted at the root."""

from django.urls import path

from cases.views import documents, lists, log, notes, oversight, retention, sharing, status, subject_access

_case = "sager/<uuid:public_id>/"

urlpatterns = [
    path("sager/", lists.my_cases, name="mine_sager"),
    path(_case + "log/", log.log, name="log"),
    path(_case + "log/notat/", notes.note, name="notat"),
    path(_case + "log/notat/kladde/", notes.note_draft, name="notat_kladde"),
    path(_case + "log/<int:seq>/ret/", notes.correct, name="ret"),
    path(_case + "log/<int:seq>/ret/kladde/", notes.correction_draft, name="ret_kladde"),
    path(_case + "resume/", documents.resume, name="resume"),
    path(_case + "log.pdf", documents.log_pdf, name="log_pdf"),
    path(_case + "sagsmappe.zip", documents.case_folder_zip, name="sagsmappe_zip"),
    path(_case + "resume.pdf", documents.resume_pdf, name="resume_pdf"),
    path(_case + "politiark.pdf", documents.police_pdf, name="politiark_pdf"),
    path(_case + "logark.pdf", documents.log_sheet_view, name="logark_pdf"),
    path(_case + "henvis/", sharing.refer_page, name="henvis"),
    path(_case + "adgang/", sharing.people, name="adgang"),
    path(_case + "status/", status.status, name="status"),
    path(_case + "ansvarlig/", status.owner, name="ansvarlig"),
    path(_case + "tag/", status.take, name="tag_sag"),
    path("papirkontrol/", documents.check_paper, name="papirkontrol"),
    path("statistik/", oversight.counts, name="statistik"),
    path("opslag/", oversight.looked_at, name="opslag"),
    path("opbevaring/", retention.retention_overview, name="opbevaring"),
    path("opbevaring/<uuid:proposal_id>/", retention.proposal, name="sletteforslag"),
    path(_case + "opbevaring/", retention.of_case, name="sag_opbevaring"),
    path(_case + "indsigt/", subject_access.subject_access, name="indsigt"),
]
