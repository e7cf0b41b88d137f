"""What the screens are built from; apart from app.py and pages/, the only place that imports Streamlit."""
