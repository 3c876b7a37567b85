"""The words of a brief in English, Italian and Spanish, and what each one stands for.

A phrase is written in lower case without accents. `*` ends a stem: `toppl*` is topple, topples,
toppling. The longest phrase wins. Every line is (kind, value, language, phrases parted by `|`).
The reader (`brief_reader`) knows the kinds; this file is where to add a word.
"""

from __future__ import annotations

from typing import Any

# Levels that the amount words stand for, and what they mean to each topic.
NONE, TRACE, LITTLE, NORMAL, MUCH, EXTREME = 0.0, 0.25, 0.5, 1.0, 2.0, 3.0
WIND_SPEEDS = {NONE: 0.0, TRACE: 1.5, LITTLE: 3.0, NORMAL: 6.0, MUCH: 12.0, EXTREME: 20.0}
SHAKE_LEVELS = {NONE: 0.0, TRACE: 0.25, LITTLE: 0.5, NORMAL: 1.0, MUCH: 2.0, EXTREME: 2.0}
SPREADS = {"slow": 10.0, "fast": 60.0, "instant": 400.0}  # [m/s]

Entry = tuple[str, Any, str, str]

_MODES: list[Entry] = [
    ("mode", "pancake", "en", "pancak*|storey by storey|story by story|floor by floor|"
     "floor after floor|storey after storey|onto the rest|onto the floors below|"
     "like a house of cards"),
    ("mode", "pancake", "it", "piano per piano|piano dopo piano|un piano dopo l altro|"
     "sul resto|come un castello di carte|a pancake"),
    ("mode", "pancake", "es", "piso por piso|planta por planta|planta a planta|piso tras piso|"
     "sobre el resto|como un castillo de naipes"),
    ("mode", "topple", "en", "toppl*|tips|tip over|tipping|keel*|lean*|tilt*|fall over|"
     "falls over|falling over|overturn*|tumbl*"),
    ("mode", "topple", "it", "si ribalta|ribalt*|rovesci*|si inclina|inclin*|cade di lato"),
    ("mode", "topple", "es", "vuelc*|volc*|ladea*|se inclina|inclina|inclinan|cae de lado|tumba*"),
    ("mode", "implode", "en", "implod*|implos*|caves in|cave in|caving in|falls inwards|"
     "fall inwards|inwards|inward"),
    ("mode", "implode", "it", "implod*|implos*|verso l interno"),
    ("mode", "implode", "es", "implos*|implota*|hacia dentro|hacia adentro|hacia el interior"),
    ("mode", "fold", "en", "fold*|jackknif*|breaks its back|break its back|breaks in two|"
     "breaks in half|break in two|snaps in two|snaps in the middle|breaks in the middle"),
    ("mode", "fold", "it", "si piega|piega|piegano|piegarsi|piegando*|si spezza in due|"
     "si rompe in due|accartocci*"),
    ("mode", "fold", "es", "se dobla|dobla|doblan|doblarse|doblando*|se pliega|plega*|"
     "se parte en dos|se rompe en dos"),
    ("mode", "progressive", "en", "progressive*|chain reaction|domino*|bit by bit|"
     "one after another|runs through the building"),
    ("mode", "progressive", "it", "progressiv*|a catena|effetto domino|a poco a poco"),
    ("mode", "progressive", "es", "progresiv*|en cadena|efecto domino|poco a poco"),
    ("mode", "partial", "en", "partial*|part of it|part of the building|in part|"
     "the rest stays up|the rest stands|the rest remains standing|the rest stays standing|"
     "rest stays up|rest stays standing|rest remains standing|rest stands|rest stays|"
     "the rest survives|rest survives|the rest holds|the rest stays"),
    ("mode", "partial", "it", "parzial*|in parte|una parte|il resto resta in piedi|"
     "il resto rimane in piedi|il resto sta in piedi|resto in piedi"),
    ("mode", "partial", "es", "parcial*|en parte|una parte|el resto queda en pie|"
     "el resto sigue en pie|el resto permanece en pie|resto en pie"),
]  # fmt: skip

