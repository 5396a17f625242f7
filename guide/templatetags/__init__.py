"""Template filters of the card."""
