"""What the nouns of Wikidata's descriptions are to us: an 'actor' is a PER, a 'county' a LOC."""

from __future__ import annotations

from corpus.knowledge.wikidata_types import SKIPPED

_PERSON = """
abolitionist academic accordionist activist actor actress adherent admiral agent anatomist
animator anthropologist archaeologist archbishop architect aristocrat artist astronaut astronomer
astrophysicist athlete author aviator ballerina bandleader banker baritone baron baroness bassist
biochemist biographer biologist bishop botanist boxer businessman businessperson businesswoman
caliph cardinal caricaturist cartoonist cellist ceramist chancellor character chef chemist
choreographer cinematographer clarinetist classicist clergyman coach columnist comedian comedienne
commander composer conductor congressman conqueror correspondent count countess cricketer criminal
critic cryptographer cyclist dancer daughter decorator deejay defenceman defender deity designer
detective dictator diplomat director dissident dj documentarian dramatist driver drummer duchess
duke economist editor educator egyptologist emperor empress engineer engraver entertainer
entomologist entrepreneur essayist executive explorer feminist fencer film-maker filmmaker
financier flautist folklorist footballer gangster general geneticist geographer geologist
goalkeeper god goddess golfer governor guitarist gymnast harpist historian host humorist hurdler
husband illustrator impresario industrialist instrumentalist intellectual inventor journalist
judge jurist keyboardist king leader librarian librettist linguist logician lyricist magician
maker man manager marquess marshal mathematician mayor mezzo-soprano midfielder minister
missionary mobster model monarch monk mother multi-instrumentalist murderer musician musicologist
mystic naturalist navigator neurologist newsreader nobleman noblewoman novelist nun nurse officer
organist orientalist ornithologist outlaw painter pathologist patron peer percussionist performer
person personality pharaoh philanthropist philologist philosopher photographer physician physicist
physiologist pianist pilot pioneer pirate pitcher player playwright poet politician polymath pope
presenter president priest prince princess printmaker producer professor programmer prophet
psychiatrist psychoanalyst psychologist puppeteer quarterback queen rabbi racer rapper reformer
reporter researcher reverend revolutionary ruler runner sailor saint satirist saxophonist scholar
scientist screenwriter scriptwriter sculptor senator shah singer singer-songwriter skateboarder
skater skier socialite sociologist soldier son songwriter soprano sportsman sportsperson spy
statesman statesperson statistician storyteller striker stuntman suffragette sultan superhero
surgeon swimmer teacher technician tenor theologian theorist translator trombonist trumpeter tsar
tycoon violinist violist vocalist widow wife woman wrestler writer youtuber zoologist
"""
_ORGANISATION = """
academy agency airline alliance archdiocese army assembly association authority automaker band
bank battalion boyband brewery brigade broadcaster bureau business cartel cavalry chain chamber
channel charity choir church club collective college commission committee company confederation
conference conglomerate congregation congress conservatory consortium cooperative corporation
corps council court daily denomination developer diocese distributor division duo dynasty ensemble
exchange faculty family federation firm fleet force foundation fraternity gallery government group
gymnasium hospital imprint institute institution investigator journal junta label laboratory
league legislature library lyceum magazine manufacturer militia ministry movement museum navy
network newspaper observatory operator orchestra order organisation organization parliament party
periodical police polytechnic publisher quartet quintet regiment regulator retailer school
seminary senate shipyard society sorority sportsclub squad squadron station store studio
subsidiary supergroup tabloid team trio troupe union university weekly wing workshop
"""
_PLACE = """
abbey airport arc archipelago area arrondissement atoll avenue basilica basin bay beach borough
bridge burgh caliphate canal canton cape capital castle cathedral cemetery city city-state
civilization coast collectivity colony commonwealth community constellation continent country
county dependency desert district emirate empire enclave exclave forest fort fortress galaxy
glacier governorate gulf hamlet headland highway hill island islands isle khanate kingdom lake
land landmass locality mansion megacity megalopolis metropolis monarchy monastery monument moon
mountain mountains municipality nation nebula neighborhood neighbourhood oblast ocean palace
parish park peninsula place plain planet plateau port prefecture principality prison protectorate
province quarter range region republic reservoir resort ridge river road sea seaport settlement
shrine skyscraper stadium star state strait street subcontinent suburb sultanate synagogue temple
territory theater theatre tower town township tributary valley venue village voivodeship volcano
ward waterfall
"""
_OTHER = """
accolade acid act adaptation agreement aircraft album alphabet animation anime anthem anthology
assassination attack award ballet battle bill biopic bombing book branch brand breed broadcast
calendar campaign car cartoon celebration ceremony championship citation code comedy comic
competition compound computer concerto conflict console constitution contest convention coup
crisis crusade cuisine cult cup currency decoration degree dialect disaster
discipline disease documentary draft drama drink drug earthquake edition election element engine
epic episode era event expedition faith feast fellowship festival film format franchise game games
genocide genre genus hardware holiday honor honour hurricane hymn ideology initiative instrument
invasion investigation jet language law locomotive manga massacre medal medication medium
mini-series miniseries mission motorcycle movie mural musical mythology newscast novel novella
office olympics opera operation painting pandemic people plague plan platform play poem position
prize product program programme project protocol race rebellion religion revolt revolution rifle
saga satellite scripture season sect serial series ship show siege single sitcom software song
soundtrack spacecraft species sport standard story strip style subgenre symphony system tank
telefilm telenovela theorem thriller title tour tournament toy treaty tribe trilogy trophy tv-show
uprising vehicle version video vitamin war weapon website western writing
"""
_NOTHING = "article page century day decade month name surname term time weekday year zone"

TYPE_OF_NOUN: dict[str, str] = {
    noun: type_
    for type_, nouns in (
        ("PER", _PERSON),
        ("ORG", _ORGANISATION),
        ("LOC", _PLACE),
        ("MISC", _OTHER),
        (SKIPPED, _NOTHING),
    )
    for noun in nouns.split()
}
