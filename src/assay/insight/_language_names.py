"""English names of the languages that `text.language` tells apart most often."""

from __future__ import annotations

_NAMES = (
    "af Afrikaans|am Amharic|ar Arabic|az Azerbaijani|be Belarusian|bg Bulgarian|bn Bengali|"
    "bo Tibetan|br Breton|bs Bosnian|ca Catalan|ceb Cebuano|ckb Central Kurdish|cs Czech|cy Welsh|"
    "da Danish|de German|el Greek|en English|eo Esperanto|es Spanish|et Estonian|eu Basque|"
    "fa Persian|fi Finnish|fo Faroese|fr French|fy Western Frisian|ga Irish|gd Scottish Gaelic|"
    "gl Galician|gsw Swiss German|gu Gujarati|ha Hausa|he Hebrew|hi Hindi|hr Croatian|"
    "ht Haitian Creole|hu Hungarian|hy Armenian|id Indonesian|ig Igbo|is Icelandic|it Italian|"
    "ja Japanese|jv Javanese|ka Georgian|kk Kazakh|km Khmer|kn Kannada|ko Korean|ku Kurdish|"
    "ky Kyrgyz|la Latin|lb Luxembourgish|lg Ganda|lo Lao|lt Lithuanian|lv Latvian|mg Malagasy|"
    "mi Maori|mk Macedonian|ml Malayalam|mn Mongolian|mr Marathi|ms Malay|mt Maltese|my Burmese|"
    "nb Norwegian Bokmål|ne Nepali|nl Dutch|nn Norwegian Nynorsk|oc Occitan|or Odia|pa Punjabi|"
    "pl Polish|ps Pashto|pt Portuguese|qu Quechua|ro Romanian|ru Russian|rw Kinyarwanda|"
    "sa Sanskrit|sd Sindhi|si Sinhala|sk Slovak|sl Slovenian|sn Shona|so Somali|sq Albanian|"
    "sr Serbian|st Southern Sotho|su Sundanese|sv Swedish|sw Swahili|ta Tamil|te Telugu|tg Tajik|"
    "th Thai|tk Turkmen|tl Tagalog|tn Tswana|tr Turkish|ts Tsonga|tt Tatar|ug Uyghur|uk Ukrainian|"
    "ur Urdu|uz Uzbek|vi Vietnamese|wuu Wu Chinese|xh Xhosa|yi Yiddish|yo Yoruba|yue Cantonese|"
    "zh Chinese|zu Zulu|zxx no language"
)
NAMES = dict(entry.split(" ", 1) for entry in _NAMES.split("|"))


def language_name(code: str) -> str:
    """English name of a language, or the code where it has none here."""
    return NAMES.get(code, code)
