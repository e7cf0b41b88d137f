"""Which roles does a column's name suggest, in the languages that logs are written in?"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

ROLES = ("session", "timestamp", "item", "user", "event", "item_name")
OTHER = "other"
SURE, LIKELY, MAYBE = 3, 2, 1

# English first, then Dutch, French, German, Italian, Polish, Portuguese, Spanish; without accents.
_WORDS: dict[tuple[str, int], str] = {
    ("session", SURE): """session sess sid visit playlist
        sessie bezoek seance visite sitzung sitzungs besuch besuchs sessione visita sesja sesji wizyta wizyty sessao
        sesion 会话 セッション""",
    ("session", LIKELY): "basket cart trip journey warenkorb panier carrello koszyk carrinho carrito",
    ("session", MAYBE): """order transaction invoice receipt conversation group sequence
        bestelling commande bestellung bestell auftrag ordine zamowienie pedido""",
    ("timestamp", SURE): """timestamp time ts datetime date epoch unixtime
        tijd tijdstip datum heure horodatage horodate zeit zeitpunkt zeitstempel zeitmarke uhrzeit ora orario czas czasu
        data godzina hora horario fecha tiempo 时间 時刻 日時""",
    ("timestamp", MAYBE): """when dt day start started begin end ended created updated occurred clicked viewed visited
        played watched listened purchased bought at moment timeframe wann quand jour tag momento dzien dia""",
    ("item", SURE): """item product article sku asin isbn workout sport
        artikel produkt produit articolo prodotto artykul produktu produto artigo producto articulo 商品""",
    ("item", LIKELY): """movie film track song video book news offer ad advert content listing recipe course game
        anime hotel property job aid pid iid mid ware werbung chanson livre lied buch film brano libro towar
        przedmiot utwor ksiazka musica livro cancion pelicula""",
    ("item", MAYBE): "page url link path screen document model seite strona pagina object good",
    ("user", SURE): """user visitor customer client account member buyer shopper uid athlete subscriber reader
        gebruiker klant bezoeker utilisateur visiteur acheteur nutzer benutzer kunde kunden besucher kaufer utente
        cliente visitatore uzytkownik klient usuario visitante comprador 用户 ユーザー""",
    ("user", LIKELY): """distinct device cookie person player viewer listener profile anonymous owner gerat appareil
        urzadzenie""",
    ("event", SURE): """event action behavior behaviour interaction
        gebeurtenis actie evenement ereignis aktion evento azione zdarzenie akcja acao accion""",
    ("event", LIKELY): "type kind typ tipo art soort",
    ("item_name", SURE): "title name titel naam titre nom libelle bezeichnung titolo nome tytul nazwa titulo nombre",
    ("item_name", MAYBE): "label description desc",
}  # fmt: skip
_ID = """id ids key hash hashed no nr num number code uuid guid identifier ident identifiant identifiants numero nummer
    numer kennung ref"""
_UNITS = "s sec secs second seconds ms msec millis millisecond milliseconds us micros ns utc gmt local iso unix tz str"
_FILLERS = """click clicks event server client log web browse ga full raw my the of de du des der des da do del la le
    context in on original first last anon new hit view main clothing music total common request uhr stempel"""
_ATTRIBUTES = """category categories cat price brand count quantity qty color colour country city region location rating
    score stars revenue amount cost value duration length age gender os browser platform status position rank
    index seller shop store merchant vendor discount currency version lat lon latitude longitude ip referrer referer
    agent query keyword photography genre artist album author language zip postcode tax weight size width height year
    month minute hour kategorie categorie kategoria categoria preis prix precio preco prezzo cena marke marque marka
    marca anzahl quantite ilosc quantidade cantidad menge farbe couleur kolor cor land pays pais kraj"""

_LATER = "end ended updated expires expiry release released registered registration birth fin ende fim fine koniec"
"""What says that a time is not the event's own."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ROLE_OF: dict[str, tuple[str, int]] = {
    word: (role, strength) for (role, strength), text in _WORDS.items() for word in text.split()
}
_IDS, _SKIPPED, _OTHER, _NOT_OWN = (_words(text) for text in (_ID, f"{_UNITS} {_FILLERS}", _ATTRIBUTES, _LATER))
_KNOWN = frozenset(_ROLE_OF) | _IDS | _SKIPPED | _OTHER | _NOT_OWN
_NAME_OR_KIND = frozenset({"item_name", "event"})


