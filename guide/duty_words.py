"""The duties as they are written on the screen: what to do, why, with which source, whom to call, in which step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Words:
    """One duty's fixed part. `sources` are keys of guide.law, `contacts` keys of guide.contacts.

    A `rule` is kept in mind for as long as the case lasts, not done once.
    """

    title: StrOrPromise
    text: StrOrPromise
    why: StrOrPromise
    step: str
    sources: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    rule: bool = False


_SAFETY: Final[Mapping[str, Words]] = {
    "call_112": Words(
        _("Ring 112"),
        _("Sig, hvor I er, og hvad der sker. Bliv hos eleven imens."),
        _("Elevens sikkerhed går forud for alt andet, også for beviser."),
        "afdaek",
        contacts=("alarm_112", "livslinien"),
    ),
    "stay_with_pupil": Words(
        _("Bliv hos eleven"),
        _("Lad ikke eleven være alene. Bliv, til en anden voksen eller hjælpen har taget over."),
        _("En elev i fare har brug for en rolig voksen ved sin side."),
        "afdaek",
        contacts=("livslinien", "boernetelefonen"),
    ),
    "leader_now": Words(
        _("Hent ledelsen nu"),
        _("Få fat i en leder med det samme. Du skal ikke stå med det alene."),
        _("Ledelsen sætter beredskabsplanen i gang og fordeler opgaverne."),
        "vurder",
        contacts=("ssp_konsulent",),
    ),
    "involve_leadership": Words(
        _("Hent ledelsen ind i sagen"),
        _("Fortæl en leder, hvad du ved, mens eleven stadig er hos dig. Skriv det under »Vurder«, når det er gjort."),
        _("Du skal ikke stå alene med sagen. Ledelsen er med til at vurdere den og fordeler opgaverne."),
        "vurder",
        contacts=("ssp_konsulent",),
    ),
    "contingency_plan": Words(
        _("Følg kommunens beredskabsplan"),
        _(
            "Find planen for vold og overgreb, og følg den. Det er kommunen, ikke skolen, der eventuelt inddrager et "
            "børnehus."
        ),
        _("Planen er lavet, for at barnet får den rette hjælp i den rette rækkefølge."),
        "anmeld",
        ("barnets_lov_15",),
        ("beredskabsplan", "social_doegnvagt"),
    ),
    "ask_danger": Words(
        _("Spørg, om eleven er i fare"),
        _(
            "Spørg ligeud: Har du tænkt på at skade dig selv? Er der nogen, du er bange for lige nu? Er du i tvivl, "
            "så ring 112."
        ),
        _("I ved det ikke endnu, og det er det første, I skal vide."),
        "afdaek",
        contacts=("alarm_112", "livslinien"),
    ),
    "home_municipality": Words(
        _("Fortæl det ikke til forældrene endnu"),
        _(
            "Aftal med kommunen, hvem der siger hvad til hjemmet og hvornår, hvem der taler med politiet, og hvem der "
            "hjælper eleven med at få noget fjernet."
        ),
        _("Når faren kan komme fra hjemmet, kan en opringning dertil gøre det værre for barnet."),
        "inddrag",
        ("barnets_lov_133",),
        ("underretning_modtagelse", "social_doegnvagt"),
    ),
    "ask_before_parents": Words(
        _("Spørg eleven, før I ringer hjem"),
        _("Find ud af, om vold, overgreb eller pres kan komme fra hjemmet. Er I i tvivl, så spørg kommunen først."),
        _("I ved endnu ikke, om hjemmet er trygt. Er det trygt, skal forældrene med hurtigst muligt."),
        "inddrag",
        ("barnets_lov_133",),
        ("underretning_modtagelse", "social_doegnvagt"),
    ),
    "secrecy": Words(
        _("Sig tidligt, at du ikke kan love tavshed"),
        _("Sig det roligt: Jeg kan ikke love at holde det for mig selv, men du får at vide, hvem jeg taler med."),
        _("Du kan have pligt til at underrette kommunen. Eleven skal ikke føle sig snydt bagefter."),
        "inddrag",
        ("barnets_lov_133",),
        contacts=("ssp_konsulent",),
    ),
}

_EVIDENCE: Final[Mapping[str, Words]] = {
    "do_not_view": Words(
        _("Se ikke billederne"),
        _(
            "Du må ikke se, modtage, gemme, kopiere, sende eller fotografere dem. Et par neutrale ord om, hvad de "
            "viser, er nok."
        ),
        _(
            "Loven forbyder at have og dele seksuelt materiale med personer under 18 år. Og eleven skånes for flere "
            "blikke."
        ),
        "dokumenter",
        ("straffeloven_235",),
        ("politi_114",),
        rule=True,
    ),
    "staff_material": Words(
        _("Spørg politiet om det materiale, en ansat har liggende"),
        _("Ring 114 nu, og gør, som de siger. Send det ikke videre, og slet det ikke på egen hånd."),
        _("Forbuddet gælder også den, der ville hjælpe. Politiet siger, hvad der skal ske med materialet."),
        "dokumenter",
        ("straffeloven_235",),
        ("politi_114",),
    ),
    "keep_out": Words(
        _("Lad eleven beholde billederne selv"),
        _("Se dem ikke, og få dem ikke sendt eller gemt hos jer. Et par neutrale ord om, hvad de viser, er nok."),
        _("Jo færre der ser billedet, jo mindre bliver krænkelsen."),
        "dokumenter",
        ("straffeloven_264d",),
        rule=True,
        contacts=("politi_114",),
    ),
    "do_not_delete": Words(
        _("Slet ikke noget endnu"),
        _("Vent med at slette og med at bede andre slette, til politiet har sagt, hvad der må ske."),
        _("Det, der er slettet, kan ikke bruges som bevis. Politiet siger, hvad der skal gemmes og hvordan."),
        "stop",
        contacts=("politi_114",),
        rule=True,
    ),
    "follow_police": Words(
        _("Gør, som politiet har sagt om sletning"),
        _("Slet kun det, politiet har sagt ja til. Er I i tvivl, så ring igen på 114."),
        _("Politiet ved, hvad der stadig skal bruges som bevis. Deres svar står under »Anmeld«."),
        "stop",
        contacts=("politi_114",),
        rule=True,
    ),
    "secure_evidence": Words(
        _("Sikr beviserne på elevens egen enhed"),
        _(
            "Skriv ned: hvor det ligger, brugernavn eller link, tidspunkt, og hvem der har set det. Eleven kan gemme "
            "profiler, chat og trusler som skærmbilleder. Tag ikke skærmbilleder af seksuelle billeder; spørg politiet."
        ),
        _("Beviser først, så kan det stoppes bagefter. Men sikkerhed venter aldrig på papirarbejde."),
        "dokumenter",
        contacts=("politi_114", "sletdet"),
    ),
    "do_not_search_phone": Words(
        _("Gennemsøg ikke telefonen"),
        _(
            "Bed aldrig om koden, og tving den ikke åben. Eleven kan selv vise profiler og beskeder, hvis eleven vil "
            "– men ikke billederne."
        ),
        _(
            "Skolen må ikke gennemsøge en elevs telefon. Er den taget i forvaring, skal den tilbage, når skoledagen "
            "slutter."
        ),
        "dokumenter",
        ("elevers_telefoner",),
        rule=True,
        contacts=("politi_114",),
    ),
    "threat_advice": Words(
        _("Betal ikke, og send ikke mere"),
        _("Hjælp eleven med at gemme truslerne og lade være med at svare. Tal med politiet."),
        _("Penge eller flere billeder giver blot nyt at presse med. Truslerne er beviser."),
        "dokumenter",
        ("straffeloven_266", "straffeloven_260"),
        ("politi_114",),
    ),
    "stop_spread": Words(
        _("Det breder sig: sikr beviserne, og stop det straks"),
        _("Få skrevet ned, hvor det ligger, og hvem der har det. Gå straks derefter i gang med at stoppe det."),
        _("Jo længere det varer, jo flere når det."),
        "stop",
        contacts=("sletdet",),
    ),
}

_POLICE: Final[Mapping[str, Words]] = {
    "ask_police": Words(
        _("Tal med politiet, før noget slettes"),
        _("Ring 114, og spørg, hvad I skal gøre med beviser og sletning. Det er ikke det samme som at anmelde."),
        _("Politiet bestemmer rækkefølgen, når sagen kan høre til hos politiet."),
        "anmeld",
        ("anmeldelse_er_et_valg",),
        ("politi_114",),
    ),
    "police_report": Words(
        _("Anbefal at anmelde, og hjælp med det"),
        _(
            "Som regel anmelder forældrene eller den krænkede selv: på stationen, på 114 eller på nettet. Gør det "
            "hurtigst muligt. Hovedreglen for erstatning fra staten er inden 72 timer."
        ),
        _("På niveau 4 hører sagen til hos politiet."),
        "anmeld",
        ("anmeldelse_er_et_valg", "erstatning_72_timer"),
        ("politi_114", "anmeld_online", "offerraadgivningen", "erstatningsnaevnet"),
    ),
    "report_soon": Words(
        _("Anbefal at anmelde hurtigst muligt"),
        _("Hovedreglen for erstatning fra staten er, at det er anmeldt inden 72 timer."),
        _("Den krænkede kan anmelde uanset alder. En tidlig anmeldelse kan få betydning for erstatning."),
        "anmeld",
        ("erstatning_72_timer", "anmeldelse_er_et_valg"),
        ("anmeld_online", "politi_114", "offerraadgivningen", "erstatningsnaevnet"),
    ),
    "approach_police": Words(
        _("Fortæl politiet om den seksuelle henvendelse"),
        _("Hjælp eleven med at gemme profil, beskeder og tidspunkter til politiet. Send ikke flere svar."),
        _("En seksuel henvendelse til en person under 18 år kan være strafbar. Kender I ikke afsenderen, haster det."),
        "anmeld",
        ("straffeloven_231", "straffeloven_232", "straffeloven_226_227"),
        ("politi_114", "sletdet"),
    ),
    "under_15_police": Words(
        _("Sig til politiet, at en person er under 15 år"),
        _("Sig alderen som det første, når I ringer 114."),
        _(
            "Loven beskytter særligt, når nogen er under 15 år. Politiet kan også handle, når krænkeren selv er under "
            "15."
        ),
        "anmeld",
        ("straffeloven_235", "kriminel_lavalder"),
        ("politi_114",),
    ),
    "offender_police": Words(
        _("Tal med politiet, når en krænker er voksen eller ukendt"),
        _("Tag ikke selv kontakt til vedkommende. Fortæl politiet, hvad I ved om navn, profil og alder."),
        _("En voksen eller ukendt krænker kan have flere ofre, og det kan skolen ikke selv stoppe."),
        "anmeld",
        contacts=("politi_114",),
    ),
    "staff_track": Words(
        _("Lad ledelsen og kommunen tage sig af sagen om den ansatte"),
        _("Gå direkte til ledelsen, eller til kommunen, hvis det er lederen. Lad dem om at tale med kollegaen."),
        _("En sag om en ansat har sit eget spor ved siden af hjælpen til eleven."),
        "vurder",
        contacts=("underretning_modtagelse",),
    ),
}

_HOME_AND_MUNICIPALITY: Final[Mapping[str, Words]] = {
    "inform_parents": Words(
        _("Inddrag forældrene hurtigst muligt"),
        _(
            "Hjælp eleven med at fortælle det. I enkelte sager må I sikre beviser eller stoppe krænkelsen først. "
            "Skriv hvorfor."
        ),
        _("Eleven er under 18 år, og forældrene er dem, der kan støtte og handle derhjemme."),
        "inddrag",
        contacts=("ssp_konsulent",),
    ),
    "adult_consent": Words(
        _("Aftal med den voksne elev, hvem der skal vide det"),
        _("Den, der er fyldt 18 år, bestemmer selv. Få et ja, før I taler med andre, og skriv det ned."),
        _("For voksne gælder samtykke og tavshedspligt. Der er ikke underretningspligt om dem."),
        "inddrag",
        contacts=("stopchikane", "offerraadgivningen"),
    ),
    "notify": Words(
        _("Underret kommunen"),
        _(
            "Send underretningen til kommunen, ikke til politiet. Kommunen vurderer den inden 24 timer og bekræfter "
            "inden seks hverdage. Har du intet hørt, så ring."
        ),
        _(
            "En rimelig mistanke er nok. Pligten er din egen, den går forud for tavshedspligten, og ingen leder kan "
            "stoppe den."
        ),
        "anmeld",
        ("barnets_lov_133", "barnets_lov_135"),
        ("underretning_modtagelse", "social_doegnvagt"),
    ),
    "consider_notification": Words(
        _("Tag stilling til en underretning"),
        _("Kan eleven have brug for særlig støtte eller være udsat for overgreb? Er du i tvivl, så spørg kommunen."),
        _("En rimelig mistanke er nok, og pligten er din egen. Det er en anden beslutning end politianmeldelse."),
        "vurder",
        ("barnets_lov_133", "barnets_lov_135", "anmeldelse_er_et_valg"),
        ("underretning_modtagelse", "social_doegnvagt"),
    ),
    "judge_bullying": Words(
        _("Lad ledelsen vurdere, om det er mobning"),
        _("Er svaret ja, skal der være en handlingsplan senest 10 arbejdsdage efter, at skolen fik det at vide."),
        _("Fristen løber fra den dag, skolen fik det at vide, ikke fra den dag, I vurderer det."),
        "vurder",
        ("undervisningsmiljoeloven_1b",),
        contacts=("ssp_konsulent",),
    ),
    "bullying_plan": Words(
        _("Lav handlingsplanen mod mobning"),
        _(
            "Den skal være klar senest 10 arbejdsdage efter, at skolen fik det at vide. Fortæl familien, at den "
            "først kan klage til skolen. Får den nej, eller er der gået 20 dage, kan den klage til DCUM."
        ),
        _("Ledelsen vurderer, at det er mobning, og så er planen et krav."),
        "behandl",
        ("undervisningsmiljoeloven_1b",),
        ("dcum",),
    ),
    "late_to_leader": Words(
        _("Gør ledelsen og SSP opmærksomme på ventetiden"),
        _("Sig, hvornår skolen fik det at vide, hvad der er sket siden, og hvad der sker nu."),
        _("Der gik mere end to dage uden handling. Det skal frem, så eleven ikke venter længere."),
        "vurder",
        contacts=("ssp_konsulent",),
    ),
    "sharing_basis": Words(
        _("Skriv ned, hver gang I giver oplysninger videre"),
        _(
            "Notér modtager, formål, lovgrundlag, og hvorfor det er nødvendigt. SSP må ikke bruges til at efterforske "
            "en straffesag."
        ),
        _(
            "Oplysninger om børn og om strafbare forhold må kun deles, når loven giver grundlag for det, og det er "
            "nødvendigt."
        ),
        "behandl",
        ("retsplejeloven_115", "forvaltningsloven_28", "databeskyttelsesloven_8"),
        ("ssp_konsulent",),
    ),
}

WORDS: Final[Mapping[str, Words]] = {**_SAFETY, **_EVIDENCE, **_POLICE, **_HOME_AND_MUNICIPALITY}
