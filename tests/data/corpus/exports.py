"""Exports of tools and public logs as their forms are known, mapped without help."""

from tests.data.corpus.json_lines import objects
from tests.data.corpus.line import reads, table

# session, user, seconds, item
STORY = [
    ("11", "u", 1717178400, "A"),
    ("11", "u", 1717178460, "B"),
    ("12", "v", 1717178500, "B"),
    ("12", "v", 1717178560, "A"),
]
BY_SESSION = "11: A B; 12: B A"
BY_USER = {"u#2024-05-31T18:00:00": ["A", "B"], "v#2024-05-31T18:01:40": ["B", "A"]}
BY_HOUR = {"u#2024-05-31T18:00:00": ["A", "B"], "v#2024-05-31T18:00:00": ["B", "A"]}

LINES = [
    reads("Google Analytics 4, flat", table([("20240531", t * 10**6, "view_item", u, s, i, i.lower()) for s, u, t, i in STORY], header=("event_date", "event_timestamp", "event_name", "user_pseudo_id", "ga_session_id", "item_id", "item_name")), BY_SESSION),
    reads("Matomo, a visit with its actions", objects(*({"idSite": 1, "idVisit": v, "actionDetails": [{"type": "action", "url": i, "timestamp": t} for s, _, t, i in STORY if s == v]} for v in ("11", "12"))), BY_SESSION),
    reads("reviews of Amazon, 2023", objects(*({"rating": 5.0, "title": "Great", "images": [{"small_image_url": "x"}], "asin": i, "user_id": u, "timestamp": 1000 * t} for _, u, t, i in STORY)), BY_USER),
    reads("Tmall, mobile", table([(u, i, 1, "", 4245, "2024-05-31 18") for _, u, t, i in STORY], header=("user_id", "item_id", "behavior_type", "user_geohash", "item_category", "time")), BY_HOUR),
    reads("KuaiRand", table([(u, i, 20240531, 1800, 1000 * t, 1) for _, u, t, i in STORY], header=("user_id", "video_id", "date", "hourmin", "time_ms", "is_click")), BY_USER),
    reads("edX", objects(*({"username": u, "event_type": f"/courses/{i}", "time": f"2024-05-31T18:00:0{n}.123456+00:00", "session": s, "page": i} for n, (s, u, _, i) in enumerate(STORY))), BY_SESSION),
]  # fmt: skip
