"""Rules: what a threshold says, and the state machine that judges it. No I/O, no clock."""
