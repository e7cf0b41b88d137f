"""Pictures of the tables in frames/, under the same names."""
