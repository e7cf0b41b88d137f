"""The screens of the dashboard, one thin file each; what they share is in `dashboard`."""
