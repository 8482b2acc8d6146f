"""The terminal: arguments in, text out. Importing these modules costs little; each command imports what it needs."""
