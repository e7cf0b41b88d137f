"""The dashboard's entry: page config and navigation, nothing else."""

from dashboard import navigation

navigation.enter()
