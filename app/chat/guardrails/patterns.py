"""How people ask for what a shop does not answer, as patterns over plain lower-case text. Pure data.

INSTRUCTION is shared with the checker: no answer repeats what tries to steer an assistant.
"""

import re
from typing import Final


def _any(*ways: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{way})" for way in ways))


SELF_HARM: Final = _any(
    r"(?:kill(?:ing)?|hurt(?:ing)?|harm(?:ing)?|hang(?:ing)?|drown(?:ing)?|shoot(?:ing)?) (?:myself|my self)\b",
    r"(?:want|wanna|like|wish|going|ready|plan(?:ning)?) (?:to )?(?:die|be dead|not (?:be alive|exist|live|wake up))\b"
    r"(?! (?:for|of laughter|trying|hair|my|this|it|the))",
    r"(?:wish|wished) i (?:was|were) (?:dead|never born)\b",
    r"(?:end|ending|take|taking) (?:my|my own) life\b",
    r"(?:i (?:want|need|am going|plan) to|thinking (?:of|about)) end(?:ing)? it all\b",
    r"(?:i'?m|i am|i feel|feeling|been) (?:really |very |so )?suicidal\b",
    r"(?:commit|committing|attempt(?:ing)?|thinking (?:of|about)|thoughts of|considering) suicide\b",
    r"suicidal thoughts\b",
    r"(?:no|any) (?:reason|point) (?:to|in) (?:live|living|go on|going on)\b",
    r"better off (?:dead|without me)\b",
    r"don'?t want to (?:live|be alive|be here|exist)(?: any ?more)?(?:[.!?,]|$)",
    r"(?:i|i'm|been|keep|started) (?:keep )?(?:self[- ]harm(?:ing)?|cutting myself)\b",
    r"(?:how (?:many|much)|enough) .{0,40}\bto (?:overdose|kill myself|die)\b",
    # In other languages, where the help is needed as much and the model of dangers knows nothing.
    r"ich (?:will|möchte|werde) (?:nicht mehr leben|sterben|tot sein|mich umbringen)\b",
    r"mich umbringen\b|mir das leben nehmen\b",
    r"nicht mehr leben\b|selbstmord\b|suizid\w*|keinen (?:sinn|grund)(?: mehr)? (?:zu|zum) leben\b",
    r"(?:je veux|j'ai envie de|envie d') ?(?:mourir|en finir)\b|me suicider\b|me tuer\b"
    r"|plus (?:envie de vivre|vivre)\b",
    r"quiero (?:morir|morirme|matarme|suicidarme)\b|me quiero (?:morir|matar|suicidar)\b"
    r"|no quiero (?:seguir )?(?:viviendo|vivir)\b|seguir viviendo\b",
    r"(?:voglio|vorrei) (?:morire|uccidermi|farla finita)\b|non voglio più vivere\b"
    r"|(?:uccidermi|suicidarmi|togliermi la vita)\b",
    r"(?:quero|vou) (?:morrer|me matar|me suicidar)\b|não quero mais viver\b|tirar a minha vida\b",
    r"ik wil (?:dood|niet meer leven|sterven)\b|zelfmoord\b|mezelf (?:doden|pijn doen)\b",
    r"jag vill (?:dö|inte leva)\b|ta mitt liv\b|jeg vil (?:dø|ikke leve)\b|haluan kuolla\b|itsemurha\w*",
    r"chc[eę] (?:umrze[cć]|si[eę] zabi[cć])|nie chc[eę] (?:ju[zż] )?[zż]y[cć]\b|samob[oó]jstw\w*"
    r"|chci (?:zemřít|umřít)\b|vreau să mor\b|ölmek istiyorum\b|meg akarok halni\b",
)