def suggest_roles(column: str) -> dict[str, float]:
    """The roles that a column's name suggests, with how strongly: 3 is sure, 1 a hint. `OTHER` is none of them.

    The last telling word decides, as in "session start time"; in a language that puts it first, as in "date de visite",
    the values must (column_guess.py), so that the other words' roles are in the result too, but weaker. Of a field
    inside an object, such as "location.item_id", the whole name counts, or else its last part.
    """
    found = _suggest(column)
    outer, _, last = column.rpartition(".")
    if not outer or set(found) - {OTHER}:
        return found
    own = _suggest(last)
    is_clear = not set(own) & {OTHER, *_NAME_OR_KIND} and max(own.values(), default=0) >= LIKELY
    return own if is_clear else found


def _suggest(column: str) -> dict[str, float]:
    words = _split_name(column)
    has_id = any(word in _IDS for word in words)
    roles = [(word, *_ROLE_OF[word]) for word in words if word in _ROLE_OF]
    if not roles:
        return {OTHER: LIKELY} if any(word in _OTHER for word in words) else {}
    others = [i for i, word in enumerate(words) if word in _OTHER]
    if others and not (has_id and words[-1] in _IDS and max(others) < words.index(roles[-1][0])):
        return {OTHER: SURE}
    named = _read_name_or_kind(words, [role for _, role, _ in roles])
    if named is not None:
        return named
    found: dict[str, float] = {}
    for i, (_, role, strength) in enumerate(reversed(roles)):
        score = strength * (0.5 if i else 1) - 0.5 * bool(others) - 0.5 * any(word in _NOT_OWN for word in words)
        found[role] = max(found.get(role, 0), score + 0.25 * (has_id and not i))
    return found


def find_candidates(columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The columns whose names suggest each role, the likeliest first; hints do not count."""
    suggested = {column: suggest_roles(column) for column in columns}
    return {
        role: tuple(
            sorted(
                (column for column, scores in suggested.items() if scores.get(role, 0) >= LIKELY),
                key=lambda column: -suggested[column][role],
            )
        )
        for role in ROLES
    }


def is_usual_name(text: str) -> bool:
    """Whether a text can hardly be anything but the name of a column, such as "session_id"."""
    plain = not re.search(r"\d", text) and all(word in _KNOWN for word in _split_name(text))
    return plain and any(score >= SURE for role, score in suggest_roles(text).items() if role != OTHER)


def _read_name_or_kind(words: list[str], roles: list[str]) -> dict[str, float] | None:
    """Names and kinds belong to what they stand beside: an event's name is a kind, a product's type is neither."""
    subjects = set(roles) - _NAME_OR_KIND
    is_kind = any(_ROLE_OF.get(word) == ("event", LIKELY) for word in words)
    if "item_name" in roles:
        if "event" in roles:
            return {"event": SURE}
        strength = max(_ROLE_OF[word][1] for word in words if _ROLE_OF.get(word, ("",))[0] == "item_name")
        return {"item_name": strength} if subjects <= {"item"} else {next(iter(subjects)): MAYBE}
    return {OTHER: SURE} if is_kind and subjects else None


def _split_name(column: str) -> list[str]:
    """The known and unknown words of a name, in lower case without accents."""
    plain = column.replace("ł", "l").replace("Ł", "L").replace("ß", "ss")
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain).lower()
    return [part for word in re.findall(r"[^\W\d_]+", plain) for part in _split_word(word) or (word,)]


@lru_cache(maxsize=4096)
def _split_word(word: str) -> tuple[str, ...]:
    """The known words that make up a word, such as "session" and "id"; () where there is a rest."""
    for known in (word, word.removesuffix("s")):
        if known in _KNOWN:
            return (known,)
    for length in range(len(word) - 2, 1, -1):
        if word[:length] in _KNOWN and (rest := _split_word(word[length:])):
            return (word[:length], *rest)
    return ()
