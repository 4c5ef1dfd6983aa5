"""Is spelling mended, and what is left alone?"""
