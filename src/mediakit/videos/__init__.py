"""What the providers of videos say, and what we conclude from it."""
