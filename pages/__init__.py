"""The dashboard's screens, one thin file each; what they draw is in `dashboard`."""