_EVENTS: list[Entry] = [
    # "falls left" topples; "collapses left" only says where to.
    ("fall", "fall", "en", "fall|falls|falling|fell|drop|drops"),
    ("fall", "fall", "it", "cade|cadono|cadere|cadendo"),
    ("fall", "fall", "es", "cae|caen|caer|cayendo"),
    ("fall", "collapse", "en", "collaps*|come down|comes down|coming down|goes down|go down|"
     "crumbl*|crash*|demolish*|demolition|controlled demolition"),
    ("fall", "collapse", "it", "croll*|viene giu|vengono giu|va giu|precipit*|sprofond*"),
    ("fall", "collapse", "es", "desplom*|derrumb*|colaps*|se viene abajo|viene abajo|hund*"),
    ("fail", None, "en", "give way|gives way|giving way|gave way|fail*|break|breaks|breaking|"
     "crack*|snap|snaps|snapping|blow out|blows out|blown out|blown up|blow up|blows up|blast*|"
     "explod*|explosion*|detonat*|knocked out|taken out|is removed|buckl*|yield*|shatter*|"
     "bomb|bombs|charges|goes off|go off|start|starts|starting|"
     "begin|begins|beginning|goes first|go first|let go|lets go"),
    ("fail", None, "it", "ced*|romp*|esplod*|esplosion*|salta|saltano|inizia|iniziano|comincia|"
     "cominciano|parte|viene meno"),
    ("fail", None, "es", "cede|ceden|ceder|cediendo|falla|fallan|fallar|rompe|rompen|revient*|"
     "explota|explotan|explosion|estalla*|empieza|empiezan|comienza|comienzan"),
    ("stand", None, "en", "stays up|stay up|stands|stand|standing|stays standing|remains standing|"
     "remain standing|survives|survive|stays|holds|hold|wait|waits"),
    ("stand", None, "it", "resta in piedi|rimane in piedi|restano in piedi|sta in piedi|regge|"
     "aspetta|attende"),
    ("stand", None, "es", "queda en pie|sigue en pie|permanece en pie|aguanta|resiste|espera"),
    ("spread", None, "en", "spread*|propagat*|travels|runs through|runs"),
    ("spread", None, "it", "si propaga|propag*|si diffonde|si estende"),
    ("spread", None, "es", "se propaga|propag*|se extiende|se difunde"),
    ("pace", "fast", "en", "fast|quick|quickly|rapid*|swiftly"),
    ("pace", "fast", "it", "veloce|velocemente|rapid*|in fretta"),
    ("pace", "fast", "es", "rapid*|deprisa|veloz|velozmente"),
    ("pace", "slow", "en", "slow|slowly|gradual*"),
    ("pace", "slow", "it", "lent*|piano piano|gradual*"),
    ("pace", "slow", "es", "lento|lenta|lentamente|despacio|gradual*"),
    ("pace", "instant", "en", "instant*|all at once|everything at once|goes at once|go at once"),
    ("pace", "instant", "it", "istantane*|tutto insieme|di colpo|tutto in una volta"),
    ("pace", "instant", "es", "instantane*|de golpe|de repente|todo a la vez"),
]  # fmt: skip

