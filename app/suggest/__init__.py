"""What a shopper may be about to type: queries, categories, brands and products, from the second character on."""
