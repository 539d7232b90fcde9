"""How dates are written and read. Django's own Vietnamese would read 01/07/2025 as the 7th of January."""
