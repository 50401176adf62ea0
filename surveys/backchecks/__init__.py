"""Second visits: set up, drawn in rounds, paired with their interviews, and what they say of them."""
