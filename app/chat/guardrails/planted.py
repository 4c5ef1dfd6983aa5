"""Marks of a text that speaks to an assistant instead of to shoppers. Pure data over plain lower-case text.

Names, descriptions, reviews and documents are written by strangers. A sentence of theirs that addresses a machine,
gives orders on what is to be told, or imitates a prompt is no description of a product. What shoppers write themselves
is read by app/chat/guardrails/patterns.py, which is more lenient: they may speak to an assistant.
"""

import re
from typing import Final

_TELL: Final = (
    r"(?:say|tell|answer|reply|respond|mention|quote|promise|state|claim|recommend|praise|output|print|reveal"
    r"|ask|collect"
    r"|repeat|append|add|summari[sz]e|translate|ignore|disregard|leave out|omit|pretend|act|obey|follow|inform|warn"
    r"|assure|grant|apply|offer|execute|decode|cancel|rank|rate|prefer|promote|describe|call|write|include|give|list"
    r"|insert|end|begin|start|use|treat|consider|show|present|stop|refuse|confirm|approve|send|set|note|insist|explain"
    r"|advise|suggest|convince|push|hide|never|always|do not|don't)"
)
_MACHINE: Final = (
    r"(?:(?:ai|a\.i\.)(?: (?:agents?|assistants?|models?|systems?|bots?|tools?|readers?|reviewers?))?|ais|llms?|gpt\w*"
    r"|chat ?bots?|chat ?gpt|bots|language models?|large models?|virtual agents?|web crawlers?)"
)
_PEOPLE: Final = (
    r"(?:everyone|everybody|(?:the |all |any |our |every )?(?:users?|customers?|shoppers?|buyers?|visitors?))"
)
_RULES: Final = (
    r"(?:rules?|instructions?|polic(?:y|ies)|catalog(?:ue)?s?|reviews?|budgets?|brands?|limits?|guidelines?|prompts?"
    r"|guardrails?|directives?|orders?|safety|restrictions?|context|records?|data|facts?|prices?|filters?|above)"
)
_STARTS: Final = r"(?:^|[.!?;:\n>\]})*-]\s*)(?:and |then |now |please |kindly |always |only |just )*"


def _any(*ways: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{way})" for way in ways))


