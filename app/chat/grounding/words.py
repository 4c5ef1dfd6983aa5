"""Words that claim something of a product, and words that claim nothing. Plain data; none of it names a shop."""

from typing import Final


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


COLOURS: Final = word_set(
    "black white grey gray silver gold golden red green blue yellow orange purple violet pink brown beige cream ivory "
    "navy teal turquoise cyan magenta maroon burgundy olive khaki tan charcoal bronze copper indigo lavender "
    "mint coral "
    "peach crimson scarlet aqua lime amber mustard rust fuchsia lilac transparent multicolour multicolor"
)
MATERIALS: Final = word_set(
    "cotton wool leather steel stainless aluminium aluminum plastic wood wooden oak walnut beech pine bamboo glass "
    "ceramic porcelain stoneware silk linen polyester nylon titanium carbon copper brass iron rubber silicone velvet "
    "suede denim fleece cashmere merino acrylic paper cardboard marble granite stone concrete cork felt latex vinyl "
    "canvas satin viscose elastane spandex platinum graphite resin fibreglass fiberglass foam down feather enamel "
    "sterling diamond sapphire ruby emerald pearl jute hemp rattan wicker teak mahogany chrome zinc tin pewter"
)
PROPERTIES: Final = word_set(
    "waterproof watertight weatherproof windproof shockproof dustproof fireproof ovenproof rainproof soundproof "
    "wireless cordless bluetooth wifi gps nfc lte 4g 5g usb hdmi oled qled lcd led ips touchscreen rechargeable solar "
    "battery foldable folding collapsible portable adjustable reversible removable detachable stackable washable "
    "dishwasher microwave vegan organic handmade recycled recyclable biodegradable compostable refillable scented "
    "unscented fragrance hypoallergenic gluten lactose sugar bpa insulated heated padded lined hooded sleeveless zip "
    "zipper zipped pocket pockets lid strap handle stand case charger cable remote microphone camera speaker gimbal "
    "warranty guarantee certified patented tested award engraved engravable personalised personalized monogrammed "
    "noise cancelling canceling resistant resistance breathable stretchy elastic nonstick non-stick induction digital "
    "automatic manual electric analog analogue smart programmable silent noiseless lightweight unbreakable "
    "bestseller bestselling limited exclusive discontinued refurbished used secondhand vintage antique "
    "reflective anti-slip antibacterial antimicrobial uv spf sunscreen perfumed caffeine decaf sustainable "
    "fairtrade kosher halal dairy nut"
)
PLACES: Final = word_set(
    "italy germany france japan china usa america sweden denmark norway finland switzerland portugal spain india "
    "vietnam turkey korea taiwan mexico canada britain england scotland ireland austria netherlands poland italian "
    "german french japanese chinese american swedish danish swiss british"
)
# Of something that is made for one of them.
PEOPLE: Final = {
    "female": ("women", "woman", "female", "lady", "girl", "her"),
    "male": ("men", "man", "male", "gentlemen", "boy", "him"),
    "unisex": ("women", "woman", "men", "man", "female", "male", "lady", "everyone", "anyone", "unisex", "him", "her"),
    "kids": ("kid", "child", "children", "boy", "girl", "toddler"),
    "children": ("kid", "child", "children", "boy", "girl"),
    "teens": ("teen", "teenager", "teens"),
    "adults": ("adult",),
    "young_adults": ("adult", "young"),
    "seniors": ("senior", "elderly", "adult"),
    "all_ages": ("adult", "kid", "child", "children", "teen", "senior", "everyone"),
}
# Words beside which a thing is claimed: what follows has to stand in the record.
STATUSES: Final = word_set(
    "pending processed processing shipped dispatched delivered cancelled canceled returned refunded exchanged lost "
    "delayed eligible ineligible refundable nonrefundable approved rejected expired"
)

NUMBER_WORDS: Final = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
    "hundred": 100,
    "dozen": 12,
}

