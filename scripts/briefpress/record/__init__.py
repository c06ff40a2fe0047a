"""What others harvest from the site, derived from the one catalogue."""
