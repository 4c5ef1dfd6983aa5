"""A made-up shop's documents, and true sentences about them."""

from typing import Final

from app.chat.records import Record, RecordKind


def _document(name: str, title: str, section: str, text: str) -> Record:
    return Record(RecordKind.KNOWLEDGE, f"knowledge:{name}", title, {}, text, section)


DOCUMENTS: Final = (
    _document(
        "returns", "Returns policy", "How long",
        "You can return unopened goods within 30 days of delivery. Opened goods are accepted within 14 days "
        "if they are undamaged. "
        "Underwear and earrings cannot be returned. We pay the return label for faulty items.",
    ),
    _document(
        "shipping", "Shipping", "Times and costs",
        "Standard delivery takes 3 to 5 business days and costs $4.90. Orders over $50 ship free. Express "
        "delivery arrives the next "
        "business day and costs $12. We do not ship to post office boxes.",
    ),
    _document(
        "warranty", "Warranty", "What is covered",
        "Every product comes with a warranty of 2 years against defects. Wear and damage by water are not "
        "covered. Keep the receipt, "
        "for we cannot help without it.",
    ),
    _document(
        "payment", "Payment", "Ways to pay",
        "We accept credit cards, PayPal and gift cards. Gift cards do not expire. Your card is charged when "
        "the parcel leaves our "
        "warehouse. Payment in instalments is possible from $200.",
    ),
    _document(
        "kettle", "Kettle manual", "Cleaning",
        "Descale the kettle every 4 weeks with vinegar. Never put the base under water. The lid is not "
        "dishwasher safe. Let it cool for "
        "10 minutes before you fill it again.",
    ),
)  # fmt: skip
SAID_OF_DOCUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "knowledge:returns": (
        "You have 30 days from delivery to return unopened goods.",
        "Opened goods can go back within 14 days, as long as they are undamaged.",
        "Earrings and underwear cannot be returned.",
        "For faulty items we pay the return label (Returns policy, How long).",
    ),
    "knowledge:shipping": (
        "Standard delivery takes 3 to 5 business days.",
        "Express delivery costs $12 and arrives the next business day.",
        "Orders over $50 ship free.",
        "We do not ship to post office boxes (Shipping, Times and costs).",
    ),
    "knowledge:warranty": (
        "There is a warranty of 2 years against defects.",
        "Damage by water is not covered.",
        "Please keep the receipt (Warranty, What is covered).",
    ),
    "knowledge:payment": (
        "You can pay by credit card, PayPal or gift card.",
        "Gift cards do not expire.",
        "From $200 you can pay in instalments (Payment, Ways to pay).",
    ),
    "knowledge:kettle": (
        "Descale it every 4 weeks with vinegar.",
        "The lid is not dishwasher safe.",
        "Let it cool for 10 minutes before you fill it again (Kettle manual, Cleaning).",
    ),
}