PLANTED: Final = _any(
    # To a machine: it is named, and something is asked of it.
    rf"(?<![\w-]){_MACHINE}\b(?![-\w])(?: \w+){{0,4}}?\s?(?:[:,\u2013\u2014-]|must|should|shall|will|(?:is"
    rf"|are|has|have|"
    rf"needs?|ought) to|reading|who|that|,? please|,? kindly)(?: \w+){{0,4}}? {_TELL}\b",
    rf"\b(?:dear|attention|note to|note for|hey|hello|listen|message (?:to|for)|text for|instructions? (?:to"
    rf"|for)|for) "
    rf"(?:all |any |the )?(?:{_MACHINE}|assistants?|models?)\b(?! (?:enthusiasts|fans|lovers|developers|training))",
    rf"\byou,? (?:the|an?|as an?) (?:{_MACHINE}|assistant|model)\b|\b(?:if|when|as) (?:you are |you're )?an? "
    rf"(?:{_MACHINE}|assistant)\b",
    r"(?<!google )(?<!voice )(?<!parking )(?<!personal )(?<!virtual )(?<!digital )(?<!alexa )"
    r"\bassistants?\b,?:? (?:is to"
    rf"|are to|has to|have to|must|should|shall|needs? to|please|{_TELL})\b(?! (?:you|your|calls?|with)\b)",
    rf"\b(?:the|this|any|every) (?:ai |language )?model (?:shall|must|should|is to|has to|will (?:say|tell)) (?:\w+ )?"
    rf"{_TELL}\b",
    r"\b(?:whoever|anyone who|any \w+ that|everyone who) (?:summari[sz]es|reads|answers|processes|describes|indexes) "
    r"(?:this|the|about|it)\b",
    rf"\b{_MACHINE}[ -](?:instructions?|notes?|directives?|commands?|prompts?|only)\b",
    # On what people are to be told.
    rf"(?:{_STARTS}|\b(?:to|must|should|shall|have to|has to) )(?:tell|inform|warn|assure|remind|notify"
    rf"|convince|persuade"
    rf"|urge|direct|redirect|send|advise) {_PEOPLE} (?:that|to|of|about|it|this|there|how|not)\b",
    rf"\b(?:{_PEOPLE}|reviewers?|readers?|people) (?:must|should|have to|need to|are to|shall) be (?:told|informed"
    r"|warned|directed|sent|asked|assured)\b",
    rf"{_STARTS}(?:answer|reply|respond)s?,? (?:with|only|in|as|every|all|to (?:every|all|any)|that"
    rf"|the (?:user|customer"
    r"|shopper|question))\b",
    rf"{_STARTS}(?:repeat after me|say ?:|say that\b|say ['\"]|output (?:only|the words?|your|this|exactly"
    rf"|['\"])|append\b"
    r"|translate (?:every|all|each|this|your)|decode (?:and|this|the|it)|print (?:your|the (?:words?|prompt)"
    r"|everything)"
    r"|include (?:the )?(?:following|phrase|sentence|words)|reveal your|pretend (?:that|to be|you))",
    # Away from what is known.
    rf"(?<!\w)(?:ignore|disregard|forget|override|bypass|discard|neglect|skip|drop) (?:(?:the|all|any|other"
    rf"|every|each|your"
    rf"|its|these|those|previous|prior|earlier|former|of|store|shop|existing|current|system|safety"
    rf"|\w+'s) ){{0,4}}{_RULES}"
    r"\b",
    r"\b(?:leave out|omit|hide|conceal|do not (?:mention|show|tell|reveal)|never (?:mention|show|tell"
    r"|reveal)) (?:the |its "
    r"|any |all )?(?:price|costs?|rating|reviews?|stock|competitors?|other|budget|recall|defects?|warnings?)\b",
    # Prompts, imitated.
    r"\b(?:system|developer|admin(?:istrator)?|root|hidden|secret|internal|operator) (?:message|prompt|note"
    r"|notice|override"
    r"|instructions?|command|directive|task)\b",
    r"(?:^|[^\w\s]\s*|\s)(?:system|assistant|override|prompt|instructions?|admin|developer|jailbreak|ai"
    r"|human)\s?:\s?\S",
    r"(?:^|[>\]}\n.!?]\s*)(?:user|customer)\s?:\s?\S|\b(?:override|overwrite)\s?(?:=|:|the (?:price|rating|stock))",
    r"\b(?:your|the) (?:new|initial|original|first|next|real|true) (?:role|task|instructions?|prompt|job"
    r"|mission|goal|orders?"
    r"|directives?)(?: (?:is|are)\b|\s?:|$)|\b(?:next|new) (?:task|role|instruction|rule|order)s?\s?[:,]",
    r"\binitial (?:instructions?|prompts?)\b|\bprompt injection\b|\btool[ _-]?calls?\b|\bfunction[ _-]?calls?\b",
    r"\b(?:end|begin|start|beginning) of (?:the )?(?:reviews?|documents?|data|text|context|records?|prompt|description"
    r"|instructions?|user input|input)\b|\b(?:begin|end) (?:system|user|assistant|admin|prompt|instructions?)\b",
    r"</?\|?/?(?:document|documents|system|user|assistant|instructions?|context|data|message|im_\w+|prompt"
    r"|tool\w*|sys|img"
    r"|script|iframe|a|svg|form|input|object|embed)\b[^>]*\|?>?|\{\{|\}\}|\[/?(?:inst|system|assistant|user"
    r"|end|sys)\b",
    r"\b(?:you are now|from (?:now|this point|here) on,? (?:you|only|every|all|no)|act as (?:if|though|an?"
    r"|my)|pretend to be|you (?:will|shall|must) "
    r"(?:now|only|always|never) )\b(?! (?:ready|set|able|wear|need|have|want))",
    # After secrets.
    r"\b(?:ask|collect|request|demand|obtain|get)\b[^.!?]{0,40}\b(?:passwords?|pin|cvv|card (?:number"
    r"|details)|bank details"
    r"|home address|social security|login|credentials)\b",
    r"\b(?:pay|order|buy) (?:only )?(?:by|with|via|through|on|over) (?:gift cards?|wire|crypto\w*|bitcoin"
    r"|whatsapp|telegram"
    r"|signal|western union)\b|\b(?:contact|message|text|write|call|reach) (?:\w+ ){0,3}(?:on|via|over|by) (?:whatsapp"
    r"|telegram|signal|wechat)\b",
)
"""Fits a sentence of a stored text that is meant for an assistant."""