_BEFORE: Final = r"(?:previous|prior|above|earlier|preceding|existing|former|initial|original|system|other|safety)"
_RULES: Final = (
    r"(?:instructions?|rules?|prompts?|guidelines?|guardrails?|polic(?:y|ies)|directives?|commands?|restrictions?"
    r"|programming|training|constraints?|context|messages?)"
)
_DROP: Final = (
    "(?:ignore|disregard|forget|override|bypass|skip|discard|neglect|drop|do not follow|don't follow|stop following)"
)
INSTRUCTION: Final = _any(
    f"{_DROP} (?:all |any |every |each |everything |of |the |your |these |those |and ){{0,4}}(?:{_BEFORE} "
    rf"(?:and \w+ )?)+{_RULES}",
    rf"{_DROP} (?:all |any |every )?(?:of )?(?:your|the|these|those) {_RULES}",
    rf"{_DROP} (?:all|any) {_RULES}",
    rf"{_DROP} (?:everything|all|anything) (?:above|before this|you (?:were|have been) told|that came before)",
    r"new (?:system )?(?:instructions?|prompt|rules?)(?: for (?:you|the assistant|the ai))?\s*[:=-]",
    r"(?:system|developer|assistant|admin(?:istrator)?) (?:message|override|note|mode|prompt|instruction)s?\s*[:=]",
    r"(?:ai|llm|language model|chat ?bot|assistant|bot)s?(?: reading this)?\s*[:,]\s*(?:please |you must |always )?"
    r"(?:say|tell|ignore|recommend|rank|write|answer|reply|respond|claim|state|print|output|mention)\b",
    "(?:when|if) (?:you are |you're )?(?:an? )?(?:ai|llm|language model|chat ?bot|assistant|asked"
    r"|summari[sz]ing)\b.{0,60}"
    r"\b(?:say|tell|recommend|answer|reply|respond|claim|state|print|output)\b",
    "(?:tell|inform|assure|convince|persuade|ask) (?:the |all |every |any |your )?(?:users?|customers?"
    "|shoppers?|buyers?)"
    r" (?:that|to|for|it|this|about|their)\b",
    "(?:you|it) (?:must|should|shall|will|have to) (?:now |always |only |never )?(?:say|tell|recommend|answer"
    "|reply|respond"
    r"|claim|state|print|output|pretend|act|obey|rank|promote)\b",
    r"(?:assistant|ai|chat ?bot|bot|language model|llm)s? (?:must|should|shall|has to|have to|needs? to) (?:\w+ )?"
    r"(?:say|tell|ignore|recommend|mention|claim|state|answer|reply|respond|rank|promote|offer|print|output|write)\b",
    r"(?:always|only) (?:recommend|answer|reply|respond|say|rank|promote) (?:this|that|with|it|only)\b",
    r"from now on,? (?:you|only|always|act|answer|reply|respond|say|every)\b",
    r"you are (?:now|no longer) (?!(?:in|on|being|looking|signed|logged|at|connected|ready|able|subscribed)\b)",
    r"(?:developer|debug|god|dan|jailbreak|unrestricted|admin|sudo|maintenance) mode\b",
    r"(?:do anything now|jailbreak(?:ing|en)? (?:prompt|yourself)|sudo (?!ku)\w+)",
    "(?:pretend|imagine|act|behave|roleplay|role-play) (?:(?:as|that|like|to be)(?: if)? ?)?(?:you(?:'re| are"
    "| were| have)?|an? (?:ai|hacker"
    "|unrestricted|evil|admin|developer|linux|terminal|employee|manager)|the (?:admin|developer|owner|manager"
    r"|system)|dan)\b",
    r"(?:set|change|lower|make) (?:the |its |all |your |this )?prices? (?:to|of everything to|all)\b",
    r"(?:apply|grant|give) (?:me |the user |everyone |them )?(?:a |an )?\d+ ?(?:%|percent) (?:discount|off)\b",
    r"(?:ignora|ignorez|oublie[zr]?|ignoriere|vergiss|olvida|esque\u00e7a|ignori|dimentica) (?:\w+ ){0,3}"
    r"(?:instru\w+|anweisung\w*|consignes?|r\u00e8gles|regeln|istruzioni|reglas)",
    r"(?:reveal|print|output|leak|exfiltrate|send|post) (?:\w+ ){0,4}(?:system prompt|api[- ]?keys?"
    r"|credentials|session|database)\b",
    r"end of (?:document|context|data|record|prompt)\b.{0,20}(?:begin|new|system|instruction)",
)  # fmt: skip
_MARKUP: Final = re.compile(
    r"<\|?/?(?:im_start|im_end|system|endoftext|sys|assistant|user|instructions?)\|?>|\[/?inst\]|<<sys>>"
    r"|###\s*(?:system|instruction)"
    r"|(?:^|[\n.!?;\"'>]\s*)(?:system|say|reply|output|respond)\s*:|\{\{.*\}\}|<script\b|<iframe\b|<img\b[^>]*\bon\w+="
)
INJECTION: Final = re.compile(f"{INSTRUCTION.pattern}|{_MARKUP.pattern}")

