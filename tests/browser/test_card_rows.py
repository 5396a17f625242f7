"""Every row of the action card, done by a professional in a browser: with JavaScript, and without.

The suite does without JavaScript one row of each step, what asks SSP, and what holds deletion back. `script/prove`
(`pages`) does every row both ways, and looks in the PDF of the résumé for each answer.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case, User
from guide.steps import BY_KEY
from tests.browser import stories
from tests.browser.conftest import Town, Watch, plain_in_the_long_form
from tests.browser.hand import SAVE, Hand
from tests.browser.stories import OFFENDER, VICTIM, day
from tests.figures import LONG

LogIn = Callable[[Page, User], None]


def open_step(hand: Hand, log_in: LogIn, town: Town, case: Case, step: str, section: str = "") -> None:
    """Open the section with that title, of a step the first."""
    asked = BY_KEY[step]
    found = next((one for one in asked.sections if one.title == section), asked.sections[0])
    log_in(hand.page, town.staff)
    hand.go(f"/sager/{case.public_id}/trin/{step}/{found.key}/")


def assert_kept(hand: Hand, case: Case, step: str, *answers: str) -> None:
    """What was filed stands in the log and the résumé; in the long form in its PDF too, made of the same parts."""
    page = hand.page
    hand.go(f"/sager/{case.public_id}/log/", "Log")
    filed = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=step))
    for fold in filed.get_by_text("Se svarene, som de blev gemt").all():
        hand.press(fold)
    for answer in answers:
        expect(filed.get_by_text(answer).first).to_be_visible()
    hand.go(f"/sager/{case.public_id}/resume/", f"Sagsresumé {case.reference}")
    for answer in answers:
        expect(page.get_by_role("main").get_by_text(answer).first).to_be_visible()
    if not (hand.javascript and LONG):
        return
    paper = hand.pdf(hand.button("Hent til mig selv sagsresumé"))
    assert f"Sagsresumé {case.reference}" in paper
    assert [answer for answer in answers if answer not in paper] == []


def test_row_1_uncover(hand: Hand, town: Town, log_in: LogIn) -> None:
    page = hand.page
    log_in(page, town.staff)
    hand.go("/sager/", "Mine sager")
    hand.press(hand.button("Opret en sag").first)
    hand.arrives("Er nogen i fare?")
    case = Case.objects.unscoped("browser test").get()
    form = page.locator("#trin-form")
    danger = "Er der tegn på, at den krænkede vil skade sig selv eller ikke orker livet?"
    expect(form.get_by_role("group").first).to_have_accessible_name(danger)
    choices = form.get_by_role("group").filter(has=page.get_by_role("radio"))
    unknown = page.get_by_role("radio", name="Ved ikke")
    expect(choices.filter(has_not=unknown)).to_have_count(0)
    boxes = form.get_by_role("checkbox", name="Ved ikke – ")
    expect(boxes).to_have_count(form.get_by_role("textbox").count())

    hand.choose(danger, "Nej")
    hand.choose("Er der vold, overgreb eller trusler om det?", "Ved ikke")
    hand.press(hand.button("Videre"))
    hand.arrives("Hvad er der sket?")
    hand.press(hand.group("Hvad er der tale om?").get_by_text("Vis flere"))
    hand.choose("Hvad er der tale om?", "Et billede eller en video er delt", "Mobning eller udelukkelse på nettet")
    hand.press(hand.button("Tilbage"))
    hand.arrives("Er nogen i fare?")
    expect(hand.group(danger).get_by_role("radio", name="Nej")).to_be_checked()
    hand.press(hand.button("Videre"))
    hand.arrives("Hvad er der sket?")
    expect(page.get_by_role("checkbox", name="Et billede eller en video er delt")).to_be_checked()
    hand.press(hand.button("Videre"))
    hand.arrives("Billedet")
    expect(hand.group("Kan man se, hvem det er?")).to_be_hidden()
    hand.choose("Hvad viser billedet?", "En nøgen krop")
    hand.choose("Kan man se, hvem det er?", "Ja")
    hand.press(hand.button("Videre"))
    hand.arrives("Hvem er det?")
    hand.write("Hvor gammel er eleven?", "15")
    hand.tick(page.get_by_role("checkbox", name="Samme som nu"))
    hand.press(hand.button("Vis, hvad jeg skal gøre"))
    hand.arrives("Gør det her nu")
    expect(page.get_by_role("heading", name="Ring til politiet på 114")).to_be_visible()
    expect(page.get_by_role("link", name="114")).to_have_attribute("href", "tel:114")

    hand.go(f"/sager/{case.public_id}/trin/afdaek/fortalt/", "Hvad er der fortalt?")
    hand.write("Fortæl det kort", f"{VICTIM} fik vist sit eget billede\ni gruppen.")
    hand.write("Hvornår fik skolen det at vide?", "i går")
    hand.write("Hvem kan kende personen, og på hvad?", "Klassen, på tatoveringen")
    hand.choose("Hvor foregår det?", "Snapchat")
    hand.write("Hvor foregår det præcist?", "Gruppen »9. årgang«")
    hand.unknown("Hvornår begyndte det?")
    hand.save()
    expect(page.get_by_role("checkbox", name="Ved ikke – Hvornår begyndte det?")).to_be_checked()
    hand.write("Hvad siger den krænkede selv?", "»Alle har set det.«")
    hand.write("Hvad er din faglige vurdering?", "Rystet, men fattet.")
    row = hand.add_row("Personer i sagen", "Tilføj en person")
    hand.write("Navn", VICTIM, within=row)
    hand.choose("Rolle", "Krænket", "Har modtaget", within=row)
    hand.pick("Alder", "15–17 år", within=row)
    hand.save()

    hand.look_for("Fortæl det kort")
    expect(hand.field("Fortæl det kort")).to_have_value(f"{VICTIM} fik vist sit eget billede\ni gruppen.")
    expect(hand.field("Hvornår fik skolen det at vide?")).to_have_value(day(1))
    panel = page.get_by_role("complementary", name="Vurdering lige nu")
    expect(panel.get_by_text("Seksuelt materiale med personer under 18 år").first).to_be_visible()
    assert_kept(
        hand, case, "Afdæk", "En nøgen krop", "Klassen, på tatoveringen", "Gruppen »9. årgang«", "»Alle har set det.«",
        "Rystet, men fattet.", VICTIM, "Krænket; Har modtaget", "Ved ikke",
    )  # fmt: skip


@plain_in_the_long_form
def test_row_2_assess(hand: Hand, town: Town, log_in: LogIn, watch: Watch) -> None:
    case = town.case({"afdaek": stories.nude()})
    open_step(hand, log_in, town, case, "vurder")
    page = hand.page
    panel = page.get_by_role("complementary", name="Vurdering lige nu")
    expect(panel.get_by_text("Niveau 3 skyldes billedets indhold.")).to_be_visible()
    expect(panel.get_by_text("Seksuelt materiale med personer under 18 år").first).to_be_visible()
    expect(panel.get_by_text("Politi", exact=False).first).to_be_visible()

    hand.choose("Hvilket niveau lægger I til grund?", "Niveau 2")
    watch.allow("422")
    hand.send(SAVE)
    summary = page.get_by_role("alert").filter(has_text="Det er ikke gemt endnu")
    expect(summary.get_by_text("Skriv, hvorfor I vurderer det sådan.")).to_be_visible()
    hand.write("Hvorfor et lavere niveau?", "Billedet er kun set af to.")
    hand.choose("Kan et barn i sagen have brug for særlig støtte eller have været udsat for overgreb?", "Ja")
    hand.choose("Hvem har ellers vurderet?", "Klasselærer eller kontaktlærer", "Socialrådgiver")
    hand.choose("Er ledelsen inde i sagen?", "Ja")
    hand.choose("Hvilken vej går sagen?", "Politisag", "Underretning til kommunen")
    hand.write("Hvorfor den vej?", "Nøgenhed, og eleven er 15 år.")
    hand.write("Hvornår kom ledelsen ind i sagen?", "i dag")
    hand.save()

    expect(panel.get_by_text("I har bekræftet niveau 2.")).to_be_visible()
    assert_kept(
        hand, case, "Vurder", "Niveau 2", "Billedet er kun set af to.",
        "Klasselærer eller kontaktlærer; Socialrådgiver", "Politisag; Underretning til kommunen",
        "Nøgenhed, og eleven er 15 år.", day(),
    )  # fmt: skip
    hand.go(f"/sager/{case.public_id}/log/", "Log")
    moved = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="iveau")).first
    expect(moved.get_by_text("Billedet er kun set af to.")).to_be_visible()
    expect(moved).to_contain_text("Beregnet")
    expect(moved).to_contain_text("Skolens vurdering")


@plain_in_the_long_form
def test_row_3_parents_of_a_minor(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.mild()})
    open_step(hand, log_in, town, case, "inddrag")
    hand.choose("Ved eleven, at du ikke kan love at holde det hemmeligt?", "Ja")
    hand.choose("Ved forældrene det?", "Kun den ene")
    hand.write("Hvem fortæller det til forældrene?", "Klasselæreren sammen med eleven")
    hand.write("Hvornår får forældrene det at vide?", day(-1))
    hand.write("Hvordan hjælper I eleven med at fortælle det?", "Vi ringer fra kontoret.")
    hand.write("Hvorfor venter I med den ene eller begge forældre?", "Far kan først træffes i morgen.")
    hand.write("Hvornår tager I spørgsmålet om forældrene op igen?", day(-1))
    hand.save()
    assert_kept(
        hand, case, "Inddrag", "Kun den ene", "Klasselæreren sammen med eleven", day(-1),
        "Vi ringer fra kontoret.", "Far kan først træffes i morgen.",
    )  # fmt: skip


@plain_in_the_long_form
def test_row_3_suspicion_towards_the_home(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.home()})
    log_in(hand.page, town.staff)
    duty = hand.page.get_by_text("Aftal med kommunen, hvem der taler med hjemmet")
    hand.go(f"/sager/{case.public_id}/plan/", "Plan")
    expect(duty.first).to_be_visible()
    open_step(hand, log_in, town, case, "inddrag", "Mistanken peger mod hjemmet")
    expect(hand.group("Ved forældrene det?")).to_have_count(0)
    expect(hand.page.get_by_text("Forældrene må ikke kontaktes nu.")).to_be_visible()
    hand.choose("Er det aftalt med kommunen, hvem der taler med hjemmet?", "Ja")
    hand.write("Hvad er aftalt med kommunen, og med hvem?", "Modtagelsen taler med hjemmet i dag.")
    hand.save()
    assert_kept(hand, case, "Inddrag", "Modtagelsen taler med hjemmet i dag.")
    hand.go(f"/sager/{case.public_id}/plan/", "Plan")
    expect(duty).to_have_count(0)


@plain_in_the_long_form
def test_row_3_an_adult_decides(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.adult()})
    open_step(hand, log_in, town, case, "inddrag")
    expect(hand.group("Ved forældrene det?")).to_have_count(0)
    hand.write("Hvem vil den unge have inddraget?", "Sin storesøster")
    hand.choose("Har den unge sagt ja til, at de bliver inddraget?", "Ja")
    hand.save()
    assert_kept(hand, case, "Inddrag", "Sin storesøster")


def test_row_4_evidence_without_images(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.nude()})
    open_step(hand, log_in, town, case, "dokumenter")
    expect(hand.page.locator("input[type=file]")).to_have_count(0)
    hand.choose("Har den krænkede eller forældrene fået hjælp til selv at gemme?", "Ja")
    hand.write("Hvad er gemt, og hvordan?", "Skærmbilleder af beskederne, uden billedet.")
    row = hand.add_row("Beviser", "Tilføj et bevis")
    hand.pick("Hvad", "Trussel eller krav", within=row)
    hand.write("Neutral beskrivelse", "Besked om at dele videre", within=row)
    hand.pick("Platform", "Snapchat", within=row)
    hand.write("Brugernavn", "emil_xd09", within=row)
    hand.write("Link", "snapchat.com/add/emil_xd09", within=row)
    hand.write("Dato", "i går", within=row)
    hand.write("Hvem har det", "Eleven", within=row)
    hand.write("På hvilken enhed", "Egen telefon", within=row)
    hand.write("Hvem har set det", "Veninden", within=row)
    hand.save()
    expect(hand.field("Brugernavn")).to_have_value("emil_xd09")
    assert_kept(
        hand, case, "Dokumentér", "Skærmbilleder af beskederne, uden billedet.", "Trussel eller krav",
        "Besked om at dele videre", "emil_xd09", "snapchat.com/add/emil_xd09", day(1), "Egen telefon", "Veninden",
    )  # fmt: skip


@plain_in_the_long_form
def test_row_5_chronology_and_the_familys_log_sheet(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.mild()})
    open_step(hand, log_in, town, case, "dokumenter")
    hand.choose("Er forældrene bedt om at føre logbog?", "Ja")
    hand.write("Hvornår fik de logarket?", "i dag")
    hand.save()
    hand.go(f"/sager/{case.public_id}/log/", "Log")
    hand.follow("Skriv en hændelse", "Skriv en hændelse")
    hand.choose("Hvad er det for en slags notat?", "Elevens egne ord: så ordret, du kan")
    hand.write("Hvilken dag skete det?", "i går")
    hand.write("Klokken?", "8.45")
    hand.write("Hvem var med?", f"{VICTIM} og klasselæreren")
    hand.write("Hvor?", "Lærerens kontor")
    hand.write("Hvad skete der?", "»Jeg tør ikke gå ind i klassen.«")
    hand.press(hand.button("Gem i loggen"))
    hand.arrives("Log")
    note = hand.page.get_by_role("listitem").filter(has_text="»Jeg tør ikke gå ind i klassen.«")
    happened = note.locator(".log-entry__when")
    expect(happened).to_contain_text("kl. 08.45")
    expect(note.locator(".log-entry__by")).to_contain_text("Bo Underviser")
    expect(note.locator(".log-entry__by")).not_to_contain_text(happened.inner_text())
    expect(note).to_contain_text("Lærerens kontor")

    hand.go(f"/sager/{case.public_id}/resume/", f"Sagsresumé {case.reference}")
    expect(hand.page.get_by_text("»Jeg tør ikke gå ind i klassen.«").first).to_be_visible()
    hand.follow("Papirer", "Papirer")
    sheet = hand.pdf(hand.button("Hent til hjemmet Logark til familien"))
    assert case.reference in sheet
    assert "Åskolen" in sheet
    assert "Hvad skete der?" in sheet
    assert [name for name in (VICTIM, OFFENDER, "klassens chat") if name in sheet] == []


@plain_in_the_long_form
def test_row_6_known_offender_and_the_spread(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.mild()})
    open_step(hand, log_in, town, case, "stop")
    hand.choose("Er der talt med den, der krænker?", "Ja")
    hand.write("Hvornår blev der talt med krænkeren?", "i går")
    hand.write("Hvad blev sagt og aftalt med krænkeren?", "Mads sletter billedet i dag.")
    hand.choose("Er krænkerens forældre kontaktet?", "Ja")
    hand.choose("Er krænkeren bedt om at slette?", "Ja")
    hand.choose("Har en forælder bekræftet, at det er slettet – uden at se billedet?", "Ja")
    hand.look_for("Hvordan ved I, om det er stoppet?")
    expect(hand.page.get_by_text("Foregår det stadig? Nej")).to_be_visible()
    hand.write("Hvordan ved I, om det er stoppet?", "Klassen siger det samstemmende")
    for name, part, answer in (
        (OFFENDER, "Har materialet", "Bekræftet af en forælder"),
        ("Oliver Prøve", "Har delt videre", "Siger, det er slettet"),
        ("Ukendt elev i 8.b", "Har modtaget", "Nægter"),
    ):
        row = hand.add_row("Modtagere", "Tilføj en modtager")
        hand.name(name, within=row)
        hand.pick("Rolle", part, within=row)
        hand.write("Bedt om at slette", "i går", within=row)
        hand.pick("Svar", answer, within=row)
    hand.save()
    expect(hand.page.get_by_role("group", name="Modtager 3", exact=True)).to_be_visible()
    assert_kept(
        hand, case, "Stop", "Mads sletter billedet i dag.", "Klassen siger det samstemmende", day(1), OFFENDER,
        "Bekræftet af en forælder", "Oliver Prøve", "Har delt videre", "Ukendt elev i 8.b", "Nægter",
    )  # fmt: skip


def test_row_7_unknown_offender_and_removal(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.stranger(), "anmeld": {"police_contacted": "ja"}})
    open_step(hand, log_in, town, case, "stop")
    expect(hand.group("Er der talt med den, der krænker?")).to_have_count(0)
    hand.look_for("Forsøg på at få det fjernet")
    expect(
        hand.page.get_by_text("Har den krænkede eller forældrene fået hjælp til selv at gemme? Ikke besvaret")
    ).to_be_visible()
    row = hand.add_row("Forsøg på at få det fjernet", "Tilføj et forsøg")
    hand.pick("Platform", "Instagram", within=row)
    hand.write("Link eller profil", "instagram.com/emil_xd09", within=row)
    hand.write("Dato", "i går", within=row)
    hand.pick("Vej", "Anmeldt i appen eller på siden", within=row)
    hand.pick("Udfald", "Afvist", within=row)
    hand.save()
    expect(row.get_by_text("Næste vej: Take It Down fra elevens egen enhed")).to_be_visible()
    row = hand.add_row("Forsøg på at få det fjernet", "Tilføj et forsøg")
    hand.pick("Platform", "Instagram", within=row)
    hand.pick("Vej", "Platformens klagevej", within=row)
    hand.pick("Udfald", "Intet svar", within=row)
    hand.save()
    expect(row.get_by_text("Næste vej: Klag over tjenesten via borger.dk.")).to_be_visible()
    assert_kept(
        hand, case, "Stop", "instagram.com/emil_xd09", "Anmeldt i appen eller på siden", "Afvist", day(1),
        "Take It Down fra elevens egen enhed", "Platformens klagevej", "Klag over tjenesten via borger.dk.",
    )  # fmt: skip


@plain_in_the_long_form
def test_row_8_other_schools_through_ssp(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.mild()})
    open_step(hand, log_in, town, case, "stop")
    hand.choose("Er elever fra andre skoler involveret?", "Ja")
    hand.write("Hvilke andre skoler?", "Nørreskolen")
    hand.choose("Hvor ligger de andre skoler?", "I kommunen")
    hand.choose("Går samarbejdet gennem SSP?", "Ja")
    hand.write("Kan det være samme hændelse som i en anden sag?", "26-ABCDE")
    hand.write("Hvad er aftalt med de andre skoler?", "SSP taler med begge skoler.")
    hand.save()
    assert_kept(hand, case, "Stop", "Nørreskolen", "I kommunen", "26-ABCDE", "SSP taler med begge skoler.")

    hand.go(f"/sager/{case.public_id}/", f"Sag {case.reference}")
    hand.follow("Spørg SSP", "Spørg SSP")
    hand.choose("Hvad skal SSP kunne se?", "Med navne: SSP kan læse hele sagen og skrive notater i den")
    hand.write("Hvad skal SSP hjælpe med?", "Samarbejde med Nørreskolen")
    hand.pick("Hvilken lov bygger I på?", "SSP-samarbejde, retsplejeloven § 115")
    hand.write("Hvorfor er det nødvendigt, at SSP får navne?", "SSP skal selv tale med eleven.")
    hand.press(hand.button("Send til SSP"))
    expect(hand.page.get_by_role("heading", name="SSP kan se sagen med navne")).to_be_visible()

    log_in(hand.page, town.ssp)
    hand.go("/sager/", "Henvendelser til SSP")
    expect(hand.page.get_by_text("Samarbejde med Nørreskolen")).to_have_count(0)
    hand.follow(case.reference, f"Henvendelse om {case.reference}")
    expect(hand.page.get_by_text("Samarbejde med Nørreskolen")).to_be_visible()
    hand.follow("Papirer", "Papirer")
    hand.follow("Se Sagsresumé", f"Sagsresumé {case.reference}")
    expect(hand.page.get_by_text("Nørreskolen").first).to_be_visible()


@plain_in_the_long_form
def test_row_9_police_contingency_and_the_fact_sheet(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.violence()})
    open_step(hand, log_in, town, case, "anmeld")
    hand.choose("Er politiet spurgt til råds?", "Ja")
    hand.write("Hvornår talte I med politiet?", "i går")
    hand.write("Hvad sagde politiet?", "Gem beskederne, og slet intet.")
    hand.choose("Bliver det anmeldt til politiet?", "Ja, det er anmeldt")
    hand.choose("Må der slettes?", "Nej, ikke endnu")
    hand.choose("Hvem anmelder?", "Forældrene")
    hand.choose("Hvordan anmeldes der?", "På en politistation")
    hand.write("Hvornår er det anmeldt?", "i dag")
    hand.write("Politiets journalnummer", "0100-TEST-77")
    hand.write("Hvad er der kommet ud af anmeldelsen?", "Afhøring i næste uge.")
    hand.choose("Er kommunens beredskabsplan sat i gang?", "Ja")
    hand.write("Hvornår blev beredskabsplanen sat i gang?", "i går")
    hand.save()
    assert_kept(
        hand, case, "Anmeld", "Gem beskederne, og slet intet.", "Ja, det er anmeldt", "Nej, ikke endnu",
        "Forældrene", "På en politistation", day(1), day(), "0100-TEST-77", "Afhøring i næste uge.",
        "Er kommunens beredskabsplan sat i gang?",
    )  # fmt: skip
    hand.follow("Papirer", "Papirer")
    sheet = hand.pdf(hand.button("Hent til politiet Faktaark til politiet"))
    told = ("Faktaark til politiet", case.reference, VICTIM, OFFENDER, "er lagt i klassens chat")
    assert [words for words in told if words not in sheet] == []


@plain_in_the_long_form
def test_row_9_notification_is_a_decision_of_its_own(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.nude()})
    open_step(hand, log_in, town, case, "anmeld")
    hand.choose("Bliver det anmeldt til politiet?", "Nej")
    hand.choose("Sendes der en underretning til kommunen?", "Ja, den er sendt")
    hand.write("Hvem underretter?", "Klasselæreren")
    hand.write("Hvornår er underretningen sendt?", "i dag")
    hand.write("Hvornår svarede kommunen, at de har fået den?", "i dag")
    row = hand.page.get_by_role("group", name=OFFENDER, exact=True)
    hand.pick("Underretning", "Ja, den skal sendes", within=row)
    hand.write("Hvem underretter", "Skolelederen", within=row)
    hand.save()
    kept = ("Ja, den er sendt", "Klasselæreren", day(), OFFENDER, "Ja, den skal sendes", "Skolelederen")
    assert_kept(hand, case, "Anmeld", *kept)


@plain_in_the_long_form
def test_row_10_insurance(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.mild()})
    open_step(hand, log_in, town, case, "anmeld")
    hand.choose("Er familien mindet om sin egen forsikring?", "Ja")
    hand.write("Hvem har mindet dem om det?", "Skolelederen")
    hand.write("Hvad siger forsikringen?", "Selskabet tilbyder psykolog")
    hand.save()
    assert_kept(hand, case, "Anmeld", "Skolelederen", "Selskabet tilbyder psykolog")


@plain_in_the_long_form
def test_row_11_sparring_without_names(hand: Hand, town: Town, log_in: LogIn, watch: Watch) -> None:
    case = town.case({"afdaek": stories.nude()})
    page = hand.page
    log_in(page, town.staff)
    hand.go(f"/sager/{case.public_id}/henvis/", "Spørg SSP")
    hand.choose("Hvad skal SSP kunne se?", "Anonymt: SSP rådgiver uden at vide, hvem det handler om")
    hand.write("Hvad skal SSP hjælpe med?", "Hvordan taler vi med klassen?")
    hand.write("Besked til SSP", "Vi mødes fredag.")
    sent_along = hand.group("Hvad sender I med, når I spørger anonymt?")
    hand.tick(sent_along.get_by_role("checkbox", name="Afdæk: "))
    hand.press(hand.button("Send til SSP"))
    hand.arrives("Det kommer SSP til at læse")
    hand.press(hand.button("Send til SSP"))
    expect(page.get_by_role("heading", name="SSP er spurgt anonymt")).to_be_visible()

    log_in(page, town.ssp)
    hand.go("/sager/", "Henvendelser til SSP")
    hand.follow(case.reference, f"Henvendelse om {case.reference}")
    main = page.get_by_role("main")
    for told in ("Hvordan taler vi med klassen?", "Vi mødes fredag.", "Niveau 3", "En nøgen krop"):
        expect(main.get_by_text(told).first).to_be_visible()
    for kept in ("Alma", "Testrup", "Mads", "Demosen", "delt i en gruppe", "pinligt", town.staff.name):
        expect(page.locator("body")).not_to_contain_text(kept)
    hand.choose("Hvad vil du?", "Spørge skolen om mere")
    hand.write("Besked til skolen", "Er forældrene med?")
    hand.press(hand.button("Send til skolen"))
    expect(main.get_by_text("Er forældrene med?")).to_be_visible()
    reply_without_names(hand, log_in, town, case)
    log_in(page, town.ssp)
    watch.allow("40[34]")
    for address in ("", "resume/", "log/", "trin/afdaek/fortalt/"):
        answer = page.goto(f"/sager/{case.public_id}/{address}")
        assert answer is not None
        assert answer.status in {403, 404}
        expect(page.locator("body")).not_to_contain_text("Alma")

    open_step(hand, log_in, town, case, "behandl")
    hand.press(hand.link("Svar under »Vurder«").first)
    hand.choose("Er SSP spurgt til råds?", "Ja")
    hand.write("Hvornår talte I med SSP?", "i dag")
    hand.write("Hvad siger SSP?", "SSP deltager i klassens time.")
    hand.save()
    assert_kept(hand, case, "Vurder", "SSP deltager i klassens time.", day())
    hand.go(f"/sager/{case.public_id}/trin/behandl/sparring/", "Sparring med SSP")
    expect(page.get_by_text("Hvad siger SSP? SSP deltager i klassens time.")).to_be_visible()


def reply_without_names(hand: Hand, log_in: LogIn, town: Town, case: Case) -> None:
    """SSP's question is read where the teacher is, and answered without the name that was typed."""
    log_in(hand.page, town.staff)
    hand.go("/sager/", "Mine sager")
    expect(hand.page.get_by_role("main").get_by_text("SSP spørger skolen")).to_be_visible()
    hand.follow(case.reference, f"Sag {case.reference}")
    hand.follow("Læs og svar", "Sparring med SSP")
    hand.write("Besked til SSP", "Ja, og storebror Oskar har set det.")
    hand.press(hand.button("Se, hvad SSP kommer til at læse"))
    hand.arrives("Kan nogen kendes på det her?")
    hand.choose("»Oskar« – navn?", "Tag det ud")
    hand.press(hand.button("Se, hvad SSP kommer til at læse"))
    hand.arrives("Det kommer SSP til at læse")
    hand.press(hand.button("Send til SSP"))
    expect(hand.page.get_by_text("Ja, og storebror [navn] har set det.")).to_be_visible()


