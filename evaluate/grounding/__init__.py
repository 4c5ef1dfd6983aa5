"""Is what the checker lets through true, and what it stops false?"""