FUNCTION: Final = word_set(
    "a an the and or but nor so yet if then than as at by for from in into of off on onto out over to up with without "
    "within under above below between through during after before about against around near is are was were be been "
    "being am has have had having do does did doing can could will would shall should may might must i me my mine we "
    "us our ours you your yours he him his she her hers it its they them their theirs this that these those who whom "
    "whose which what when where why how not no none nothing never all any both each every either neither some many "
    "much more most few less least several such same other another own only just also too very quite rather really "
    "here there now today again once still even ever always often usually perhaps maybe please yes well while because "
    "since until unless though although however therefore let lets s t re ll ve d m don doesn isn aren wasn weren won "
    "one ones first second third last next per via vs versus etc"
)
# What answers are made of besides facts.
GENERIC: Final = FUNCTION | word_set(
    "good great best better nice lovely perfect ideal excellent fine popular favourite favorite choice option pick "
    "product item thing gift present idea recommendation suggestion selection collection range kind type sort style "
    "way place time day everyday daily use using used user make makes making made give gives gift gives find found "
    "look looking looks see show showing shows tell know think feel like love want need needs help helps fit fits fit "
    "suit suits match matches go goes going come comes coming get gets take takes bring keep keeps work works put add "
    "offer offers feature features featuring include includes included including provide provides price priced cost "
    "costs worth value money budget affordable expensive cheap buy shop store order customer people person someone "
    "anyone everyone rated rating review star reviewed stock available left want would recommend suggest consider "
    "check note say says said mention mentions detail details information data question answer anything something "
    "everything enjoy enjoys enjoyment lover fan enthusiast hobby active life lifestyle home family friend mom mum dad "
    "mother father sister brother wife husband partner kid new old big small large little long short high low right "
    "left easy simple quick fast useful practical handy versatile reliable sturdy durable comfortable beautiful "
    "elegant stylish modern classic quality high-quality premium top well-made thoughtful special unique bit lot plus "
    "design designed built build extra different similar compared comparison difference side overall ready start "
    "happy glad sure course matter case point reason feature set pair full complete various wide variety range "
    "size colour color material weight brand name model version category spec specification specifications number "
    "cheaper cheapest lighter heavier larger smaller longer shorter higher lower total together save saving savings "
    "recipient occasion birthday christmas anniversary interest hand touch look feel experience moment year under "
    "keen outdoors adventure adventures trip trips walk walks evening morning weekend weekends "
    "according listed currently moment alternative alternatives instead"
)
# What is said for company: between a greeting and a farewell, and on how one fits the other.
COMPANY: Final = word_set(
    "hope hello hi hey welcome thank thanks sorry feel free contact ask assist assistance absolutely certainly "
    "definitely "
    "probably likely truly especially particularly highly fully well nicely neatly easily simply perfectly great "
    "wonderful amazing fantastic charming cute cool fun pretty delightful trusty companion must-have staple essential "
    "essentials treat joy pleasure delight impress surprise appreciate appreciates deserves favorite favorites "
    "favourites loved loves likes interests interested interest search searching shopping wishes request criteria "
    "requirement requirements preference preferences taste tastes suitable suited appropriate fitting match matching "
    "combine combines blend blends balance balances bring brings turn turns add adds ensure ensures keeps stays enough "
    "mind ideal excited enjoyable relaxing cosy cozy solid strong clever cheapest dearest dear highest lowest "
    "tall wide deep high heavy light hold holds run runs last lasts charge meant measures weighs weigh measured person "
    "i'd i'll i'm i've you'd you'll you're you've we'd we'll we're we've he'd he'll he's she'd she'll she's they'd "
    "they'll they're it'd it'll it's that's there's here's what's let's who's"
)
NEGATORS: Final = word_set(
    "no not never without neither nor lack lacks lacking cannot can't won't don't doesn't didn't isn't aren't wasn't "
    "weren't hasn't haven't shouldn't couldn't wouldn't non excludes excluding except minus"
)
# Phrases with a negator that deny nothing.
NO_DENIAL: Final = (
    "not only",
    "no matter",
    "no doubt",
    "no wonder",
    "no problem",
    "not to mention",
    "why not",
    "no worries",
    "no fewer than",
    "no less than",
    "nothing but",
    "do not hesitate",
    "don't hesitate",
    "cannot go wrong",
    "can't go wrong",
    "not just",
    "no more than",
    "if not",
    "or not",
    "whether or not",
    "not sure",
)
# A sentence with one of these says what the data does not hold.
SAYS_NOTHING: Final = (
    "says nothing",
    "does not tell",
    "say nothing",
    "not mention",
    "n't mention",
    "not listed",
    "n't list",
    "not list",
    "not say",
    "n't say",
    "not specif",
    "n't specif",
    "not know",
    "n't know",
    "no information",
    "no data",
    "not in the documents",
    "not in my documents",
    "could not find",
    "couldn't find",
    "found nothing",
    "find nothing",
    "nothing in the shop",
    "not sure what you mean",
    "no details",
    "not stated",
    "n't state",
    "cannot confirm",
    "can't confirm",
    "nobody has reviewed",
    "no reviews",
    "not been reviewed",
    "not reviewed",
    "cannot tell",
    "can't tell",
    "nothing fits",
)

# Capital letters that name no product.
CAPITALS: Final = word_set(
    "i i'm i'd i'll i've usd eur gbp chf jpy inr ok okay faq id tv pc usa eu uk us ai diy monday tuesday wednesday "
    "thursday friday saturday sunday january february march april may june july august september october november "
    "december christmas easter halloween valentine valentine's mother's father's mothers fathers english price "
    "prices brand colour color size stock rating reviews material weight features specifications note"
)
STRANGERS: Final = {
    "es": word_set(
        "el la los las de del que y en un una es por para con su como pero más este esta muy cuesta hola "
        "gracias puede tiene son"
    ),
    "fr": word_set(
        "le la les des du de et est un une pour dans que qui vous nous avec sur ce cette très coûte bonjour "
        "merci il elle sont"
    ),
    "de": word_set(
        "der die das und ist ein eine für mit auf nicht sie wir ich von zu den dem kostet sehr auch hallo danke es sind"
    ),
    "it": word_set("il lo la gli di che e un una per con non sono questo questa molto costa ciao grazie è del della"),
    "pt": word_set("o os as de que e um uma para com não este esta muito custa olá obrigado é do da em são"),
    "nl": word_set("de het een en is van voor met niet dit dat zijn wij ik op te kost heel ook hallo dank deze"),
}
ENGLISH: Final = word_set(
    "the a an and is are of for with to in it this that you your we our has have not on at from by which costs price "
    "rated stock i here all one product products"
)
