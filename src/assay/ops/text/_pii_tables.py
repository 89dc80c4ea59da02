"""Public registries that decide whether a string of digits can be what it looks like."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# ISO 13616 / SWIFT IBAN registry: length by country.
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22,
    "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27,
    "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27,
    "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HN": 28, "HR": 21, "HU": 28,
    "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22,
    "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24,
    "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28,
    "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20, "YE": 30,
}  # fmt: skip

# ISO/IEC 7812 issuer ranges as the networks publish them: (first, last prefix, lengths allowed).
CARD_RANGES = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("6011", "6011", (16, 17, 18, 19)),  # Discover
    ("644", "659", (16, 17, 18, 19)),
    ("300", "305", (14, 16)),  # Diners Club
    ("309", "309", (14, 16)),
    ("36", "36", (14, 16, 17, 18, 19)),
    ("38", "39", (14, 16)),
    ("3528", "3589", (16, 17, 18, 19)),  # JCB
    ("2131", "2131", (15,)),
    ("1800", "1800", (15,)),
    ("62", "62", (16, 17, 18, 19)),  # UnionPay
    ("2200", "2204", (16, 17, 18, 19)),  # Mir
    ("50", "50", (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro
    ("56", "58", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("6304", "6304", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("6390", "6390", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("6759", "6763", (12, 13, 14, 15, 16, 17, 18, 19)),
)

# ITU-T E.164 assigned country codes, by how many digits they have.
CALLING_CODES_1_2 = _set(
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 "
    "62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"
)
CALLING_CODES_3 = _set(
    "211 212 213 216 218 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 "
    "374 375 376 377 378 379 380 381 382 383 385 386 387 389 420 421 423 670 672 673 674 675 "
    "676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850 852 853 855 "
    "856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972 973 "
    "974 975 976 977 979 992 993 994 995 996 998"
) | frozenset(str(n) for n in (*range(220, 270), *range(290, 292), *range(500, 510),
                               *range(590, 600)))  # fmt: skip

# Digits of a whole number with its country code, where the plan has one length; elsewhere 8 to 15.
CALLING_LENGTHS = {
    "1": (11, 11), "7": (11, 11), "30": (12, 12), "31": (11, 11), "32": (10, 11), "33": (11, 11),
    "34": (11, 11), "36": (10, 11), "40": (11, 11), "41": (11, 11), "44": (11, 12), "45": (10, 10),
    "46": (9, 11), "47": (10, 10), "48": (11, 11), "51": (10, 11), "52": (12, 13), "54": (12, 13),
    "55": (12, 13), "56": (11, 11), "57": (10, 12), "61": (11, 11), "64": (10, 12),
    "65": (10, 10), "81": (11, 12), "82": (10, 12), "86": (12, 13), "90": (12, 12), "91": (12, 12),
    "351": (12, 12), "353": (10, 12), "420": (12, 12), "852": (11, 11), "971": (11, 12),
}  # fmt: skip

# Endings that look like a top-level domain after an "@" but name a file: "icon@2x.png".
NOT_DOMAINS = _set(
    "png jpg jpeg gif svg webp bmp ico css js ts tsx jsx json html htm xml yml yaml toml txt "
    "md py rb go rs java class cpp hpp php exe dll so zip gz tar pdf mp3 mp4 service local "
    "localdomain invalid internal lan"
)
