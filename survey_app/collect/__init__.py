"""Citizens and kiosks: codes, visits, the page, and the one way in for responses."""