_PLACES: list[Entry] = [
    ("side", "left", "en", "left|leftwards|leftward|lefthand"),
    ("side", "left", "it", "sinistra|sinistro"),
    ("side", "left", "es", "izquierda|izquierdo"),
    ("side", "right", "en", "right|rightwards|rightward|righthand"),
    ("side", "right", "it", "destra|destro"),
    ("side", "right", "es", "derecha|derecho"),
    ("side", "front", "en", "front|us|camera|the camera|me|viewer|the viewer|forward|forwards|"
     "near side|nearside"),
    ("side", "front", "it", "davanti|avanti|di noi|noi|camera|la camera|macchina da presa|"
     "fronte|spettatore"),
    ("side", "front", "es", "delante|adelante|frente|nosotros|camara|la camara|espectador"),
    ("side", "back", "en", "back|backwards|backward|behind|behind the building|rear|far side"),
    ("side", "back", "it", "dietro|retro|fondo"),
    ("side", "back", "es", "atras|detras|fondo|trasera"),
    ("away", "back", "en", "away from the camera|away from us|away from camera|away from me|away"),
    ("away", "back", "it", "lontano da noi|lontano dalla camera|via da noi"),
    ("away", "back", "es", "lejos de nosotros|lejos de la camara|alejandose"),
    ("away", "front", "it", "in avanti"),
    ("away", "back", "it", "all indietro|indietro"),
    # The wind that blows at our backs comes from the camera's side.
    ("side", "front", "en", "behind us|behind the camera|behind camera|behind me"),
    ("side", "front", "it", "dietro di noi|dietro la camera|alle nostre spalle"),
    ("side", "front", "es", "detras de nosotros|detras de la camara"),
    ("side", "centre", "en", "middle|centre|center|core|central"),
    ("side", "centre", "it", "centro|mezzo|centrale|nucleo"),
    ("side", "centre", "es", "centro|nucleo|central"),
    ("side", "all", "en", "all sides|every side|both sides|all around"),
    ("side", "all", "it", "tutti i lati|ogni lato|entrambi i lati"),
    ("side", "all", "es", "todos los lados|ambos lados|cada lado"),
    ("way", "all", "en", "in all directions|in every direction"),
    ("way", "all", "it", "in tutte le direzioni|in ogni direzione"),
    ("way", "all", "es", "en todas direcciones|en todas las direcciones"),
    ("way", "centre", "en", "straight down|vertically|on itself|onto itself|into itself|"
     "into its own footprint|straight into its own basement|into its own basement|"
     "in its own footprint|in its footprint|into its footprint"),
    ("way", "centre", "it", "su se stesso|su se stessa|in verticale|verticalmente|dritto giu"),
    ("way", "centre", "es", "sobre si mismo|sobre si misma|en vertical|verticalmente|recto abajo"),
    ("to", None, "en", "to|towards|toward|onto|into"),
    ("to", None, "it", "verso"),
    ("to", None, "es", "hacia"),
    ("from", None, "en", "from"),
    ("from", None, "it", "da|dal|dalla|dall|dallo"),
    ("from", None, "es", "desde|de|del|por"),
    ("on", None, "en", "on|at|in|along"),
    ("on", None, "it", "sul|sulla|su|nel|nella|in"),
    ("on", None, "es", "en"),
    ("a", None, "it", "a|al|alla|all"),  # at or to: the verb decides
    ("a", None, "es", "a|al|a la"),
    ("part", "side", "en", "side|corner|wing|end|edge|wall|facade|columns|column|bay|bays"),
    ("part", "side", "it", "lato|angolo|ala|estremita|parete|facciata|colonne|pilastri"),
    ("part", "side", "es", "lado|esquina|ala|extremo|pared|fachada|columnas|pilares"),
    ("part", "half", "en", "half|part|portion|section"),
    ("part", "half", "it", "meta|porzione|sezione"),
    ("part", "half", "es", "mitad|parte|porcion|seccion"),
    ("only", None, "en", "only|just"),
    ("only", None, "it", "solo|soltanto|solamente"),
    ("only", None, "es", "solo|solamente|unicamente"),
]  # fmt: skip