@plain_in_the_long_form
def test_row_12_help_for_those_who_need_it(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.mild()})
    open_step(hand, log_in, town, case, "behandl")
    hand.choose("Har nogen brug for mere hjælp, end skolen kan give?", "Ja")
    for name, need, offer in (
        (VICTIM, "Tryghed i klassen", "Ugentlig samtale"),
        (OFFENDER, "Forstå følgerne", "Samtale med SSP"),
        ("Mor til Alma", "Nogen at ringe til", "Fast kontaktlærer"),
    ):
        row = hand.add_row("Behov og tilbud", "Tilføj en person")
        hand.name(name, within=row)
        hand.write("Behov", need, within=row)
        hand.write("Tilbud", offer, within=row)
        hand.write("Ansvarlig", "Trivselsvejlederen", within=row)
        hand.write("Opfølgning", day(-7), within=row)
    hand.save()
    assert_kept(
        hand, case, "Behandl", VICTIM, "Tryghed i klassen", "Ugentlig samtale", OFFENDER, "Samtale med SSP",
        "Mor til Alma", "Fast kontaktlærer", "Trivselsvejlederen", day(-7),
    )  # fmt: skip


@plain_in_the_long_form
def test_row_13_what_the_surroundings_are_told(hand: Hand, town: Town, log_in: LogIn) -> None:
    case = town.case({"afdaek": stories.mild()})
    open_step(hand, log_in, town, case, "behandl")
    hand.write("Hvilke særlige hensyn tager I?", "Mads holder frikvarter i den anden gård.")
    hand.choose("Kan pressen vise interesse?", "Ja")
    hand.write("Hvem svarer pressen, og hvad siger I?", "Kun skolelederen svarer.")
    for audience, decision in (("Klassen", "Orienteres"), ("Personalet", "Orienteres ikke")):
        row = hand.add_row("Orientering", "Tilføj en gruppe")
        hand.pick("Hvem", audience, within=row)
        hand.pick("Beslutning", decision, within=row)
        hand.write("Hvad siges", "At billeddeling er alvorligt", within=row)
        hand.write("Af hvem", "Klasselæreren", within=row)
        hand.write("Elevens ønske", "Ikke mens jeg er der", within=row)
        hand.write("Forældrenes ønske", "Enige", within=row)
    row = hand.add_row("Videregivelser", "Tilføj en videregivelse")
    hand.write("Modtager", "Kommunens modtagelse", within=row)
    hand.pick("Lovgrundlag", "Underretning, barnets lov § 133", within=row)
    hand.save()
    assert_kept(
        hand, case, "Behandl", "Mads holder frikvarter i den anden gård.", "Kun skolelederen svarer.", "Klassen",
        "Orienteres ikke", "At billeddeling er alvorligt", "Ikke mens jeg er der", "Enige", "Kommunens modtagelse",
        "Underretning, barnets lov § 133",
    )  # fmt: skip


