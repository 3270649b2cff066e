"""What testers may do, and the shapes of what they hold: pure rules, one file per subject."""
