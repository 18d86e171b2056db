"""The names of the months and weekdays in the languages we read, years, and text reduced to what compares."""

import unicodedata
from functools import lru_cache

_NAMES = (
    "january jan janvier janv januar janner jan enero ene janeiro "
    "gennaio gen januari январь января янв styczen stycznia sty ocak oca",
    "february feb fevrier fevr fev februar febrero fevereiro febbraio "
    "februari февраль февраля фев февр luty lutego lut subat sub",
    "march mar mars marz mrz maerz marzo marco maart mrt март марта мар marzec marca mart",
    "april apr avril avr abril abr aprile апрель апреля апр kwiecien kwietnia kwi nisan nis",
    "may mai mayo maio maggio mag mei май мая maj maja mayis",
    "june jun juin juni junio junho giugno giu июнь июня июн czerwiec czerwca cze haziran haz",
    "july jul juillet juil juli julio julho luglio lug июль июля июл lipiec lipca lip temmuz tem",
    "august aug aout agosto ago augustus август августа авг sierpien sierpnia sie agustos agu",
    "september sep sept septembre septiembre setembro set settembre "
    "сентябрь сентября сен сент wrzesien wrzesnia wrz eylul eyl",
    "october oct octobre oktober okt octubre outubro out ottobre "
    "ott октябрь октября окт pazdziernik pazdziernika paz ekim eki",
    "november nov novembre noviembre novembro ноябрь ноября ноя нояб listopad listopada lis kasim kas",
    "december dec decembre dezember dez diciembre dic dezembro "
    "dicembre дек декабрь декабря grudzien grudnia gru aralik ara",
)
MONTHS = {name: month for month, names in enumerate(_NAMES, start=1) for name in names.split()}

# Full and short names of the days of the week; "mar" and "mer" are French and Italian ones.
_WEEKDAYS = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim
lunes martes miercoles jueves viernes sabado domingo mie jue vie sab dom
segunda terca quarta quinta sexta segunda-feira terca-feira quarta-feira quinta-feira sexta-feira seg ter qua qui sex
lunedi martedi mercoledi giovedi venerdi domenica gio
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo
понедельник вторник среда четверг пятница суббота воскресенье пн вт ср чт пт сб вс
poniedzialek wtorek sroda czwartek piatek sobota niedziela pon wt sr czw pt sob ndz niedz
pazartesi sali carsamba persembe cuma cumartesi pazar pzt sal car per cum cmt paz
"""
WEEKDAYS = frozenset(_WEEKDAYS.split())

# Words that stand between the parts of a date and mean nothing: "3 de marzo de 2024", "March 3rd".
_FILLERS = "de of den der le la el del do di st nd rd th er e г года t z utc"
FILLERS = frozenset(_FILLERS.split())

# Letters that decomposing does not bring back to ASCII.
_LETTERS = str.maketrans({"ß": "ss", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th"})


def full_year(digits: str) -> int:
    """Return the year of its two or four digits: "69" is 2069, "70" is 1970."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Return the text in lower case, without accents, with single spaces."""
    lower = text.lower().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", lower)
    kept = "".join(
        sign
        for place, sign in enumerate(decomposed)
        # The Cyrillic short i is a letter of its own, not an accent.
        if not unicodedata.combining(sign) or decomposed[place - 1 : place + 1] == "и\u0306"
    )
    return " ".join(unicodedata.normalize("NFC", kept).split())
