"""What the screens share; beside pages/ the only place that imports streamlit."""