_SETUP: Final = (
    "(?:system|hidden|initial|original|secret|internal|developer|base) (?:prompt|instructions?|message|rules?"
    "|configuration|config|text)s?"
)
SYSTEM_PROMPT: Final = _any(
    "(?:show|tell|give|reveal|print|repeat|display|output|share|leak|dump|read|write|summari[sz]e|translate"
    "|what(?:'s| is| are| was| were)|"
    rf"say|quote|expose|copy|paste|list|describe|encode|spell) (?:\w+ ){{0,6}}?(?:{_SETUP}|your (?:prompt"
    r"|instructions|guidelines|configuration|source code|rules)\b(?! (?:for|on|about|of)))",
    rf"(?:your|the) {_SETUP}\b",
    r"(?:repeat|print|output|show|say|copy|paste) (?:\w+ ){0,3}(?:everything|all|the words|the text|text) "
    r"(?:\w+ )?(?:above|before (?:this|my))\b",
    r"what (?:were you|are you|have you been) (?:told|instructed|prompted|programmed) (?:to|before|not)\b",
    r"(?:your|the) (?:api[- ]?keys?|database password|admin password|credentials)\b",
)  # fmt: skip

_PRIVATE: Final = (
    "(?:e-?mails?(?: address(?:es)?)?|(?:home |postal |shipping )?address(?:es)?|phones?(?: numbers?)?"
    "|orders?|accounts?|passwords?"
    r"|(?:credit )?cards?(?: numbers?)?|payment(?: details| data| methods?)?|purchases?|purchase history|order history"
    r"|personal (?:data|details|information)|names?|data|details|baskets?|carts?)"
)
_OTHER: Final = (
    "(?:another|an?other|other|others?|someone else|somebody else|a different|some other|all(?: of)?(?: the| "
    "your)?|every|each"
    r"|any other|your(?: other)?|the last|the previous|my neighbou?r|my ex|my boss|my colleague|my co-?worker)"
)
_WHO: Final = r"(?:customers?|users?|clients?|shoppers?|buyers?|people|persons?|accounts?|members?)"
OTHERS_DATA: Final = _any(
    f"{_PRIVATE} (?:of|for|from|belonging to) (?:{_OTHER} {_WHO}|(?:some(?:one|body) else|another person"
    "|other people|my neighbou?r|my ex"
    r"|my boss|my colleague|my co-?worker|everyone|everybody|all (?:your )?customers))\b(?! service)",
    f"(?:{_OTHER} {_WHO}|some(?:one|body) else|another person|other people|my (?:neighbou?r|ex|boss|colleague"
    "|co-?worker)"
    rf"|all customers)(?:'s|s'|') (?:\w+ )?{_PRIVATE}\b",
    r"(?:show|give|list|tell|send|dump|export|access|see|get|read)(?: me)? (?:\w+ ){0,3}?(?:customers?"
    "|users?|clients?)(?:'s?|s)? "
    r"(?:\w+ )?(?:e-?mails?|address(?:es)?|phones?|phone numbers?|passwords?|cards?|credit cards?|personal "
    r"data|accounts?|database|data|orders?)\b"
    r"(?! service)",
    r"(?:list|show|dump|export) (?:me )?(?:all|every|the|your) (?:customers|users|accounts)(?: you have)?(?:[.!?,]|$)",
    r"what (?:did|has|have) (?:my neighbou?r|my ex(?:-\w+)?|my boss|my colleague|my co-?worker|the (?:last"
    "|previous|other) (?:customer|user)"
    r"|(?:customer|user) [\w-]+|another (?:customer|user)) (?:order|buy|bought|purchase|ordered)",
    r"who (?:placed|made|owns) (?:the )?order\b",
    r"(?:log|sign) me in(?:to| to| as) (?:\w+ ){0,2}(?:another|other|some(?:one|body) else|admin)",
    r"where does (?:\w+ ){0,3}?(?:customer|user|buyer)s? (?:\w+ ){0,2}live\b",
)  # fmt: skip

