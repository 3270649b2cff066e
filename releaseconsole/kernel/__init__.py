"""What every floor stands on: clock, randomness, encoding, errors, sealing, JOSE. Knows no framework."""