_STOREYS: list[Entry] = [
    ("floor", "british", "en", "floor|floors|storey|storeys|level|levels"),
    ("floor", "american", "en", "story|stories"),  # counts the ground floor as the first
    ("floor", "british", "it", "piano|piani|livello|livelli"),
    ("floor", "british", "es", "planta|plantas|piso|pisos|nivel|niveles"),
    ("storey", 0, "en", "ground floor|ground storey|ground story|ground level|street level|"
     "bottom floor|bottom storey|bottom story|lowest floor|lowest storey|foundations|foundation|"
     "base|at the bottom|from the bottom|ground floors"),
    ("storey", 0, "it", "piano terra|pian terreno|pianterreno|piano terreno|fondamenta|"
     "fondazioni|base"),
    ("storey", 0, "es", "planta baja|piso bajo|bajos|cimientos|base"),
    ("storey", -1, "en", "top floor|top storey|top story|uppermost floor|highest floor|"
     "last floor|roof|at the top"),
    ("storey", -1, "it", "ultimo piano|piano piu alto|tetto|cima"),
    ("storey", -1, "es", "ultimo piso|ultima planta|planta alta|piso mas alto|techo|tejado|cima"),
    ("top", None, "en", "top|upper|uppermost|highest|last"),
    ("top", None, "it", "ultimi|superiori|piu alti"),
    ("top", None, "es", "ultimos|ultimas|superiores|mas altos"),
    ("top", "from", "en", "from the top|from top"),
    ("top", "from", "it", "dall alto"),
    ("top", "from", "es", "desde arriba"),
    ("bottom", None, "en", "bottom|lower|lowest|lowermost"),
    ("bottom", None, "it", "primi|inferiori|piu bassi"),
    ("bottom", None, "es", "primeros|primeras|inferiores|mas bajos"),
    ("filler", None, "en", "counting the ground floor as zero"),
]  # fmt: skip

_TIMES: list[Entry] = [
    ("after", None, "en", "after|at second|at time|from second"),
    ("after", None, "it", "dopo|al secondo|dal secondo"),
    ("after", None, "es", "despues de|tras|a los|en el segundo|al segundo|al cabo de"),
    ("second", None, "en", "s|sec|secs|second|seconds|secs in"),
    ("second", None, "it", "secondo|secondi"),
    ("second", None, "es", "segundo|segundos"),
    ("minute", None, "en", "minute|minutes"),
    ("minute", None, "it", "minuto|minuti"),
    ("minute", None, "es", "minuto|minutos"),
    ("frame", None, "en", "frame|frames"),
    ("frame", None, "it", "fotogramma|fotogrammi"),
    ("frame", None, "es", "fotograma|fotogramas|cuadro|cuadros"),
    ("now", None, "en", "immediately|at once|straight away|right away|from the start|"
     "at the start|from the first frame"),
    ("now", None, "it", "subito|immediatamente|da subito|dall inizio|all inizio"),
    ("now", None, "es", "inmediatamente|enseguida|desde el principio|al principio|al inicio"),
    ("span", None, "en", "over|for|lasts|lasting|takes|taking|within|during"),
    ("span", None, "it", "dura|durante|impiega|per|entro"),
    ("span", None, "es", "dura|durante|tarda|en total"),
    ("m/s", 1.0, "en", "m/s|mps|metres per second|meters per second|metres a second|"
     "meters a second"),
    ("m/s", 1.0, "it", "metri al secondo"),
    ("m/s", 1.0, "es", "metros por segundo"),
    ("m/s", 1 / 3.6, "en", "km/h|kmh|kph|kilometres per hour|kilometers per hour"),
    ("m/s", 1 / 3.6, "it", "chilometri all ora|km all ora"),
    ("m/s", 1 / 3.6, "es", "kilometros por hora|km por hora"),
    ("m/s", 0.44704, "en", "mph|miles per hour"),
    ("m/s", 0.514444, "en", "knots|knot|kt|kn"),
    ("m/s", 0.514444, "it", "nodi"),
    ("m/s", 0.514444, "es", "nudos"),
]  # fmt: skip

