"""Who may do what in a workspace, and who did what."""