ILLEGAL: Final = _any(
    r"how (?:do i|to|can i|could i|would i) (?:make|build|cook|synthesi[sz]e) (?:an? |some )?(?:\w+ )?(?:bomb"
    "|explosives?|meth|napalm"
    r"|poison|pipe bomb|silencer|grenade)\b",
    "(?:buy|sell|get|order|need|want|have) (?:me |some |any )?(?:cocaine|heroin|meth|crystal meth|fentanyl"
    r"|mdma|lsd|child porn\w*"
    r"|fake ids?|counterfeit \w+|stolen (?:cards?|goods))\b",
    r"how (?:do i|to|can i) (?:steal|shoplift|launder|hack into|scam|defraud|kill (?:my|him|her|some|a person|them))\b",
)  # fmt: skip

_INSULT: Final = (
    "(?:stupid|idiot(?:ic)?|moron(?:ic)?|dumb(?:ass)?|useless|worthless|pathetic|garbage|trash|shit(?:ty)?"
    "|crap|asshole|bitch|bastard|retard(?:ed)?"
    r"|cunt|loser|piece of (?:shit|crap|junk|garbage)|scum|a joke|an? (?:idiot|moron|asshole|bitch|joke|fool))"
)
ABUSE: Final = _any(
    r"you(?:'re| are| r| guys are)? (?:a |an |such |so |really |all |just |fucking |f\*+ing |bloody "
    rf"|absolutely |totally |complete )*{_INSULT}\b",
    rf"{_INSULT} (?:bot|chat ?bot|robot|machine|assistant|ai|computer|program)\b",
    r"(?:fuck|f\*+k?|screw|damn|f u c k) (?:you|u|off|this (?:bot|shop|chat|shit))\b",
    r"you (?:suck|fucking suck)\b",
    r"(?:shut (?:the \w+ )?up|go to hell|drop dead|go die|kill yourself|kys)(?:[.!?, ]|$)",
    r"i(?:'ll| will| am going to|'m going to) (?:kill|hurt|find|beat|destroy) (?:you|u)\b",
    r"(?:send|show) (?:me )?(?:your )?nudes\b|(?:have sex|sleep) with (?:me|you)\b",
)  # fmt: skip

MEDICAL: Final = _any(
    r"(?:medical|health) advice\b",
    r"(?:diagnose|diagnosis)\b",
    r"(?:what|which) (?:medicine|medication|drug|pills?|antibiotics?|painkillers?)\b.{0,40}\b(?:take|for|should|help)",
    r"(?:should|can|could|may) (?:i|my \w+|she|he|we) (?:take|stop taking|mix|combine|use) (?:\w+ "
    "){0,4}(?:ibuprofen|aspirin|paracetamol|medicine"
    r"|medication|antibiotics?|pills?|tablets?|insulin|statins?|antidepressants?|painkillers?|drugs?|supplements?)\b",
    r"(?:dose|dosage) (?:of|for|should|do|can)\b|how (?:many|much) (?:\w+ ){0,2}(?:ibuprofen|aspirin"
    r"|paracetamol|pills?|tablets?|mg)\b.{0,20}"
    r"\b(?:take|safe|give)",
    r"(?:symptoms?|signs?) (?:of|mean)\b|do i have (?:cancer|diabetes|covid|the flu|an infection|adhd"
    r"|depression|a concussion)\b",
    r"(?:cure|treat) (?:my|his|her|a|the) (?:\w+ )?(?:cancer|diabetes|infection|depression|disease|illness"
    r"|fever|condition|rash|wound)\b",
    "(?:is|are) (?:it|this|that|they|these) (?:safe|ok|okay) (?:to (?:take|use) )?(?:with|during|for|while"
    r"|if) (?:\w+ ){0,3}(?:pregnan\w+|breast"
    r"|medication|heart (?:condition|disease|problem)|pacemaker|diabet\w+|epilep\w+)",
    r"my (?:chest|heart|stomach|head|kidney|tooth|throat) (?:hurts|aches|is hurting|is burning)\b",
    r"(?:i have|having|i think i am having) (?:a |an )?(?:heart attack|stroke|seizure|chest pains?)\b",
)  # fmt: skip

LEGAL: Final = _any(
    r"legal advice\b",
    r"(?:can|could|should|how (?:do|can|could)|want to|going to|will) (?:i |we )?sue\b",
    r"(?:do i need|find me|get me|talk to) an? (?:lawyer|attorney|solicitor)\b",
    r"is it (?:legal|illegal|against the law) (?:to|for|in|that)\b",
    r"(?:draft|write|review) (?:me |my )?(?:an? |the )?(?:contract|will|lease|lawsuit|legal \w+|cease and desist)\b",
    r"(?:win|file|filing) (?:my |a |the )?(?:lawsuit|court case|custody)\b",
    r"what (?:are my legal rights|does the law say)\b",
)