_TOPICS: list[Entry] = [
    ("topic", "dust", "en", "dust|dusty|dust cloud|dust clouds|clouds of dust|cloud of dust|smoke"),
    ("topic", "dust", "it", "polvere|nuvola di polvere|polverone|fumo"),
    ("topic", "dust", "es", "polvo|polvareda|nube de polvo|humo"),
    ("topic", "wind", "en", "wind|winds|windy|gust|gusts"),
    ("topic", "wind", "it", "vento|raffiche"),
    ("topic", "wind", "es", "viento|rafagas"),
    ("gale", 3.0, "en", "breeze"),
    ("gale", 3.0, "it", "brezza"),
    ("gale", 3.0, "es", "brisa"),
    ("gale", 20.0, "en", "gale|storm|stormy"),
    ("gale", 20.0, "it", "burrasca|tempesta"),
    ("gale", 20.0, "es", "vendaval|temporal"),
    ("gale", 0.0, "en", "calm air|still air|calm|windless"),
    ("gale", 0.0, "it", "aria calma|aria ferma"),
    ("gale", 0.0, "es", "aire en calma|en calma"),
    ("topic", "debris", "en", "debris|rubble|fragments|chunks|flying pieces|gravel"),
    ("topic", "debris", "it", "detriti|macerie|frammenti|calcinacci"),
    ("topic", "debris", "es", "escombros|cascotes|fragmentos|restos"),
    ("topic", "shake", "en", "camera shake|camera shakes|shake|shakes|shaking|shaky|shaken|"
     "shaky camera|the camera shakes|camera trembles|the camera trembles|trembles|"
     "shake the camera|shakes the camera|shaking the camera|camera shaking"),
    ("topic", "shake", "it", "la camera trema|camera trema|trema|tremolio|vibra|vibrazione|"
     "scuot*|scoss*|la camera vibra|tremolio della camera"),
    ("topic", "shake", "es", "la camara tiembla|camara tiembla|tiembla|temblor|vibra|vibracion|"
     "sacud*|la camara se sacude|la camara vibra|temblor de camara"),
    ("slow", 0.5, "en", "slow motion|slow mo|slowmo|slowmotion|half speed|slowed down"),
    ("slow", 0.5, "it", "al rallentatore|rallentatore|slow motion|meta velocita|rallentato"),
    ("slow", 0.5, "es", "camara lenta|a camara lenta|en camara lenta|mitad de velocidad|"
     "ralentizado"),
    ("slow", 0.25, "en", "quarter speed|extreme slow motion|very slow motion|super slow motion"),
    ("slow", 0.25, "it", "un quarto di velocita"),
    ("slow", 0.25, "es", "un cuarto de velocidad"),
    ("slow", 1.0, "en", "real time|normal speed|full speed|real speed"),
    ("slow", 1.0, "it", "tempo reale|velocita normale"),
    ("slow", 1.0, "es", "tiempo real|velocidad normal"),
    ("speed", None, "en", "speed"),
    ("speed", None, "it", "velocita"),
    ("speed", None, "es", "velocidad"),
    ("drift", None, "en", "drift*|blow|blows|blowing|blown|carried|rolls|rolling"),
    ("drift", None, "it", "soffia|spinta|portata|trascinata"),
    ("drift", None, "es", "sopla|soplando|arrastrado|empujado"),
]  # fmt: skip

