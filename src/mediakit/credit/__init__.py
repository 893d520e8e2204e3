"""Pictures of other hosts brought in, with whose they are; and what pictures show, in words."""
