"""Ways of asking that say nothing of what the thing is. Pure."""

import re
from typing import Final

# Ways to ask for things that say nothing of what the thing is. Longer ones first, as they hold shorter ones.
FILLERS: Final = tuple(
    re.compile(rf"(?<![\w'-])(?:{pattern})(?![\w'-])", re.IGNORECASE)
    for pattern in (
        r"(?:i (?:think|guess) )?(?:i|we)(?:'ll|'d rather| will| would rather)(?: just)? (?:take|have|get|try"
        r"|go (?:for|with))"
        r"|for (?:the )?both(?: of (?:us|them|you))?|for (?:us|them) both",
        r"(?:i'?d|i would) (?:say|guess|think|imagine)|give or take|more or less|or so(?=\W*$)",
        r"hiya|heya|(?:i'?m|im|i am|we'?re|we are) (?:after|in need of|in the market for)",
        r"^\s*(?:need|want|searching(?: for)?)",
        r"if (?:at all )?possible|ideally|preferably|if you (?:have|got) (?:it|one|that|any|some)",
        r"asap|urgent(?:ly)?|as soon as possible|last[- ]minute|in a hurry"
        r"|(?:it'?s |its |i need it |needed )?(?:for|by) (?:tomorrow|tonight|today)\b",
        r"(?:for )?(?:someone|somebody|a (?:man|woman|guy|person)|people) (?:who|that) (?:already )?(?:has|have"
        r"|owns) everything",
        r"(?:and )?(?:until|till) then|in the mean ?time|meanwhile|by the way|btw|for now",
        r"(?:hi|hello|hey|howdy)(?: there)?|good (?:morning|afternoon|evening)|l+o+l+|(?:ha|he){2,}h?",
        r"never ?mind|no wait|wait|sorry|i mean(?:t)?",
        r"(?:what|which)(?: else)? (?:do you have|are there|would you recommend|do you recommend)",
        r"(?:what|which)(?: one)? should i (?:get|buy|choose)|(?:make|let) (?:it|that)(?: be)?|let'?s say",
        r"what (?:can|could|should|would|do) (?:i|we) (?:give|get|buy|choose)",
        r"(?:i|we)(?:'d| would)? (?:really )?(?:want|like|need|love|plan|have) to"
        r" (?:buy|get|give|spend|choose|start|begin|try|learn)",
        r"what do (?:i|we) need(?: for| to)?",
        r"(?:i|we) have(?= (?:about |around |up to )?[$€£]?\d)",
        r"(?:can|could|would|will) you (?:please )?(?:help me )?(?:to )?(?:find|show|recommend|suggest|give|get|tell)"
        r"(?: me| us)?",
        r"(?:can|could) i (?:get|have|see|find)",
        r"(?:please )?(?:help me )?(?:to )?(?:find|show|recommend|suggest|give|get|bring|list)(?: me| us)",
        r"help me (?:to )?(?:find|choose|pick|decide)(?: on)?",
        r"(?:i'?m|i am|we'?re|we are) (?:looking|searching|shopping|hunting) for",
        r"(?:i|we)(?:'d| would)? (?:really )?(?:need|want|like|love)(?: to (?:buy|get|find|see|have))?",
        r"(?:looking|searching|shopping) for",
        r"(?:i|we)(?:'d| would)? (?:really |rather |much )?prefer(?: to have)?|(?:i|we)(?:'d"
        r"| would) rather(?: have)?",
        r"(?:can|could|would|will) (?:you|u) (?:please |pls )?(?:help me )?(?:pick|choose|find)(?: out)?",
        r"(?:would|should|could|might|must) (?:be|have) (?:an? )?(?:nice|good|great|cool|perfect|best)?\b",
        r"(?:whats|what's|what is|what are) (?:a |an |the |some )?(?:good|great|nice|best|cool)(?: ideas?)?(?: for)?",
        r"(?:do (?:you|u|ya)|have (?:you|u)|you) (?:have|got|sell|carry|stock)(?: any)?",
        r"(?:i|we) (?:broke|lost|cracked|dropped) (?:my|our)|(?:i |we )?need (?:a )?(?:new|another) one|hm+"
        r"|uh+m*|um+",
        r"(?:is|are) there(?: any)?",
        r"(?:what|how) about",
        r"(?:would|might|could) be (?:great|nice|good|perfect|fine|lovely|ok|okay|best|better)",
        r"(?:some|any)(?:thing|things|one)",
        r"(?:a )?(?:few|couple of|bunch of) (?:ideas|options|suggestions)(?: for)?",
        r"(?:ideas?|options?|suggestions?|recommendations?)(?: for)?",
        r"(?:that|which) (?:match(?:es)?|goes?|suits?)(?: (?:with )?(?:it|this|that|them|these|those))?(?=\W*$)",
        r"(?:to (?:go|wear)|that goes?) with (?:it|this|that|them|these|those)|to match(?: (?:it|this|that|them))?",
        r"show|recommend|suggest|please|pls|plz|thanks|thank you|maybe|perhaps|actually|instead|also|just|then|well"
        r"|okay|ok",
        r"(?:related|suitable|good|nice|great|cool|perfect) (?:items?|things?|products?|stuff|gear)",
        r"related",
        r"nothing (?:too |very |really |so )?(?:personal|fancy|special|big|crazy|extravagant|elaborate|expensive)",
        r"items?|things?|products?|stuff|goods",
        # "gift card" and "gift box" are things.
        r"(?:a |the )?(?:gift|gifts|present|presents)(?: ideas?)?"
        r"(?! (?:bag|basket|box|card|certificate|hamper|set|tag|voucher)(?:s|es)?\b| wrap)",
        # "no more than 80" is a price.
        r"more(?: like)?(?! than)|others?|another|different|else",
        r"who|that|which|whom",
    )
)
