"""Messages in other languages are answered in them; names of products in other languages are searched for."""

import pytest

from app.chat.reading.foreign import foreign

OTHERS = {
    "verstehe": ("Ich suche ein Geschenk für meine Mutter", "Haben Sie wasserdichte Stiefel?"),
    "comprends": ("Avez-vous des chaussures de randonnée?", "Où est ma commande?"),
    "entiendo": ("Busco un regalo para mi madre", "¿Dónde está mi pedido?"),
    "capisco": ("Cerco un regalo per mia madre", "Quanto costa la spedizione?"),
    "entendo": ("Procuro um presente para minha mãe", "Onde está meu pedido?"),
    "begrijp": ("Ik zoek een cadeau voor mijn moeder", "Waar is mijn bestelling?"),
    "English only": ("Я ищу подарок для мамы", "我想买一双登山鞋", "هل لديكم أحذية للمشي"),
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


@pytest.mark.parametrize("name", NAMES)
def test_names_in_other_languages_are_names(name: str) -> None:
    assert foreign(name) == ""
