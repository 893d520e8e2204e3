"""The languages of the texts of pages, each as the generator of its kind of site reads it."""
