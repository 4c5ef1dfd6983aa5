"""The words and phrases of a shop: gathered from its catalogue, for completing and correcting what people type."""