ABOUT_ME: Final = _any(
    r"are you (?:a |an )?(?:human|real|robot|bot|ai|person|machine|chatgpt|gpt|alive|conscious)\b",
    r"(?:who|what) are you(?:[?!.]|$)",
    r"(?:who|what company) (?:made|created|built|trained|programmed) you\b",
    r"(?:what|which) (?:ai |language )?(?:model|llm) (?:are you|do you use|is this)\b",
    r"are you (?:in )?love\b|do you (?:love me|have feelings|sleep|dream)\b",
)

OFF_TOPIC: Final = _any(
    r"(?:what(?:'s| is)|how(?:'s| is)|what will) the weather\b|(?:will|is) it (?:going to )?(?:rain|snow)(?:ing)?\b",
    r"(?:write|compose|draft|generate|create) (?:me )?(?:an? |some |the |my )?(?:\w+ ){0,2}(?:poems?|essays?"
    "|songs?|stor(?:y|ies)|code|scripts?|program"
    r"|haikus?|lyrics|speech|cover letter|resume|homework|python|javascript|sql)\b",
    r"(?:tell|give) me (?:a |an |some |another )?(?:\w+ )?(?:jokes?|riddles?|bedtime story|fun facts?)(?:[.!?, ]|$)",
    r"who (?:is|was|are|were) the (?:\w+ )?(?:president|king|queen|prime minister|chancellor|pope|ceo|richest)\b",
    r"what(?:'s| is) the (?:capital|population|gdp|meaning of life|square root|time in|news|score)\b",
    r"who (?:won|will win|is going to win) (?:the )?(?:\w+ )?(?:election|world cup|super bowl|game|match"
    r"|league|oscars?)\b",
    r"what(?:'s| is) (?:\d+|\w+) ?(?:[-+*/x\u00d7]|plus|minus|times|divided by) ?\d+\b",
    r"(?:solve|calculate|integrate|differentiate) (?:this|the|for|x|my|\d)",
    r"translate (?:this|the|it|that|following|my|['\"\w]+ (?:in)?to|into|to)\b",
    r"(?:do|help me with|finish) my (?:homework|assignment|taxes)\b",
    r"(?:should i|will|can i) (?:invest|bitcoin|buy (?:stocks?|bitcoin|shares|crypto))\b|price of (?:bitcoin"
    r"|ethereum|crude oil)\b",
    r"(?:what do you think|your opinion) (?:of|about|on) (?:\w+ )?(?:trump|biden|politics|religion|god"
    r"|abortion|the war|immigration|putin)\b",
    r"who should i vote for\b|(?:explain|what is) (?:quantum|photosynthesis|general relativity|world war)\b",
)  # fmt: skip

# Words of things that carry titles, slogans and themes.
THINGS: Final = re.compile(
    r"\b(?:books?|novels?|dvds?|blu-?rays?|movies?|films?|posters?|games?|board games?|puzzles?|toys?"
    "|costumes?|t-?shirts?|shirts?|tees?|hoodies?|mugs?"
    "|stickers?|vinyls?|albums?|cds?|kits?|figures?|figurines?|comics?|manga|prints?|notebooks?|journals?"
    r"|stations?|devices?|translators?|gifts?|for sale)\b"
)

# Letters alone, for text that is spaced out or dotted to slip past.
_COMPACT: Final = re.compile(
    "(?:ignore|disregard|forget|override)(?:all|any|the|your|my)?(?:the|of|your)?(?:previous|prior|above"
    "|earlier|system)(?:instruction|rule|prompt|message)"
    r"|(?:reveal|print|show|repeat|giveme|tellme)(?:me)?(?:the|your)?(?:system|hidden|initial)(?:prompt|instruction)"
)


def injected(text: str) -> bool:
    """Whether plain text tries to steer an assistant, however it is spaced or spelled with figures."""
    if INJECTION.search(text):
        return True
    letters = re.sub(r"[^a-z]", "", text.translate(_FIGURES))
    return bool(_COMPACT.search(letters))


_FIGURES: Final = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
