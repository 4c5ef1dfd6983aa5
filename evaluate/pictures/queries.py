"""Sixty plain queries to the demo catalogue that a shopper might type, six for each of its ten categories."""

from typing import NamedTuple


class Query(NamedTuple):
    """What is typed; right are the products of that `type` and, where it is not "", that `color`."""

    text: str
    type: str
    color: str = ""


QUERIES: tuple[Query, ...] = (
    Query("red headphones", "headphones", "red"),
    Query("black laptop", "laptop", "black"),
    Query("green smartwatch", "smartwatch", "green"),
    Query("blue phone case", "phone case", "blue"),
    Query("camera", "camera"),
    Query("white game controller", "game controller", "white"),
    Query("red dress", "dress", "red"),
    Query("blue jeans", "jeans", "blue"),
    Query("yellow t-shirt", "t-shirt", "yellow"),
    Query("brown coat", "coat", "brown"),
    Query("pink handbag", "handbag", "pink"),
    Query("sunglasses", "sunglasses"),
    Query("kitchen knife", "kitchen knife"),
    Query("green sofa", "sofa", "green"),
    Query("white mug", "mug", "white"),
    Query("blue teapot", "teapot", "blue"),
    Query("red chair", "chair", "red"),
    Query("frying pan", "frying pan"),
    Query("blue backpack", "backpack", "blue"),
    Query("orange tent", "tent", "orange"),
    Query("green bicycle", "bicycle", "green"),
    Query("pink yoga mat", "yoga mat", "pink"),
    Query("black boxing gloves", "boxing gloves", "black"),
    Query("hiking boots", "hiking boots"),
    Query("red notebook", "notebook", "red"),
    Query("purple novel", "novel", "purple"),
    Query("fountain pen", "fountain pen"),
    Query("green notebook", "notebook", "green"),
    Query("yellow novel", "novel", "yellow"),
    Query("notebook", "notebook"),
    Query("brown teddy bear", "teddy bear", "brown"),
    Query("blue guitar", "guitar", "blue"),
    Query("red toy car", "toy car", "red"),
    Query("pink roller skates", "roller skates", "pink"),
    Query("chess set", "chess set"),
    Query("green scooter", "scooter", "green"),
    Query("pink lipstick", "lipstick", "pink"),
    Query("blue toothbrush", "toothbrush", "blue"),
    Query("purple nail polish", "nail polish", "purple"),
    Query("comb", "comb"),
    Query("green soap", "soap", "green"),
    Query("black razor", "razor", "black"),
    Query("white helmet", "helmet", "white"),
    Query("red toolbox", "toolbox", "red"),
    Query("yellow screwdriver", "screwdriver", "yellow"),
    Query("red motor scooter", "motor scooter", "red"),
    Query("hammer", "hammer"),
    Query("brown steering wheel", "steering wheel", "brown"),
    Query("gold ring", "ring", "gold"),
    Query("red necklace", "necklace", "red"),
    Query("silver bracelet", "bracelet", "silver"),
    Query("blue earrings", "earrings", "blue"),
    Query("pink wristwatch", "wristwatch", "pink"),
    Query("gemstone", "gemstone"),
    Query("purple gift box", "gift box", "purple"),
    Query("yellow rose", "rose", "yellow"),
    Query("green balloon", "balloon", "green"),
    Query("black suitcase", "suitcase", "black"),
    Query("christmas tree", "christmas tree"),
    Query("gold trophy", "trophy", "gold"),
)
