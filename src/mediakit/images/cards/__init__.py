"""Cards: what is shown of a page where people share it, drawn of its picture and its title."""
