"""What leaves the house: evidence, exports, hand-offs; sealed, recorded, and with what speaks against it."""
