"""Inspectors: reading responses, making figures of them, showing them."""
