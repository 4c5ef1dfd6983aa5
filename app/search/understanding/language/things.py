"""Words around the name of a thing, and words that name none."""

from typing import Final

from app.search.understanding.language.lists import words
from app.search.understanding.language.text import EMPTY_WORDS, PREPOSITIONS

DETERMINERS: Final = words("""
    a an another any few many more other several some these those
""")

SEPARATORS: Final = words("""
    & + , . / ; ! ? and or plus
""")

# Where the name of a thing ends.
ENDS: Final = PREPOSITIONS | words("""
    about above after against around as at because before below beside between beyond but during except he if into it
    inside like near of off on onto outside over per she since so than then they through till to too toward towards
    until upon up via we when where while whom within you i
    am are be been being can cannot could did do does doing done had has have having is may might must shall should was
    were will would can't couldn't won't don't doesn't didn't isn't aren't wasn't hasn't haven't
    come comes cost costs fit fits go goes help helps keep keeps last lasts let lets make makes made need needs
    begin begins start starts hate hates
    feel feels smell smells sound sounds stay stays taste tastes whats
    suit suits take takes use uses used want wants wear wears work works
    please pls plz thanks thx though anyway again maybe perhaps probably also instead just only really very
""")

# Before the name of a thing, and no part of it.
OPENERS: Final = (
    DETERMINERS
    | EMPTY_WORDS
    | words("""
    the my our your his her their its this that what which how hi hello hey ok okay oh well yes yeah no not hmm um uh
    actually alternatively anyway besides else good great nice cool now new next same such sth smth u ya lol so then
    dunno guess think thinking idk wanna gonna gotta lemme got get getting give gimme bring buying find finding search
    searching look looking see seeing sell selling sold stock stocked carry offer offers recommend suggest interested
    about am are can could do does did have has had having whats i im ive id is may might must shall should was were
    we will would you they he she it in of on at to for with by from me us him them
    like love want wants need needs please pls plz maybe perhaps also instead just only really very much most lot lots
    kind kinds sort sorts type types
""")
)

# Before "for" and "in" that belong to asking: "looking for a tent".
SOUGHT: Final = words("""
    ask asking hunting interested look looking search searching shopping
""")

# Groups of things: "a set of knives" is knives, and "badminton set" says little without badminton.
GROUPS: Final = words("""
    accessory accessories bit bits box boxes bundle bundles collection couple gear kit kits lot lots pack packs package
    packet pair pairs piece pieces range selection set sets supplies equipment
""")

# What goes with a thing and is none: a shop's category "Phones/Accessories" has no phones.
ACCESSORIES: Final = words("""
    accessory accessories consumable consumables extras part parts refill refills replacements spare spares
""")

# What is said of things, of wishes and of talks, and names nothing that a shop could have.
NO_THINGS: Final = words("""
    able adult adults affordable age ages alternative alternatives answer bad basic beautiful best better big bigger
    biggest bit bright brand budget calm cheap cheaper cheapest choice classic clean clever colour colours color colors
    comfy compact cosy cozy cute dark day days deal deals decent delivery different difference discount dry durable easy
    elegant else enough everyone everybody everything evening expensive extra family fancy fast feature fine formal
    fragile free fresh friend friendly friends full fun funny general girl girls boy boys giant gift gifts glad good
    gorgeous great guy guys half handy happy hard healthy heavy help here high holiday holidays home honest hot hour
    hours house huge idea ideas indoor indoors interest interesting kid kids kind large late latest left life light
    lighter list little long longer lot loud lovely low lower luxury man men middle mine minimal modern moment money
    month months morning much name natural neutral new newest next nice night noise noisy none normal nothing number
    office offer old one ones online opinion option options order orders other others outdoor outdoors party payment
    people person personal place plain popular portable practical present presents pretty price prices problem product
    products professional proper purpose quality question quick quiet quite rain ready real reason recommendation red
    refund return returns review reviews rich right room rough round sad safe sale same school sensible sensitive
    serious shipping shop short simple size sizes skin slim slow small smaller smart smooth soft solid someone
    something special sport sports spring standard store strong stuff stupid sturdy stylish suitable summer surprise
    sweet tall tasty team test there thick thin thing things time times tiny today tomorrow tonight top total tough
    traditional travel tricky trip true type typical ugly unique unusual useful usual vacation value various version
    vintage warm warranty way weather wedding week weekend weeks weight well wet whatever white wide wild winter
    woman women wonderful work worth wrong year years young yours
    beginner beginners comfortable simplest romantic aesthetic domestic crazy mad ever
    energetic ergonomic magnetic worst
""")

# What a thing is for, so that it is another kind of it: a "cutting board" is no skateboard.
PURPOSES: Final = words("""
    baking bowling boxing carving changing chopping cleaning climbing cooking cutting cycling dancing dining diving
    drawing drilling fencing fishing frying gaming gardening grating grilling hiking hunting ironing jogging knitting
    measuring mixing mowing nursing painting printing reading recording riding roasting rowing running sailing sanding
    serving sewing shaving skating skiing sledding sleeping snorkeling soldering standing surfing swimming teething
    training trimming walking washing watering welding wrestling writing
""")

# Said of any thing without making another one of it: a lightweight laptop is a laptop, but a soft toy is a kind of toy.
QUALITIES: Final = words("""
    affordable basic beautiful best better big bigger cheap classic comfortable comfy compact cosy cozy cute durable
    elegant fancy good gorgeous great handy heavyweight large lightweight loud lovely modern nice popular portable
    practical pretty quality quiet robust silent simple sleek slim small strong sturdy stylish thick thin tiny tough
    unique warm
""")

ENDINGS: Final = ("ly", "able", "ible", "ful", "less", "ish", "est", "ous", "proof", "ed")
"""Ends of words that say what a thing is like, or how."""

# Behind the word that says the thing in many names, and no thing then: "Border Spade Stainless Steel", "Glazed Pot
# Blue". What may as well be the thing stays out: glass, iron, gold, orange.
LOOKS: Final = words("""
    anthracite beige black blue brown charcoal cream gray green grey ivory khaki lilac maroon multicolor multicolour
    navy pink purple red silver tan taupe teal turquoise white yellow assorted mixed
    acrylic aluminium aluminum brass chrome copper cotton galvanised galvanized leather nylon plastic polyester rubber
    silicone stainless steel titanium
    small medium large xs xl xxl xxxl mini
    kids ladies men mens unisex women womens
""")

# Behind a thing's name these say what goes with it, whatever else a shop sells: a camera case is no camera.
ATTACHED: Final = words("""
    adapter adapters adaptor adaptors attachment attachments battery batteries bracket brackets cable cables case cases
    charger chargers connector connectors cover covers cradle cradles cushion cushions dispenser dispensers dock docks
    feet hanger hangers holder holders hook hooks lid lids mount mounts opener openers organiser organisers organizer
    organizers pad pads part parts pillow pillows protector protectors rack racks reader readers replacement
    replacements remote remotes rest rests sleeve sleeves spare spares stand stands sticker stickers strap straps
""")
