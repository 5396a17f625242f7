"""The duties as they are written on the screen: what to do, why, with which source, whom to call, in which step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from guide.rules.enums import Words


@dataclass(frozen=True, slots=True)
class DutyText:
    """The fixed texts of one duty, with keys of `guide.reference.legal_sources` and `guide.reference.contacts`.

    A `rule` is kept in mind for as long as the case lasts, not done once. `asks` is the section of the first pages in
    which the answer is written that shows the duty to be done: it is not ticked off.
    """

    title: Words
    text: Words
    why: Words
    step: str
    sources: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    rule: bool = False
    asks: str = ""


DUTY_TEXTS: Final[Mapping[str, DutyText]] = {
    # Safety and the home.
    "call_112": DutyText(
        _("Ring 112"),
        _("Sig, hvor I er, og hvad der sker. Bliv hos eleven imens."),
        _("Elevens sikkerhed går forud for alt andet, også for beviser."),
        "afdaek",
        contacts=("alarm_112", "livslinien"),
    ),
    "ask_suicide": DutyText(
        _("Spørg eleven ligeud om selvmordstanker"),
        _(
            "Spørg: Tænker du på at tage dit liv? Har du en plan, eller noget at gøre det med? Er svaret ja, så ring "
            "112. Skriv svaret under »Afdæk«."
        ),
        _("Svaret afgør, om I ringer 112, eller hvem der tager sig af eleven nu."),
        "afdaek",
        contacts=("alarm_112", "livslinien"),
        asks="fare",
    ),
    "parents_fetch": DutyText(
        _("Få forældrene til at hente eleven nu"),
        _(
            "Ring hjem, og bliv hos eleven, til de er her. Aftal, at eleven ikke skal være alene, og hvem der ringer "
            "til lægen."
        ),
        _("En elev, der ikke orker at leve, skal ikke gå alene hjem."),
        "inddrag",
        contacts=("livslinien",),
    ),
    "stay_with_pupil": DutyText(
        _("Bliv hos eleven"),
        _("Lad ikke eleven være alene. Bliv, til en anden voksen eller hjælpen har taget over."),
        _("Den, der er i fare, har brug for en rolig voksen hos sig."),
        "afdaek",
        contacts=("livslinien", "boernetelefonen"),
    ),
    "see_doctor": DutyText(
        _("Sørg for, at eleven taler med en læge i dag"),
        _("Egen læge, eller vagtlægen uden for åbningstiden. Aftal, hvem der ringer, og hvem der tager med."),
        _("Selvmordstanker skal vurderes af en læge, også når eleven virker rolig igen."),
        "inddrag",
        contacts=("livslinien",),
    ),
    "leader_now": DutyText(
        _("Hent ledelsen nu"),
        _("Få fat i en leder med det samme. Du skal ikke stå med det alene."),
        _("Ledelsen sætter beredskabsplanen i gang og fordeler opgaverne."),
        "vurder",
        contacts=("ssp_konsulent",),
    ),
    "involve_leadership": DutyText(
        _("Hent ledelsen ind i sagen"),
        _("Fortæl en leder, hvad du ved, mens eleven stadig er hos dig. Skriv det under »Vurder«, når det er gjort."),
        _("Du skal ikke stå alene med sagen. Ledelsen er med til at vurdere den og fordeler opgaverne."),
        "vurder",
        contacts=("ssp_konsulent",),
    ),
    "contingency_plan": DutyText(
        _("Følg kommunens beredskabsplan"),
        _(
            "Find planen for vold og overgreb, og følg den. Det er kommunen, ikke skolen, der eventuelt inddrager et "
            "børnehus."
        ),
        _("Planen siger, hvem der gør hvad, når et barn er udsat for vold eller overgreb."),
        "anmeld",
        ("barnets_lov_15",),
        ("beredskabsplan", "social_doegnvagt"),
    ),
    "ask_danger": DutyText(
        _("Spørg, om eleven er i fare"),
        _(
            "Spørg ligeud: Har du tænkt på at skade dig selv? Er der nogen, du er bange for lige nu? Er du i tvivl, "
            "så ring 112."
        ),
        _("I ved det ikke endnu, og det er det første, I skal vide."),
        "afdaek",
        contacts=("alarm_112", "livslinien"),
        asks="fare",
    ),
    "home_municipality": DutyText(
        _("Aftal med kommunen, hvem der taler med hjemmet"),
        _(
            "Fortæl det ikke til forældrene endnu. Aftal, hvem der siger hvad til hjemmet og hvornår, hvem der taler "
            "med politiet, og hvem der hjælper eleven med at få noget fjernet."
        ),
        _("Er hjemmet ikke trygt, kan et opkald gøre det værre for barnet."),
        "inddrag",
        ("barnets_lov_133",),
        ("underretning_modtagelse", "social_doegnvagt"),
    ),
    "ask_before_parents": DutyText(
        _("Spørg eleven, før I ringer hjem"),
        _("Find ud af, om vold, overgreb eller pres kan komme fra hjemmet. Er I i tvivl, så spørg kommunen først."),
        _("I ved endnu ikke, om hjemmet er trygt. Er det trygt, skal forældrene med hurtigst muligt."),
        "inddrag",
        ("barnets_lov_133",),
        ("underretning_modtagelse", "social_doegnvagt"),
    ),
    "reach_victim": DutyText(
        _("Find den elev, det handler om"),
        _(
            "Spørg den, der fortalte det, og giv også ham eller hende støtte. Lad en voksen, den krænkede er tryg ved, "
            "tale med den krænkede i dag. Går den krænkede på en anden skole, så gå gennem SSP. Er nogen i fare, så "
            "ring 112. Ret svaret under »Afdæk«, når I har talt med den krænkede."
        ),
        _("Den krænkede ved det måske ikke endnu og kan stå alene med det."),
        "afdaek",
        contacts=("ssp_konsulent", "alarm_112"),
    ),
    "secrecy": DutyText(
        _("Sig tidligt, at du ikke kan love tavshed"),
        _(
            "Sig det roligt: Jeg kan ikke love at holde det hemmeligt. Jeg siger det til dig, når jeg taler med nogen, "
            "hvis jeg kan."
        ),
        _("Du kan have pligt til at underrette kommunen. Eleven skal ikke føle sig snydt bagefter."),
        "inddrag",
        ("barnets_lov_133",),
        contacts=("ssp_konsulent",),
    ),
    # Evidence.
    "do_not_view": DutyText(
        _("Se ikke billederne"),
        _(
            "Du må ikke se, modtage, gemme, kopiere, sende eller fotografere dem. Et par neutrale ord om, hvad de "
            "viser, er nok."
        ),
        _(
            "Det er strafbart at have eller dele seksuelt materiale med personer under 18 år. At lade være skåner "
            "også eleven."
        ),
        "dokumenter",
        ("straffeloven_235",),
        ("politi_114",),
        rule=True,
    ),
    "staff_material": DutyText(
        _("Spørg politiet om det materiale, en ansat har liggende"),
        _("Ring 114 nu, og gør, som de siger. Send det ikke videre, og slet det ikke på egen hånd."),
        _(
            "Forbuddet mod at have det gælder også den, der ville hjælpe. Politiet siger, hvad der skal ske med "
            "materialet."
        ),
        "dokumenter",
        ("straffeloven_235",),
        ("politi_114",),
    ),
    "do_not_question": DutyText(
        _("Spørg ikke eleven ud om vold eller overgreb"),
        _(
            "Lad eleven fortælle med egne ord. Spørg åbent, og kun så meget, at I ved, om eleven er i sikkerhed. Skriv "
            "elevens ord ned."
        ),
        _("Resten er politiets og kommunens opgave."),
        "afdaek",
        ("barnets_lov_15",),
        ("underretning_modtagelse",),
        rule=True,
    ),
    "do_not_confront": DutyText(
        _("Vent med at tale med den, der krænker"),
        _(
            "Tal med politiet først. Er der mistanke om vold eller overgreb, så siger kommunen, hvem der taler med "
            "hvem og hvornår."
        ),
        _("En samtale for tidligt kan skade barnet og det, politiet og kommunen skal finde ud af."),
        "afdaek",
        ("barnets_lov_15",),
        ("underretning_modtagelse",),
        rule=True,
    ),
    "keep_out": DutyText(
        _("Lad eleven beholde billederne selv"),
        _("Se dem ikke, og få dem ikke sendt eller gemt hos jer. Et par neutrale ord om, hvad de viser, er nok."),
        _("Jo færre der ser billedet, jo mindre bliver krænkelsen."),
        "dokumenter",
        rule=True,
        contacts=("politi_114",),
    ),
    "do_not_delete": DutyText(
        _("Slet ikke noget endnu"),
        _("Slet ikke, og bed ikke andre slette, før politiet har sagt ja til det."),
        _("Det, der er slettet, kan ikke bruges som bevis."),
        "stop",
        contacts=("politi_114",),
        rule=True,
    ),
    "follow_police": DutyText(
        _("Følg det, politiet sagde om sletning"),
        _("Slet kun det, politiet har sagt ja til. Er I i tvivl, så ring igen på 114."),
        _("Politiet ved, hvad der stadig skal bruges som bevis. Deres svar står under »Anmeld«."),
        "stop",
        contacts=("politi_114",),
        rule=True,
    ),
    "ask_deletion": DutyText(
        _("Spørg politiet, hvad der må slettes"),
        _("Ring 114, og skriv svaret under »Anmeld«. Så ved alle, om de må gå i gang."),
        _("I har talt med politiet, men de har ikke sagt ja til, at noget slettes."),
        "anmeld",
        contacts=("politi_114",),
    ),
    "secure_evidence": DutyText(
        _("Sikr beviserne på elevens egen enhed"),
        _(
            "Skriv ned: hvor det ligger, brugernavn eller link, tidspunkt, og hvem der har set det. Eleven kan gemme "
            "profiler og chat som skærmbilleder. Tag ikke skærmbilleder af seksuelle billeder, men spørg politiet."
        ),
        _("Sikr beviserne, før noget fjernes. Men elevens sikkerhed venter aldrig på det."),
        "dokumenter",
        contacts=("politi_114", "sletdet"),
    ),
    "do_not_search_phone": DutyText(
        _("Gennemsøg ikke telefonen"),
        _(
            "Bed aldrig om koden, og tving ikke telefonen åben. Eleven kan selv vise profiler og beskeder, hvis eleven "
            "vil – men ikke billederne."
        ),
        _(
            "Skolen må ikke gennemsøge en elevs telefon. Er den taget i forvaring, skal den tilbage, når ejerens "
            "skoledag slutter."
        ),
        "dokumenter",
        ("elevers_telefoner",),
        rule=True,
        contacts=("politi_114",),
    ),
    "threat_advice": DutyText(
        _("Betal ikke, send ikke mere, og gem truslerne"),
        _("Svar heller ikke. Hjælp eleven med at gemme truslerne, og tal med politiet."),
        _("Penge og flere billeder fører tit til nye krav. Truslerne er beviser."),
        "dokumenter",
        ("straffeloven_266", "straffeloven_260"),
        ("politi_114",),
        rule=True,
    ),
    "money_paid": DutyText(
        _("Stop betalingerne, og ring til banken"),
        _(
            "Gem kvitteringer, kontonumre og beskeder. Bed banken om hjælp. Blokér først den, der presser, når "
            "beviserne er gemt."
        ),
        _("Flere penge fører tit til nye krav. Banken ved, om en betaling kan stoppes."),
        "dokumenter",
        contacts=("politi_114",),
    ),
    "tell_threats": DutyText(
        _("Sig til politiet, hvad der bliver krævet"),
        _("Fortæl, hvad der trues med, hvad der kræves og hvornår, og om der er betalt."),
        _("Politiet skal kende truslen og fristen for at kunne hjælpe i tide."),
        "anmeld",
        contacts=("politi_114",),
    ),
    "see_injury": DutyText(
        _("Se, om eleven er kommet til skade"),
        _("Spørg, hvor det gør ondt. Søg læge eller skadestue, hvis I er i tvivl."),
        _("Efter slag kan en skade være alvorlig, selv om den ikke kan ses."),
        "afdaek",
        contacts=("alarm_112",),
    ),
    "tell_hate": DutyText(
        _("Sig til politiet, at det kan være had"),
        _("Fortæl, hvad der tyder på had mod køn, seksualitet, tro, hudfarve eller handicap."),
        _("Politiet skal kende et muligt motiv."),
        "anmeld",
        contacts=("politi_114",),
    ),
    "stop_spread": DutyText(
        _("Det breder sig: sikr beviserne, og stop det straks"),
        _("Få skrevet ned, hvor det ligger, og hvem der har det. Gå straks derefter i gang med at stoppe det."),
        _("Jo længere det varer, jo flere ser det."),
        "stop",
        contacts=("sletdet",),
    ),
    "stop_ongoing": DutyText(
        _("Få krænkelserne til at høre op"),
        _("Sikr beviserne, og aftal i dag, hvem der gør hvad for at stoppe det."),
        _("Krænkelserne står stadig på."),
        "stop",
        contacts=("ssp_konsulent",),
    ),
    "whereabouts": DutyText(
        _("Få adresse og telefon væk fra nettet"),
        _(
            "Anmeld det til platformen, når beviserne er gemt. Aftal med eleven og politiet, hvordan hverdagen bliver "
            "tryg."
        ),
        _("Fremmede kan finde eleven, så længe oplysningerne ligger fremme."),
        "stop",
        contacts=("politi_114", "sletdet"),
    ),
    # The police, and an offender who is an adult or employed.
    "ask_police": DutyText(
        _("Tal med politiet, før noget slettes"),
        _("Ring 114, og spørg, hvad I skal gøre med beviser og sletning. Det er ikke det samme som at anmelde."),
        _("Når politiet kan blive inddraget, siger de, hvad der skal sikres, før noget slettes."),
        "anmeld",
        ("anmeldelse_er_et_valg",),
        ("politi_114",),
    ),
    "police_report": DutyText(
        _("Anbefal at anmelde, og få det gjort"),
        _(
            "Som regel anmelder forældrene eller den krænkede selv: på stationen, på 114 eller på nettet. Aftal hvem "
            "og hvornår. Opgaven står her, til det er anmeldt, eller I har skrevet hvorfor ikke."
        ),
        _("Det, der er sket, kan være en sag for politiet."),
        "anmeld",
        ("anmeldelse_er_et_valg", "erstatning_72_timer", "foraeldelse"),
        ("politi_114", "anmeld_online", "offerraadgivningen", "erstatningsnaevnet"),
    ),
    "report_soon": DutyText(
        _("Anbefal at anmelde hurtigst muligt"),
        _("Aftal hvem og hvornår. Opgaven står her, til det er anmeldt, eller I har skrevet hvorfor ikke."),
        _(
            "Den krænkede kan anmelde uanset alder. Nogle krænkelser skal anmeldes inden seks måneder, og en tidlig "
            "anmeldelse kan få betydning for erstatning."
        ),
        "anmeld",
        ("erstatning_72_timer", "anmeldelse_er_et_valg"),
        ("anmeld_online", "politi_114", "offerraadgivningen", "erstatningsnaevnet"),
    ),
    "approach_police": DutyText(
        _("Fortæl politiet om den seksuelle henvendelse"),
        _("Hjælp eleven med at gemme profil, beskeder og tidspunkter til politiet. Send ikke flere svar."),
        _("En seksuel henvendelse til en person under 18 år kan være strafbar. Kender I ikke afsenderen, haster det."),
        "anmeld",
        ("straffeloven_231", "straffeloven_232", "straffeloven_226_227"),
        ("politi_114", "sletdet"),
    ),
    "under_15_police": DutyText(
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
    "offender_police": DutyText(
        _("Tal med politiet, når en krænker er voksen eller ukendt"),
        _("Kontakt ikke selv krænkeren. Fortæl politiet, hvad I ved om navn, profil og alder."),
        _("En voksen eller ukendt krænker kan have flere ofre, og det kan skolen ikke selv stoppe."),
        "anmeld",
        contacts=("politi_114",),
    ),
    "staff_track": DutyText(
        _("Lad ledelsen og kommunen tage sig af sagen om den ansatte"),
        _("Gå direkte til ledelsen, eller til kommunen, hvis det er lederen. Lad dem om at tale med kollegaen."),
        _("En sag om en ansat bliver behandlet for sig, ved siden af hjælpen til eleven."),
        "vurder",
        contacts=("underretning_modtagelse",),
    ),
    "staff_victim": DutyText(
        _("Lad ledelsen tage sig af den ansatte, der er krænket"),
        _(
            "Skolen har ansvar for sine ansatte: støtte, politi og en aftale om, hvem der gør hvad. Er det elever, der "
            "har gjort det, så se på dem som børn i sagen."
        ),
        _("En ansat er ikke elev. Reglerne om elevers undervisningsmiljø gælder ikke her."),
        "vurder",
        contacts=("politi_114", "offerraadgivningen", "stopchikane"),
    ),
    # Parents, municipality and leadership.
    "inform_parents": DutyText(
        _("Inddrag forældrene hurtigst muligt"),
        _(
            "Hjælp eleven med at fortælle det. I enkelte sager må I sikre beviser eller stoppe krænkelsen først. "
            "Skriv i så fald hvorfor."
        ),
        _("Eleven er under 18 år, og forældrene er dem, der kan støtte og handle derhjemme."),
        "inddrag",
        ("foraelder_uden_myndighed",),
        contacts=("ssp_konsulent",),
    ),
    "parents_disagree": DutyText(
        _("Fortæl begge forældre det samme"),
        _(
            "Begge med forældremyndighed får det at vide, medmindre kommunen råder til andet. Spørg kommunen, når de "
            "er uenige om hjælpen."
        ),
        _("Eleven skal ikke stå mellem forældrene."),
        "inddrag",
        contacts=("underretning_modtagelse",),
    ),
    "help_to_tell": DutyText(
        _("Skaf eleven hjælp til at forstå og fortælle"),
        _("Find en voksen, eleven er tryg ved, og den støtte, der skal til: tolk, tegninger, korte spørgsmål, tid."),
        _("Eleven skal kunne sige, hvad der er sket, og forstå, hvad I gør."),
        "afdaek",
        contacts=("ssp_konsulent",),
    ),
    "keep_apart": DutyText(
        _("Hold den krænkede og den, der krænker, adskilt"),
        _(
            "Aftal i dag, hvordan de ikke mødes: timer, frikvarterer, omklædning og vejen til skole. Det er ikke den "
            "krænkede, der skal flytte sig."
        ),
        _("De kan møde hinanden i hverdagen. Det er ikke i sig selv en fare, men eleven skal være tryg."),
        "behandl",
        ("samme_klasse",),
        contacts=("ssp_konsulent",),
    ),
    "offender_talk": DutyText(
        _("Tal med den, der krænker, og krænkerens forældre"),
        _("Aftal, hvem der gør det og hvornår. Tal om handlingen, ikke om personen, og aftal, hvad der skal stoppe."),
        _("Den, der krænker, skal vide, at det skal stoppe, og hvad der sker nu."),
        "stop",
        ("kriminel_lavalder",),
        contacts=("ssp_konsulent",),
    ),
    "offender_help": DutyText(
        _("Se, om den, der krænker, har brug for hjælp"),
        _("Spørg til, hvordan det går, og aftal, hvem der følger op. Skriv det under »Behandl«."),
        _("Et barn, der krænker andre, kan selv have det svært."),
        "behandl",
        contacts=("ssp_konsulent",),
    ),
    "network": DutyText(
        _("Tænk venner og netværk med"),
        _(
            "Spørg eleven, hvem der er en støtte, og hvem der også kan være ramt. Aftal, hvem der taler med dem, og "
            "hvad de må få at vide. Skriv det under »Behandl«."
        ),
        _("Venner kan være en støtte, men de kan også selv være ramt."),
        "behandl",
        contacts=("ssp_konsulent",),
    ),
    "adult_consent": DutyText(
        _("Aftal med den voksne elev, hvem der skal vide det"),
        _("Den, der er fyldt 18 år, bestemmer selv. Få et ja, før I taler med andre, og skriv det ned."),
        _("For voksne gælder samtykke og tavshedspligt. Der er ikke underretningspligt om dem."),
        "inddrag",
        contacts=("stopchikane", "offerraadgivningen"),
    ),
    "notify": DutyText(
        _("Underret kommunen"),
        _(
            "Send underretningen til kommunen og ikke til politiet. Kommunen vurderer den inden 24 timer og bekræfter "
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
    "consider_notification": DutyText(
        _("Tag stilling til en underretning"),
        _("Kan barnet have brug for særlig støtte eller være udsat for overgreb? Er du i tvivl, så spørg kommunen."),
        _("En rimelig mistanke er nok, og pligten er din egen. Det er en anden beslutning end at anmelde."),
        "vurder",
        ("barnets_lov_133", "barnets_lov_135", "anmeldelse_er_et_valg"),
        ("underretning_modtagelse", "social_doegnvagt"),
    ),
    "judge_bullying": DutyText(
        _("Lad ledelsen vurdere, om det er mobning"),
        _("Er svaret ja, skal der være en handlingsplan senest 10 arbejdsdage efter, at skolen fik det at vide."),
        _("Fristen løber fra den dag, skolen fik det at vide, ikke fra den dag, I vurderer det."),
        "vurder",
        ("undervisningsmiljoeloven_1b",),
        contacts=("ssp_konsulent",),
    ),
    "bullying_plan": DutyText(
        _("Lav handlingsplanen mod mobning"),
        _(
            "Den skal være klar senest 10 arbejdsdage efter, at skolen fik det at vide. Fortæl familien, hvordan den "
            "kan klage: Kommunen eller bestyrelsen afgør klagen først. Er familien ikke tilfreds, bliver den sendt "
            "videre til klageinstansen hos DCUM."
        ),
        _("Ledelsen vurderer, at det er mobning, og så er planen et krav."),
        "behandl",
        ("undervisningsmiljoeloven_1b",),
        ("dcum",),
    ),
    "late_to_leader": DutyText(
        _("Gør ledelsen og SSP opmærksomme på ventetiden"),
        _("Sig, hvornår skolen fik det at vide, hvad der er sket siden, og hvad der sker nu."),
        _("Der gik mere end to dage uden handling. Eleven skal ikke vente længere."),
        "vurder",
        contacts=("ssp_konsulent",),
    ),
    "sharing_basis": DutyText(
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
    # Removal.
    "remove_under_18": DutyText(
        _("Hjælp med at få billederne fjernet (under 18 år)"),
        _(
            "Eleven kan selv bruge Take It Down, også alene, på sin egen enhed, når eleven har billedet. SletDet "
            "rådgiver. Beviserne skal være sikret."
        ),
        _(
            "Virker kun på de platforme, der er med, og kun på nøgne eller seksuelle billeder af eleven. Billedet "
            "forlader ikke elevens enhed."
        ),
        "stop",
        contacts=("take_it_down", "sletdet", "anmelddet"),
    ),
    "remove_adult": DutyText(
        _("Hjælp med at få billederne fjernet (18 år eller ældre)"),
        _(
            "Har den krænkede selv billedet, kan StopNCII bruges på den krænkedes egen enhed. StopChikane rådgiver "
            "voksne. Beviserne skal være sikret."
        ),
        _("Virker kun på de platforme, der er med. Billedet forlader ikke den krænkedes enhed."),
        "stop",
        contacts=("stopncii", "stopchikane"),
    ),
    "recipients": DutyText(
        _("Bed dem, der har det, om at slette det"),
        _(
            "Skriv hver enkelt på listen: spurgt, slettet eller sagt nej. Bed forældrene til dem under 18 om at sikre, "
            "at det er slettet, uden at åbne eller gemme billedet. Skriv ikke til den, der presser eller truer."
        ),
        _("Det stopper først, når det er væk hos alle, der har fået det."),
        "stop",
        contacts=("ssp_konsulent",),
    ),
    "removal_refused": DutyText(
        _("Siger en tjeneste nej, så gå videre"),
        _(
            "Brug først tjenestens egen klagevej. Derefter kan I klage til Digitaliseringsstyrelsen, som ser på "
            "tjenestens måde at behandle klager på. Datatilsynet er kun til spørgsmål om databeskyttelse."
        ),
        _("I kan klage, når en tjeneste siger nej."),
        "stop",
        contacts=("klag_digital_tjeneste", "datatilsynet", "sletdet"),
    ),
    # Support in the time after.
    "support_1": DutyText(
        _("Tag en støttende samtale eller to"),
        _("Lyt, og tal om det, der er sket. Hold det kort, og spørg igen efter nogle dage."),
        _("På niveau 1 er lidt støtte som regel nok."),
        "behandl",
        ("haeftet",),
        contacts=("boernetelefonen",),
    ),
    "support_2": DutyText(
        _("Giv hjælp med det samme"),
        _("Aftal nogle få samtaler over kort tid med et klart mål, og hjælp med at kontakte tjenesterne."),
        _("På niveau 2 skal eleven have hjælp nu, men kun i en kort periode."),
        "behandl",
        ("haeftet",),
        contacts=("boernetelefonen", "offerraadgivningen"),
    ),
    "support_3": DutyText(
        _("Vær der nu, og skab ro"),
        _("Hold rolige samtaler, og læg en plan for et længere forløb med én fast voksen."),
        _("På niveau 3 skal eleven have ro nu og hjælp i længere tid."),
        "behandl",
        ("haeftet",),
        contacts=("offerraadgivningen", "boernetelefonen"),
    ),
    "support_4": DutyText(
        _("Giv støtte nu og i lang tid"),
        _(
            "Sørg for en voksen hos eleven nu, og planlæg et langt forløb. Overvej psykolog og advokat sammen "
            "med eleven."
        ),
        _("På niveau 4 skal eleven have så meget hjælp, som I kan skaffe."),
        "behandl",
        ("haeftet",),
        contacts=("offerraadgivningen", "livslinien", "boernetelefonen"),
    ),
    "professionals_in_touch": DutyText(
        _("Aftal fast kontakt mellem de voksne"),
        _("Aftal faste dage, hvor de voksne omkring eleven taler sammen, og skriv, hvem der gør hvad."),
        _("Uden faste aftaler går et langt forløb let i stå."),
        "behandl",
        ("haeftet",),
        contacts=("ssp_konsulent",),
    ),
    "ask_ssp": DutyText(
        _("Spørg SSP til råds"),
        _("I kan sende hele sagen til SSP-konsulenten med navne, eller I kan spørge anonymt."),
        _("SSP kender både politiet og kommunen og kan hjælpe med rækkefølgen."),
        "behandl",
        contacts=("ssp_konsulent", "politi_114"),
    ),
    "insurance": DutyText(
        _("Mind om at tjekke den private forsikring"),
        _(
            "Nogle familiers forsikring dækker hjælp efter en digital krænkelse. Er eleven voksen, gælder det elevens "
            "egen."
        ),
        _("Forsikringen kan dække hjælp, som skolen ikke kan give."),
        "anmeld",
        contacts=("offerraadgivningen",),
    ),
    "mediation_may": DutyText(
        _("Mægling kan overvejes"),
        _("Kun hvis begge parter vil, og forældrene siger ja for unge under 18 år. Det går gennem politiet på 114."),
        _("En mægling kan give ro, når presset er ovre. Den må aldrig være et krav."),
        "behandl",
        ("konfliktraad",),
        ("konfliktraad",),
    ),
    "mediation_should": DutyText(
        _("Overvej mægling"),
        _(
            "Tag stilling til det, når der er ro. Begge parter skal ville det, og forældrene skal sige ja for unge "
            "under 18 år."
        ),
        _("På niveau 3 bør mægling overvejes, men aldrig mens pres eller trusler står på."),
        "behandl",
        ("konfliktraad",),
        ("konfliktraad",),
    ),
    "no_mediation": DutyText(
        _("Ingen mægling nu"),
        _("Sæt ikke parterne sammen, og bed ikke eleven om at mødes med den, der krænker."),
        _("Mægling kræver, at begge parter er trygge."),
        "behandl",
        ("konfliktraad",),
        ("ssp_konsulent",),
        rule=True,
    ),
}


ADULT: Final = _("Den voksne, eleven er tryg ved")
YOU: Final = _("Du eller en kollega")
OWN_DUTY: Final = _("Du selv, gerne sammen med lederen")
LEADER: Final = _("Lederen eller den, lederen vælger")
PUPIL: Final = _("Den krænkede, med din hjælp")
_CASE_HOLDER: Final = _("Den, der er ansvarlig for sagen")
_TEACHER: Final = _("Klasselærer eller kontaktlærer")

DUTY_OWNERS: Final[Mapping[str, Words]] = {
    "call_112": YOU,
    "ask_suicide": ADULT,
    "parents_fetch": YOU,
    "stay_with_pupil": ADULT,
    "see_doctor": YOU,
    "leader_now": YOU,
    "involve_leadership": YOU,
    "contingency_plan": LEADER,
    "ask_danger": ADULT,
    "home_municipality": OWN_DUTY,
    "ask_before_parents": ADULT,
    "reach_victim": ADULT,
    "secrecy": ADULT,
    "staff_material": LEADER,
    "ask_deletion": LEADER,
    "secure_evidence": PUPIL,
    "money_paid": PUPIL,
    "tell_hate": LEADER,
    "tell_threats": LEADER,
    "see_injury": ADULT,
    "stop_spread": LEADER,
    "stop_ongoing": LEADER,
    "whereabouts": LEADER,
    "ask_police": LEADER,
    "police_report": LEADER,
    "report_soon": LEADER,
    "approach_police": LEADER,
    "under_15_police": LEADER,
    "offender_police": LEADER,
    "staff_track": YOU,
    "staff_victim": LEADER,
    "inform_parents": ADULT,
    "parents_disagree": _TEACHER,
    "help_to_tell": ADULT,
    "keep_apart": LEADER,
    "offender_talk": LEADER,
    "offender_help": _TEACHER,
    "network": _CASE_HOLDER,
    "adult_consent": ADULT,
    "notify": OWN_DUTY,
    "consider_notification": OWN_DUTY,
    "judge_bullying": LEADER,
    "bullying_plan": LEADER,
    "late_to_leader": _CASE_HOLDER,
    "sharing_basis": _("Den, der giver noget videre"),
    "remove_under_18": PUPIL,
    "remove_adult": PUPIL,
    "recipients": _CASE_HOLDER,
    "removal_refused": _CASE_HOLDER,
    "support_1": ADULT,
    "support_2": ADULT,
    "support_3": ADULT,
    "support_4": ADULT,
    "professionals_in_touch": _CASE_HOLDER,
    "ask_ssp": _CASE_HOLDER,
    "insurance": _CASE_HOLDER,
    "mediation_may": LEADER,
    "mediation_should": LEADER,
}
"""Who does a duty, as the card has it. A rule is for everybody and has none. A notification is each one's own duty
(Barnets lov § 133); whether the two pupils can meet is for the leader to decide."""
