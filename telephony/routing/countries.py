"""Which countries share a land border: what an organisation may call when nobody says otherwise.

ISO 3166-1 alpha-2 codes. A territory with a numbering plan inside that of its country counts as a neighbour. A
country that is not here has no neighbours: only itself may be called.
"""

from __future__ import annotations

_BORDERS = """
AD ES FR
AL GR ME MK XK
AR BO BR CL PY UY
AT CH CZ DE HU IT LI SI SK
AU
BA HR ME RS
BE DE FR LU NL
BG GR MK RO RS TR
BR AR BO CO GF GY PE PY SR UY VE
BY LT LV PL RU UA
CA US
CH AT DE FR IT LI
CW BQ
CY
CZ AT DE PL SK
DE AT BE CH CZ DK FR LU NL PL
DK DE FO GL SE
EE LV RU
ES AD FR GI PT
FI AX NO RU SE
FR AD BE CH DE ES IT LU MC
GB GG IE IM JE
GR AL BG MK TR
HR BA HU ME RS SI
HU AT HR RO RS SI SK UA
IE GB
IS
IT AT CH FR SI SM VA
LI AT CH
LT BY LV PL RU
LU BE DE FR
LV BY EE LT RU
MC FR
MD RO UA
ME AL BA HR RS XK
MK AL BG GR RS XK
MT
MX BZ GT US
NL BE DE
NO FI RU SE SJ
NZ
PL BY CZ DE LT RU SK UA
PT ES
RO BG HU MD RS UA
RS BA BG HR HU ME MK RO XK
SE AX DK FI NO
SI AT HR HU IT
SK AT CZ HU PL UA
SR BR GF GY
TR AM AZ BG GE GR IQ IR SY
UA BY HU MD PL RO RU SK
US CA MX
"""

NEIGHBOURS: dict[str, frozenset[str]] = {
    country: frozenset(others) for country, *others in map(str.split, _BORDERS.strip().splitlines())
}


def nearby(country: str) -> frozenset[str]:
    """A country and its neighbours."""
    return NEIGHBOURS.get(country, frozenset()) | {country}