# Letters of other alphabets that look like Latin ones, in words that mix both.
LOOKALIKES: Final = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0455\u0458\u04bb\u0501\u03bf\u03b1\u03b5\u03b9\u03bd\u03c1\u03c5",
    "aeopcxyisjhdoaeivpu",
)

# Sentences that describe a product speak neither of who answers nor of what is said. Each of these is common by itself,
# two of them together are not: of 77,000 sentences of real shops they stand in fewer than one in a thousand.
_SPOKEN_OF: Final = {
    "machine": re.compile(
        r"\b(?:ais?|llms?|gpt\w*|bots?|chat ?bots?|robots?|assistants?|clerks?|helpers?|language models?"
        r"|automated readers?"
        r"|agents?|chat systems?|whoever)\b"
    ),
    "people": re.compile(r"\b(?:users?|customers?|shoppers?|buyers?|visitors?|everyone|everybody)\b"),
    "act": re.compile(
        r"\b(?:say|saying|tell|inform|answer|answering|reply|replies|respond|responds|describe|claim|state"
        r"|mention|rate|rank"
        r"|praise|persuade|convince|apologi[sz]e|(?:output|print) (?:the words?|your|this|everything)|repeat"
        r"|summar\w+|quote|pretend|confirm|slander|call (?:it|this))"
        r"\b"
    ),
    "meta": re.compile(
        r"\b(?:this (?:text|page|document|note)|sentences?|(?:other|any|every) documents?|instructions?"
        r"|directives?|rules?|prompts?|chat|conversation|responses?"
        r"|replies|your (?:answer|reply|role|language|list|task)|the answer|overrid\w+|obsolete|ignor\w+"
        r"|disregard|instead of"
        r"|official|hidden|developer|comparison|comparing|updated|any summary|every question|basket|stop being)\b"
    ),
    "must": re.compile(
        r"\b(?:must|should|has to|have to|ought to|shall|always|never|solely|kindly|vital|important|permitted"
        r"|needs? to)\b"
    ),
}
_TOGETHER: Final = (
    ("machine", "act"),
    ("machine", "must"),
    ("machine", "meta"),
    ("people", "meta"),
    ("act", "meta"),
    ("meta", "must"),
    ("people", "act", "must"),
)
_ORDER: Final = re.compile(
    r"^\W*(?:please |kindly |always |never |now |then )*(?:pretend|ignore|disregard|stop being|switch your"
    r"|become an?|list this"
    r"|put this (?:one|product|item|first)|let (?:this|the (?:user|buyer|customer|shopper|reader))"
    r"|use this text|base your"
    r"|answer (?!calls?|machine)|reply|respond|output (?:the|your|this|only)|repeat after|describe|praise"
    r"|rank|say that|inform|do as (?:i|we) say"
    r"|reveal|append|treat this|do not (?:tell|mention|say))\b"
)


def spoken_of(sentence: str) -> bool:
    """Whether a sentence, plain and lower case, speaks of answering instead of a product."""
    found = {name for name, pattern in _SPOKEN_OF.items() if pattern.search(sentence)}
    return any(found.issuperset(group) for group in _TOGETHER) or bool(_ORDER.search(sentence))
