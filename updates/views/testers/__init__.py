"""Pages of the console about testers: their groups, invites and feedback, the app's stores, and previews."""
