"""Messages that are plainly not in English, and what is said to them. Pure.

Names of products come from all languages: "La vie est belle" is a search. A message counts as being in another language
where it speaks as a person does ("ich suche", "avez-vous") and has no word of English; of other scripts, where it is
longer than a name.
"""

import re
from typing import Final

from app.chat.composing.languages import language_of
from app.chat.grounding.words import word_set

_SPOKEN: Final = {
    "de": "ich suche brauche möchte hätte haben sie gibt es meine meinen mein bestellung können kannst wieviel kostet "
    "zeigen zeig bitte geschenk für wo ist welche hallo danke einen eine etwas mir nicht und der das mit",
    "fr": "je j cherche voudrais veux besoin avez vous où ma mon commande combien coûte la le pouvez "
    "montrez moi quel quelle "
    "bonjour merci cadeau pour un une des est ce que qui les mes avec dans et il elle",
    "es": "busco quiero necesito tienen tiene dónde donde está mi pedido cuánto cuanto cuesta puede muéstrame regalo "
    "esto necesito devolver hola gracias para una un los las qué que algo con por favor mis y hay ustedes",
    "it": "cerco vorrei bisogno avete dove il mio ordine quanto costa la da può mostrami regalo ciao grazie "
    "per una un che "
    "qualcosa con favore mia di ho è",
    "pt": "procuro quero preciso vocês você têm onde está meu minha pedido quanto custa pode presente olá "
    "obrigado para "
    "uma um com algo por favor e de eu",
    "nl": "ik zoek wil nodig heb heeft u is kan dit terugsturen jullie waar mijn bestelling hoeveel kost "
    "kunt cadeau hallo dank voor een het de "
    "iets met alstublieft naar op",
}
_ASKS: Final = {
    "de": "ich suche brauche möchte hätte haben gibt meine meinen mein können kannst wieviel kostet zeigen zeig bitte",
    "fr": "je j cherche voudrais veux besoin avez vous où ma mon combien coûte pouvez montrez moi",
    "es": "busco quiero necesito tienen tiene dónde está mi cuánto cuanto cuesta puede muéstrame hay ustedes necesito",
    "it": "cerco vorrei bisogno avete dove mio quanto può mostrami mia ho",
    "pt": "procuro quero preciso vocês você têm onde está meu minha quanto pode eu",
    "nl": "ik zoek wil nodig heeft jullie mijn hoeveel kunt kan waar",
}
_WORDS: Final = {code: frozenset(words.split()) for code, words in _SPOKEN.items()}
_PERSON: Final = {code: frozenset(words.split()) for code, words in _ASKS.items()}
# Words of English that none of the others has.
_ENGLISH: Final = word_set(
    "the and for with you your i'm my are what where which how show find looking need want have something "
    "under please some any this that these it gift order good best do does can would like of from about "
    "more compare buy return"
)
_TOKEN: Final = re.compile(r"[^\W\d_]+")
_LEAST: Final = 2
_NAME_LETTERS: Final = 6
ANSWERS: Final = {
    "de": "Leider verstehe ich bisher nur Englisch.",
    "fr": "Je ne comprends que l'anglais pour le moment.",
    "es": "Por ahora solo entiendo inglés.",
    "it": "Per ora capisco solo l'inglese.",
    "pt": "Por enquanto só entendo inglês.",
    "nl": "Ik begrijp voorlopig alleen Engels.",
}
_SORRY: Final = "I understand English only, so far. Please tell me in English what you are looking for."


def foreign(message: str) -> str:
    """What is answered to a message that is plainly not English; empty where it may be."""
    words = _TOKEN.findall(message.lower())
    letters = sum(len(word) for word in words)
    if letters == 0:
        return ""
    script = language_of(message)
    if script.isupper():
        return _SORRY if letters > _NAME_LETTERS else ""
    if any(word in _ENGLISH for word in words):
        return ""
    hits = {code: sum(word in known for word in words) for code, known in _WORDS.items()}
    best = max(hits, key=lambda code: hits[code])
    speaks = any(word in _PERSON[best] for word in words)
    if speaks and hits[best] >= _LEAST and hits[best] * 3 >= len(words):
        return f"{ANSWERS[best]} {_SORRY}"
    return ""