_AMOUNTS: list[Entry] = [
    ("not", None, "en", "no|not|without|zero|none|never|nothing|hardly any|free|don t|avoid"),
    ("not", None, "it", "non|senza|nessun|nessuna|nessuno|niente|zero|mai"),
    ("not", None, "es", "no|sin|ningun|ninguna|ninguno|nada de|cero|nunca"),
    ("amount", LITTLE, "en", "a bit of|bit of|a bit|a little|little|light|lightly|slight|slightly|"
     "small|thin|faint|gentle|soft|mild|weak|low|a touch of|subtle|few|a few|minimal"),
    ("amount", LITTLE, "it", "un po di|un po|poca|poco|poche|pochi|leggero|leggera|leggermente|"
     "debole|lieve|sottile|minima|minimo"),
    ("amount", LITTLE, "es", "un poco de|un poco|poco|poca|pocos|pocas|ligero|ligera|ligeramente|"
     "suave|debil|leve|flojo"),
    ("amount", NORMAL, "en", "normal|moderate|medium|average|some|usual"),
    ("amount", NORMAL, "it", "normale|normali|moderato|moderata|medio|media"),
    ("amount", NORMAL, "es", "normal|normales|moderado|moderada|algo de|medio"),
    ("amount", MUCH, "en", "heavy|heavily|strong|strongly|thick|dense|a lot of|a lot|lots of|lots|"
     "much|many|plenty of|plenty|big|large|hard|violent|violently|high|intense|everywhere"),
    ("amount", MUCH, "it", "molta|molto|molti|molte|tanta|tanto|tanti|tante|forte|forti|densa|"
     "fitta|pesante|grande|grandi|intenso|intensa|abbondante|ovunque|dappertutto"),
    ("amount", MUCH, "es", "mucho|mucha|muchos|muchas|fuerte|fuertes|densa|denso|espeso|espesa|"
     "gran|grande|grandes|intenso|intensa|abundante|por todas partes"),
    ("amount", EXTREME, "en", "huge|massive|enormous|extreme|tons of|immense|very heavy|"
     "very strong|very thick|an awful lot of|gigantic"),
    ("amount", EXTREME, "it", "moltissima|moltissimo|moltissimi|enorme|enormi|tantissima|"
     "tantissimo|fortissimo|immensa|estrema"),
    ("amount", EXTREME, "es", "muchisimo|muchisima|muchisimos|enorme|enormes|fortisimo|inmensa|"
     "extremo|extrema"),
    ("very", None, "en", "very|really|extremely|super|so"),
    ("very", None, "it", "molto|davvero|estremamente"),
    ("very", None, "es", "muy|realmente|extremadamente"),
]  # fmt: skip

_JOINS: list[Entry] = [
    ("and", None, "en", "and|or|nor|plus"),
    ("and", None, "it", "e|ed|o|ne"),
    ("and", None, "es", "y|e|o|ni"),
    ("break", None, "en", "then|while|with|but|as|when|until|before|leaving"),
    ("break", None, "it", "poi|mentre|con|ma|quando|finche|prima|lasciando"),
    ("break", None, "es", "luego|mientras|con|pero|cuando|hasta|entonces|antes|dejando"),
]

LEXICON: list[Entry] = [
    *_MODES, *_EVENTS, *_PLACES, *_STOREYS, *_TIMES, *_TOPICS, *_AMOUNTS, *_JOINS,
]  # fmt: skip

# Words that carry no order of their own: articles, pronouns, the building itself.
STOPWORDS = {
    "en": "the a an it its it's of is are be been being was were this that these those there which "
    "i we you want would like please should must make makes let will shall can could have has "
    "does do did so also whole entire building block house tower structure shot scene everything "
    "itself their them they he she his her some any by off out up down lands land ground hits hit "
    "mass one too s d ll re ve t goes going first firstly thing things go gets get "
    "hand in over about around "
    "cloud clouds kind sort rest all way direction onto",
    "it": "il lo la le gli i un uno una l d e di del della dello dei delle degli che si ci ne "
    "edificio palazzo casa torre struttura palazzina blocco tutto tutta intero intera questo "
    "questa vorrei voglio deve devono ha sono viene essere per nel nello nelle sui resto c qui se "
    "anche prima scena inquadratura direzione lati terra",
    "es": "el la los las un una unos unas lo de del que se su sus es son hay edificio casa torre "
    "estructura bloque todo toda entero entera este esta quiero quisiera debe deben ser para "
    "tambien primero escena plano resto direccion lados le mas suelo",
}
