"""Words that tell nobody who somebody is, though a sentence may begin with one and a capital. Names are not among them.

Beside these, ``cases.privacy.person_names`` knows what people are called by: "elev", "klasselærer".
"""

_WORDS = """
adgang af afpresning afpresningen ai aldrig alle allerede alligevel altid altså alvorligt anden andet android angående
anonymt ansigtet antagelig appen at aula bagefter barnet bed bede beder bedsteforældre begge begyndte behandler
bekymring bekymringen bemærk bereal besked beskeden betaling bevis beviser beviset billede billeder billederne
billedet blev bliv bliver både bør børn chatgpt chatten da dagen danmark dansk datoen de december deepfake del
delingen delt den denne der derefter deres derfor derhjemme dertil desuden desværre det dette digitalt dog dreng
drengen du efter efterfølgende eftermiddag efteråret eks elev eleven elevens elever eleverne eller ellers en endelig
endnu endvidere enig enten episoden er et faktisk familien far faren fast februar ferien findes fire flere folk for
fordi foreløbig forholdet formentlig formiddag forsigtigt forslag fortsat forudsat forældre forældrene fra fredag
fremover frist frygter få får følelser føler før først gave generelt gentagne giver gmail godt gruppe gruppen
gymnasiet går gør ham han har hastende haster havde hej heldigvis hele heller helst hende hendes henvendelse her
herefter hertil hidtil hjemme hjemmet hjælp hjælpe hold hos hun hurtigt hvad hvem hver hvilke hvilken hvilket hvis
hvor hvordan hvorfor hvornår hvorvidt hændelsen ifølge igen ikke imens imidlertid imod ind inden indholdet indtil
ingen instagram internettet ipad iphone is ja januar jeg jer jeres jo kammerater kan kender kl klasse klassen klokken
kom kommer kommunen konkret kontakt kontakten kort krænkelsen krænkeren kræver kunne kære lad ledelsen leder lige
ligger livet lov loven læg læreren lærerne løbende lørdag man mandag mange mangler marts materialet med medarbejder
medarbejderen meget mellem men mens mere messenger mest mht middag mig min mine mistanke mistanken mit mobilepay
mobning mod moderen mor moren morgen mulig muligvis må måske måtte nej netop niveau niveauet nogen noget nogle nok
november nu når nærmere næste nævnt nødvendigt nøgenbillede nøgenbilleder nøgenbilledet og også ok oktober om omkring
omvendt onlyfans onsdag op oplever oplysninger orienter os ovenfor over overgreb overvejer pc penge personale
personalet pige pigen pigerne pladsen platforme platformen plus politi politianmeldelse politiet pornhub ppr problemet
profilen prøv prøver på pædagog pædagogen reddit regler reglerne resten ring ringe ringer roblox råd sagen sagt samme
sammen samtale samtalen samtidig samtykke se selv selvmordstanker selvom sender senere senest september ser serveren
ses sidder siden sidste siger situationen skal skam ske sker sket skete skole skolen skolens skriv skriver skulle
skærmbillede skærmbilleder skærmbilledet slet sletning slette slettes snap snapchat snart socialt som sommeren
sparring spørg spørger spørgsmål spørgsmålet ssp stadig steam stop straks står støtte så sådan særligt søndag tak tal
tale taler teams telefon telefonen telegram tid tidligere tiktok til tilbage tilladelse tilsyneladende time tirsdag to
torsdag tre trist trivsel trods tror truslen trusler truslerne tv twitch twitter tænker uanset ud uden ugen
umiddelbart under underretning underretningen undervejs ung unge usikker ved vejledning veninde veninder venlig
venligst vennen venner venter vi via video videoen videoer videre vidste vigtigt vil ville viser vores vurder vurderer
vurdering vurderingen vågner været weekenden whatsapp word youtube åbenbart år årgang ældre ønsker øvrige
"""
HARMLESS_WORDS = frozenset(_WORDS.split())