# In the suite one level with JavaScript and the other without; `script/prove pages` does both both ways.
@pytest.mark.parametrize(
    ("hand", "story"),
    [
        pytest.param("javascript", stories.nude, id="level-3-javascript"),
        pytest.param("plain", stories.violence, id="level-4-plain"),
        *([("plain", stories.nude), ("javascript", stories.violence)] if LONG else []),
    ],
    indirect=["hand"],
)
def test_interlock_puts_the_police_before_deletion(
    hand: Hand, town: Town, log_in: LogIn, watch: Watch, story: Callable[[], stories.Answers]
) -> None:
    case = town.case({"afdaek": story(), "vurder": {"leadership": "ja"}, "inddrag": {"secrecy_told": "ja"}})
    page = hand.page
    open_step(hand, log_in, town, case, "stop")
    panel = page.get_by_role("complementary", name="Vurdering lige nu")
    expect(panel.get_by_role("heading", name="Politiet før sletning")).to_be_visible()
    row = hand.add_row("Modtagere", "Tilføj en modtager")
    hand.name(OFFENDER, within=row)
    hand.write("Bedt om at slette", "i dag", within=row)
    watch.allow("422")
    hand.send(SAVE)
    summary = page.get_by_role("alert").filter(has_text="Det er ikke gemt endnu")
    expect(summary.get_by_text("Skriv, hvorfor der er bedt om sletning, før politiet var spurgt.")).to_be_visible()
    hand.write("Hvorfor er der bedt om sletning, før politiet var spurgt?", "Det lå åbent på nettet.")
    hand.save()
    expect(panel.get_by_text("Der er bedt om sletning for tidligt")).to_be_visible()

    hand.go(f"/sager/{case.public_id}/", f"Sag {case.reference}")
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", name="Slet ikke noget endnu")).to_be_visible()
    expect(main.get_by_role("heading", name="Der er bedt om sletning for tidligt")).to_be_visible()
    hand.go(f"/sager/{case.public_id}/resume/", f"Sagsresumé {case.reference}")
    expect(main.get_by_role("heading", name="Afvigelser fra kortet")).to_be_visible()
    expect(main.get_by_text("Det lå åbent på nettet.").first).to_be_visible()
    if hand.javascript:
        paper = hand.pdf(hand.button("Hent til mig selv sagsresumé"))
        assert "Afvigelser fra kortet" in paper
        assert "Det lå åbent på nettet." in paper


@plain_in_the_long_form
def test_interlock_leads_to_the_police_before_stop(hand: Hand, town: Town, log_in: LogIn) -> None:
    done = {"vurder": "Vurder", "inddrag": "Inddrag", "dokumenter": "Dokumentér", "afdaek": "Afdæk"}
    case = town.case({"afdaek": stories.nude()})
    log_in(hand.page, town.staff)
    for step in done:
        hand.go(f"/sager/{case.public_id}/trin/{step}/spring-over/")
        hand.write("Hvorfor springer I trinnet over?", "Klaret for længst.")
        hand.press(hand.button("Spring trinnet over"))
        hand.arrives(f"Sag {case.reference}")
    hand.follow("Fortsæt med »Politiet«", "Politiet")
