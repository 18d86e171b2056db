"""Numbers that a person wrote out: they are recognised to be refused with a word of their own."""

import re

from dash_kpi.ingest.months import plain

_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million dozen half
null eins ein eine zwei drei vier funf fuenf sechs sieben acht neun zehn elf zwolf zwoelf zwanzig dreissig vierzig
funfzig sechzig siebzig achtzig neunzig hundert tausend million dutzend
un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante
cinquante soixante cent mille douzaine
cero uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece veinte treinta cuarenta cincuenta cien
ciento mil docena
um uma dois duas quatro sete oito nove dez onze doze vinte trinta quarenta cinquenta cem duzia
due tre quattro cinque sei sette otto nove dieci undici dodici venti trenta quaranta cinquanta cento dozzina
nul een twee drie vijf zes zeven negen tien twaalf twintig dertig veertig vijftig honderd duizend dozijn
ноль один одна два две три четыре пять шесть семь восемь девять десять двадцать тридцать сорок пятьдесят сто тысяча
zero jeden jedna dwa dwie trzy cztery piec szesc siedem osiem dziewiec dziesiec dwadziescia sto tysiac
sifir bir iki uc dort bes alti yedi sekiz dokuz on yirmi otuz kirk elli yuz bin
"""
NUMBER_WORDS = frozenset(_WORDS.split()) - {"null", "on"}  # a placeholder, and a word of English
_JOINING = frozenset(["and", "und", "et", "y", "e", "en", "i"])


def is_number_word(text: str) -> bool:
    """Tell whether a text is a number in words, such as "Two" or "twenty-five"."""
    words = re.findall(r"[^\W_]+", plain(text))
    return (
        1 <= len(words) <= 6
        and words[0] in NUMBER_WORDS
        and all(word in NUMBER_WORDS or word in _JOINING for word in words)
    )
