"""Words that make a 1st AD reach for a coloured pen, in five languages.

Entries are stems of whole words: "car" finds car and cars, not carpet; a "*" at the end finds any
ending. Films' own categories, as on a breakdown sheet.
"""

from __future__ import annotations

from setpiece.script.model import Category

WORDS: dict[Category, str] = {
    "vehicles": """
        car taxi cab truck lorry van bus motorcycle motorbike bike bicycle scooter train tram
        helicopter plane airplane aircraft jet boat ship canoe ferry tank ambulance
        limousine suv pickup sedan jeep tractor wagon carriage porsche cruiser auto
        automobile macchina camion furgone autobus moto motocicletta bicicletta treno
        elicottero aereo barca nave coche camión furgoneta autobús tren helicóptero avión
        barco voiture camionnette moto vélo hélicoptère avion bateau navire wagen
        lastwagen motorrad fahrrad zug hubschrauber flugzeug boot schiff""",
    "animals": """
        dog puppy cat kitten horse pony cow bull sheep goat pig chicken rooster hen duck goose
        bird crow raven pigeon parrot owl snake rat mouse wolf wolves bear fox lion tiger
        monkey elephant camel donkey mule bee spider fish shark whale cane gatto cavallo
        mucca pecora uccello serpente lupo topo perro gato caballo vaca oveja pájaro
        serpiente lobo chien chat cheval vache mouton oiseau loup hund katze pferd kuh
        schaf vogel""",
    "crowds": """
        crowd mob throng audience spectator onlooker passer-by passers-by bystander protester
        demonstrator soldier guest commuter tourist mourner worshipper diner dancer
        pedestrian extra attendant folla pubblico passante manifestante soldato invitato
        multitud gente público transeúnte manifestante soldado foule passant invité menge
        publikum passant demonstrant soldat""",
    "stunts": """
        fight* punch* brawl* wrestl* stab* crash* tackle* leap* tumble* shoot-out somersault*
        car-chase dive diving collide* jump swordfight lotta pugno precipita salta cade
        pelea* golpea* cae choca bagarre frappe saute tombe kämpf* schläg* stürzt springt""",
    "effects": """
        explosion explode* blast fire flame* smoke rain snow fog mist lightning thunder wind storm
        blood* wound* squib gunshot gunfire spark* debris steam dust esplosione esplode
        fuoco fiamme fumo pioggia neve nebbia sangue sparo explosión explota fuego humo
        lluvia nieve niebla disparo explosion feu fumée pluie neige brouillard sang
        explodiert feuer rauch regen schnee nebel blut""",
    "vfx": """
        collapse* crumble* topple* hologram ghost apparition vanish* disappear* levitat* morph*
        transform* spaceship alien monster dragon portal teleport* earthquake avalanche
        tsunami tornado crolla* fantasma svanisce astronave derrumba* desaparece
        nave-espacial s'effondre effondre* fantôme disparaît einstürz* gespenst
        verschwindet raumschiff""",
    "wardrobe": """
        coat jacket dress suit uniform hat cap helmet mask gown robe veil glove boot shoe scarf
        cloak crown armour armor apron costume tuxedo shirt trousers jeans skirt
        sunglasses cappotto giacca vestito divisa cappello maschera abrigo chaqueta
        uniforme sombrero máscara manteau veste robe chapeau masque mantel jacke kleid hut
        maske""",
    "props": """
        gun pistol rifle shotgun knife sword dagger bomb grenade phone telephone cellphone laptop
        computer letter envelope book newspaper map key suitcase briefcase bag backpack
        bottle glass cup cigarette lighter candle torch flashlight lantern camera
        photograph photo ring necklace umbrella money cash wallet rope axe hammer shovel
        gavel guitar piano violin radio card notebook pen syringe badge handcuffs leash
        beer drum goblet banner cauldron microphone poster pistola fucile coltello spada
        telefono lettera libro giornale chiave valigia borsa bottiglia bicchiere sigaretta
        candela torcia ombrello cuchillo espada teléfono carta periódico llave maleta
        bolsa botella vaso cigarrillo vela linterna paraguas pistolet couteau épée
        téléphone lettre livre journal clé valise sac bouteille verre bougie parapluie
        messer schwert telefon brief buch zeitung schlüssel koffer tasche flasche kerze""",
}

# Capitals that introduce nobody: camera and sound talk.
NOT_CAST = frozenset(
    [
        "CLOSE",
        "ON",
        "POV",
        "ANGLE",
        "INSERT",
        "BACK",
        "TO",
        "THE",
        "AND",
        "CUT",
        "FADE",
        "IN",
        "OUT",
        "OF",
        "WIDE",
        "SHOT",
        "FREEZE",
        "FRAME",
        "SUPER",
        "TITLE",
        "MONTAGE",
        "END",
        "BEGIN",
        "FLASHBACK",
        "INTERCUT",
        "LATER",
        "DAY",
        "NIGHT",
        "CONTINUOUS",
        "SFX",
        "VFX",
        "TV",
        "FBI",
        "CIA",
        "USA",
        "UK",
        "OK",
        "BANG",
        "BOOM",
        "CRASH",
        "SLAM",
        "CREDITS",
        "WE",
        "SEE",
        "HEAR",
        "ALL",
        "SMASH",
        "MATCH",
        "BLACK",
        "ACT",
        "SCENE",
        "NOTE",
        "NO",
        "YES",
        "A",
        "AN",
        "II",
        "III",
        "IV",
    ]
)
