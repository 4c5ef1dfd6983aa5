"""Messages in other languages are answered in them; names of products in other languages are searched for."""

# ruff: noqa: RUF001 - letters of other languages

import pytest

from app.chat.reading.foreign import foreign
from app.chat.reading.tongues import ASKS, SMALL, SORRY

OTHERS = {
    "verstehe": ("Ich suche ein Geschenk für meine Mutter", "Haben Sie wasserdichte Stiefel?"),
    "comprends": ("Avez-vous des chaussures de randonnée?", "Où est ma commande?"),
    "entiendo": ("Busco un regalo para mi madre", "¿Dónde está mi pedido?"),
    "capisco": ("Cerco un regalo per mia madre", "Quanto costa la spedizione?"),
    "entendo": ("Procuro um presente para minha mãe", "Onde está meu pedido?"),
    "begrijp": ("Ik zoek een cadeau voor mijn moeder", "Waar is mijn bestelling?"),
    "English only": ("Я ищу подарок для мамы", "我想买一双登山鞋", "هل لديكم أحذية للمشي"),
}
# By the language in which each is answered.
EUROPE = {
    "sv": (
        "jag letar efter en present till min mamma",
        "har ni vattentäta skor",
        "var är min beställning",
        "jag vill lämna tillbaka skorna",
        "hur mycket kostar frakten",
    ),
    "pl": (
        "szukam prezentu dla mamy",
        "gdzie jest moje zamówienie",
        "chce zwrocic buty",
        "czy macie buty trekkingowe",
        "ile kosztuje wysyłka",
    ),
    "da": (
        "jeg leder efter en gave til min mor",
        "hvor er min pakke",
    ),
    "nb": ("jeg ser etter en gave til mamma",),
    "fi": (
        "etsin lahjaa äidille",
        "missä minun tilaukseni on",
    ),
    "cs": (
        "hledám dárek pro mámu",
        "kde je moje objednávka",
    ),
    "sk": ("hľadám darček pre mamu",),
    "hu": (
        "ajándékot keresek anyámnak",
        "hol van a csomagom",
    ),
    "ro": (
        "caut un cadou pentru mama",
        "unde este comanda mea",
    ),
    "hr": (
        "tražim poklon za mamu",
        "gdje je moj paket",
    ),
    "sl": ("iščem darilo za mamo",),
    "tr": (
        "anneme hediye arıyorum",
        "siparişim nerede",
    ),
    "ca": ("busco un regal per a la meva mare",),
    "et": ("otsin emale kingitust",),
    "lv": ("kur ir mans sūtījums",),
    "lt": ("ieškau dovanos mamai",),
    "sq": ("ku është porosia ime",),
    "de": ("ich brauche eine wasserdichte jacke",),
    "fr": ("je voudrais retourner mes chaussures",),
    "es": ("quiero devolver los zapatos",),
    "it": ("vorrei restituire le scarpe",),
    "pt": ("gostaria de devolver os sapatos",),
    "nl": ("ik wil mijn schoenen terugsturen",),
    "is": ("ég leita að gjöf fyrir mömmu",),
}
NAMES = (
    "La vie est belle eau de parfum",
    "Le Creuset marmite",
    "Das Keyboard 4",
    "Die Hard dvd",
    "El Camino poster",
    "Los Pollos Hermanos mug",
    "crème de la mer",
    "Les Misérables book",
    "Cien años de soledad",
    "De Longhi Magnifica S",
    "シャネル",
    "il gattopardo",
    "Eau de toilette pour homme",
    "I need a piñata for my niece",
    "do you have die cast cars",
    "hola mug",
    "",
    "42",
    "👢👢👢",
    "wo bist du book please",
)


@pytest.mark.parametrize(("words", "messages"), OTHERS.items())
def test_other_languages_are_noticed(words: str, messages: tuple[str, ...]) -> None:
    for message in messages:
        assert words in foreign(message), message
        assert "English" in foreign(message)


@pytest.mark.parametrize(("language", "messages"), EUROPE.items())
def test_languages_of_europe_are_told_apart(language: str, messages: tuple[str, ...]) -> None:
    for message in messages:
        assert foreign(message).startswith(SORRY[language]), message


def test_accents_may_be_left_out_and_every_language_has_its_words_and_its_answer() -> None:
    assert foreign("gdzie jest moje zamowienie").startswith(SORRY["pl"])
    assert foreign("jag soker en jacka").startswith(SORRY["sv"])
    assert set(ASKS) == set(SMALL) == set(SORRY)


@pytest.mark.parametrize("name", NAMES)
def test_names_in_other_languages_are_names(name: str) -> None:
    assert foreign(name) == ""
