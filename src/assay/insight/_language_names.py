"""English names of the languages that `text.language` tells apart."""

from __future__ import annotations

_NAMES = (
    "ace Acehnese|af Afrikaans|als Tosk Albanian|am Amharic|an Aragonese|ar Arabic|"
    "ary Moroccan Arabic|arz Egyptian Arabic|as Assamese|ast Asturian|av Avaric|az Azerbaijani|"
    "azb South Azerbaijani|ba Bashkir|bar Bavarian|bcl Central Bikol|be Belarusian|bg Bulgarian|"
    "bh Bihari|bn Bengali|bo Tibetan|bpy Bishnupriya|br Breton|bs Bosnian|bxr Russia Buriat|"
    "ca Catalan|cbk Chavacano|ce Chechen|ceb Cebuano|ckb Central Kurdish|co Corsican|"
    "crh Crimean Tatar|cs Czech|cv Chuvash|cy Welsh|da Danish|de German|diq Dimli|"
    "dsb Lower Sorbian|dty Dotyali|dv Dhivehi|dz Dzongkha|el Greek|eml Emiliano-Romagnolo|"
    "en English|eo Esperanto|es Spanish|et Estonian|eu Basque|ext Extremaduran|fa Persian|"
    "fi Finnish|fo Faroese|fr French|frr Northern Frisian|fuv Nigerian Fulfulde|"
    "fy Western Frisian|ga Irish|gcf Guadeloupean Creole|gcr Guianese Creole|gd Scottish Gaelic|"
    "gl Galician|gn Guarani|gom Goan Konkani|grc Ancient Greek|gsw Swiss German|gu Gujarati|"
    "gug Paraguayan Guarani|guw Gun|gv Manx|ha Hausa|hbo Ancient Hebrew|he Hebrew|hi Hindi|"
    "hif Fiji Hindi|hr Croatian|hsb Upper Sorbian|ht Haitian Creole|hu Hungarian|hy Armenian|"
    "ia Interlingua|id Indonesian|ie Interlingue|ig Igbo|ilo Iloko|io Ido|is Icelandic|"
    "it Italian|ja Japanese|jbo Lojban|jv Javanese|ka Georgian|kab Kabyle|kik Kikuyu|kk Kazakh|"
    "km Khmer|kn Kannada|ko Korean|krc Karachay-Balkar|ku Kurdish|kv Komi|kw Cornish|ky Kyrgyz|"
    "la Latin|lb Luxembourgish|lez Lezghian|lg Ganda|li Limburgish|lij Ligurian|lmo Lombard|"
    "ln Lingala|lo Lao|lrc Northern Luri|lt Lithuanian|ltg Latgalian|lv Latvian|mai Maithili|"
    "mg Malagasy|mhr Eastern Mari|mi Maori|min Minangkabau|mk Macedonian|ml Malayalam|"
    "mn Mongolian|mr Marathi|mrj Western Mari|ms Malay|mt Maltese|mwl Mirandese|my Burmese|"
    "myv Erzya|mzn Mazanderani|nah Nahuatl|nap Neapolitan|nb Norwegian Bokmål|nds Low German|"
    "ne Nepali|new Newari|nl Dutch|nn Norwegian Nynorsk|no Norwegian|nso Northern Sotho|"
    "oc Occitan|om Oromo|or Odia|os Ossetian|pa Punjabi|pam Pampanga|pcm Nigerian Pidgin|"
    "pfl Palatine German|pl Polish|pms Piedmontese|pnb Western Punjabi|ps Pashto|pt Portuguese|"
    "qu Quechua|rm Romansh|ro Romanian|ru Russian|rue Rusyn|rw Kinyarwanda|sa Sanskrit|sah Yakut|"
    "sc Sardinian|scn Sicilian|sco Scots|sd Sindhi|sdh Southern Kurdish|se Northern Sami|"
    "sh Serbo-Croatian|si Sinhala|sk Slovak|sl Slovenian|sn Shona|so Somali|sq Albanian|"
    "sr Serbian|st Southern Sotho|su Sundanese|sv Swedish|sw Swahili|ta Tamil|te Telugu|tg Tajik|"
    "th Thai|tk Turkmen|tl Tagalog|tn Tswana|tr Turkish|ts Tsonga|tt Tatar|tyv Tuvinian|"
    "ug Uyghur|uk Ukrainian|ur Urdu|uz Uzbek|uzs Southern Uzbek|vec Venetian|vep Veps|"
    "vi Vietnamese|vls West Flemish|vo Volapük|wa Walloon|war Waray|wuu Wu Chinese|xal Kalmyk|"
    "xh Xhosa|xmf Mingrelian|yi Yiddish|yo Yoruba|yue Cantonese|zh Chinese|zu Zulu|"
    "zxx no language"
)
NAMES = dict(entry.split(" ", 1) for entry in _NAMES.split("|"))


def language_name(code: str) -> str:
    """English name of a language, or the code where it has none here."""
    return NAMES.get(code, code)
