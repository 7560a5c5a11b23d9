"""How long things are kept, what keeps them longer, and that they are gone afterwards."""
