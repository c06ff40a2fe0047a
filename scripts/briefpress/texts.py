"""What the site says by itself, in the languages of its pages.

Everything else on a page comes from a brief or from `series.yml`. One flat table a language, the
same keys in each. A text with `{fields}` is filled with `str.format` where pages are made, or by
the search script in the browser; templates only print. Where a count decides, there are two
texts: `…_one` and `…_many`. French spacing is written out: no-break space (U+00A0) before the
colon and inside guillemets, narrow no-break space (U+202F) before `;`, `?` and `!`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FALLBACK = "en"

_ENGLISH = {
    # the frame
    "skip": "Skip to the text",
    "menu": "Menu",
    "site_nav": "Site",
    "search": "Search",
    "issn": "ISSN (online)",
    "texts_license": "Texts:",
    "sample": "Sample series: it shows how the site works, and its authors are invented.",
    # home and lists
    "read": "Read the brief",
    "latest": "Latest briefs",
    "find": "Find a brief",
    "by_year": "By year",
    "all_briefs": "All briefs",
    "all_one": "All briefs (1)",
    "all_many": "All {count} briefs",
    "year_heading": "Briefs of {year}",
    "tally_one": "{count} brief",
    "tally_many": "{count} briefs",
    "no_briefs": "No brief has been published yet.",
    "years": "Years",
    "all_years": "All years",
    "other_lists": "Other lists",
    "pages": "Pages of this list",
    "page": "Page",
    "page_of": "{title}, page {page}",
    "newer": "Newer",
    "older": "Older",
    # a brief
    "by": "By",
    "and": "and",
    "reading_time": "{minutes} min read",
    "link": "Link to this brief",
    "copy_link": "Copy link",
    "link_copied": "Link copied",
    "key_issues": "Key issues",
    "contents": "In this brief",
    "table": "Table",
    "note": "Note",
    "notes": "Notes",
    "back_to_text": "Back to the text",
    "more_columns": "More columns to the right",
    "data": "Data",
    "data_file": "Data ({kind}, {size})",
    "about_one": "About the author",
    "about_many": "About the authors",
    "funding": "Funding",
    "acknowledgements": "Acknowledgements",
    "subjects": "Topics and regions",
    "topics": "Topics:",
    "regions": "Regions:",
    "keywords": "Keywords:",
    "imprint": "Imprint",
    "copyright_one": "© {year} the author",
    "copyright_many": "© {year} the authors",
    "license": "Licence:",
    "permalink": "Permanent address:",
    "source": "Source of this page",
    "related": "Related briefs",
    "neighbours": "Previous and next brief",
    "previous": "Previous",
    "next": "Next",
    # search
    "search_heading": "Search the briefs",
    "search_field": "Number, title, author or any words",
    "search_narrow": "Narrow by year or author",
    "search_year": "Year",
    "search_author": "Author",
    "search_close": "Close",
    "search_more": "More results",
    "search_one": "{count} brief",
    "search_many": "{count} briefs",
    "search_one_for": "{count} brief for “{term}”",
    "search_many_for": "{count} briefs for “{term}”",
    "search_newest": "{tally}, newest first",
    "search_none": "No brief found. Undo a filter.",
    "search_none_for": "No brief found for “{term}”. Try fewer words, or undo a filter.",
    "search_failed": "The search could not be loaded. The lists lead to every brief.",
    "search_serving": "The preview has no search: it is made with the build. The lists lead to every brief.",
    "search_script": "The search needs JavaScript. Without it, the lists lead to every brief:",
    # not found
    "lost": "Not found",
    "lost_heading": "There is no page at this address",
    "lost_text": (
        "Briefs keep their addresses, so this one was probably mistyped or cut short. A brief is found by"
        " its number, its author or any of its words."
    ),
}

_FRENCH = {
    "skip": "Aller au texte",
    "menu": "Menu",
    "site_nav": "Site",
    "search": "Rechercher",
    "issn": "ISSN (en ligne)",
    "texts_license": "Textes\u00a0:",
    "sample": (
        "Collection d’exemple\u00a0: elle montre comment fonctionne le site, et ses auteurs sont inventés."
    ),
    "read": "Lire la note",
    "latest": "Dernières notes",
    "find": "Trouver une note",
    "by_year": "Par année",
    "all_briefs": "Toutes les notes",
    "all_one": "Toutes les notes (1)",
    "all_many": "Les {count} notes",
    "year_heading": "Notes de {year}",
    "tally_one": "{count} note",
    "tally_many": "{count} notes",
    "no_briefs": "Aucune note n’a encore été publiée.",
    "years": "Années",
    "all_years": "Toutes les années",
    "other_lists": "Autres listes",
    "pages": "Pages de cette liste",
    "page": "Page",
    "page_of": "{title}, page {page}",
    "newer": "Plus récentes",
    "older": "Plus anciennes",
    "by": "Par",
    "and": "et",
    "reading_time": "{minutes}\u00a0min de lecture",
    "link": "Lien vers cette note",
    "copy_link": "Copier le lien",
    "link_copied": "Lien copié",
    "key_issues": "Points clés",
    "contents": "Dans cette note",
    "table": "Tableau",
    "note": "Note",
    "notes": "Notes",
    "back_to_text": "Retour au texte",
    "more_columns": "Autres colonnes à droite",
    "data": "Données",
    "data_file": "Données ({kind}, {size})",
    "about_one": "À propos de l’auteur",
    "about_many": "À propos des auteurs",
    "funding": "Financement",
    "acknowledgements": "Remerciements",
    "subjects": "Thèmes et régions",
    "topics": "Thèmes\u00a0:",
    "regions": "Régions\u00a0:",
    "keywords": "Mots-clés\u00a0:",
    "imprint": "Mentions éditoriales",
    "copyright_one": "© {year} l’auteur",
    "copyright_many": "© {year} les auteurs",
    "license": "Licence\u00a0:",
    "permalink": "Adresse permanente\u00a0:",
    "source": "Source de cette page",
    "related": "Notes apparentées",
    "neighbours": "Notes précédente et suivante",
    "previous": "Précédente",
    "next": "Suivante",
    "search_heading": "Rechercher dans les notes",
    "search_field": "Numéro, titre, auteur ou mots du texte",
    "search_narrow": "Affiner par année ou par auteur",
    "search_year": "Année",
    "search_author": "Auteur",
    "search_close": "Fermer",
    "search_more": "Plus de résultats",
    "search_one": "{count} note",
    "search_many": "{count} notes",
    "search_one_for": "{count} note pour «\u00a0{term}\u00a0»",
    "search_many_for": "{count} notes pour «\u00a0{term}\u00a0»",
    "search_newest": "{tally}, de la plus récente à la plus ancienne",
    "search_none": "Aucune note trouvée. Retirez un filtre.",
    "search_none_for": (
        "Aucune note trouvée pour «\u00a0{term}\u00a0». Essayez avec moins de mots ou retirez un filtre."
    ),
    "search_failed": "La recherche n’a pas pu être chargée. Les listes mènent à toutes les notes.",
    "search_serving": (
        "L’aperçu n’offre pas de recherche\u00a0: elle est créée avec le site. Les listes mènent à toutes"
        " les notes."
    ),
    "search_script": (
        "La recherche a besoin de JavaScript. Sans lui, les listes mènent à toutes les notes\u00a0:"
    ),
    "lost": "Page introuvable",
    "lost_heading": "Il n’y a pas de page à cette adresse",
    "lost_text": (
        "Les notes gardent leur adresse\u00a0: celle-ci a sans doute été mal saisie ou coupée. Une note "
        "se retrouve par son numéro, son auteur ou n’importe lequel de ses mots."
    ),
}

_GERMAN = {
    "skip": "Zum Text springen",
    "menu": "Menü",
    "site_nav": "Website",
    "search": "Suchen",
    "issn": "ISSN (online)",
    "texts_license": "Texte:",
    "sample": "Beispielreihe: Sie zeigt, wie die Website funktioniert; ihre Autoren sind erfunden.",
    "read": "Policy Brief lesen",
    "latest": "Neueste Policy Briefs",
    "find": "Policy Brief finden",
    "by_year": "Nach Jahr",
    "all_briefs": "Alle Policy Briefs",
    "all_one": "Alle Policy Briefs (1)",
    "all_many": "Alle {count} Policy Briefs",
    "year_heading": "Policy Briefs {year}",
    "tally_one": "{count} Policy Brief",
    "tally_many": "{count} Policy Briefs",
    "no_briefs": "Es ist noch kein Policy Brief erschienen.",
    "years": "Jahre",
    "all_years": "Alle Jahre",
    "other_lists": "Weitere Listen",
    "pages": "Seiten dieser Liste",
    "page": "Seite",
    "page_of": "{title}, Seite {page}",
    "newer": "Neuere",
    "older": "Ältere",
    "by": "Von",
    "and": "und",
    "reading_time": "{minutes} Min. Lesezeit",
    "link": "Link zu diesem Policy Brief",
    "copy_link": "Link kopieren",
    "link_copied": "Link kopiert",
    "key_issues": "Kernpunkte",
    "contents": "In diesem Policy Brief",
    "table": "Tabelle",
    "note": "Anmerkung",
    "notes": "Anmerkungen",
    "back_to_text": "Zurück zum Text",
    "more_columns": "Weitere Spalten rechts",
    "data": "Daten",
    "data_file": "Daten ({kind}, {size})",
    "about_one": "Über den Autor",
    "about_many": "Über die Autoren",
    "funding": "Förderung",
    "acknowledgements": "Danksagung",
    "subjects": "Themen und Regionen",
    "topics": "Themen:",
    "regions": "Regionen:",
    "keywords": "Schlagwörter:",
    "imprint": "Impressum",
    "copyright_one": "© {year} beim Autor",
    "copyright_many": "© {year} bei den Autoren",
    "license": "Lizenz:",
    "permalink": "Dauerhafte Adresse:",
    "source": "Quelltext dieser Seite",
    "related": "Verwandte Policy Briefs",
    "neighbours": "Voriger und nächster Policy Brief",
    "previous": "Voriger",
    "next": "Nächster",
    "search_heading": "In den Policy Briefs suchen",
    "search_field": "Nummer, Titel, Autor oder beliebige Wörter",
    "search_narrow": "Nach Jahr oder Autor eingrenzen",
    "search_year": "Jahr",
    "search_author": "Autor",
    "search_close": "Schließen",
    "search_more": "Weitere Treffer",
    "search_one": "{count} Policy Brief",
    "search_many": "{count} Policy Briefs",
    "search_one_for": "{count} Policy Brief für „{term}“",
    "search_many_for": "{count} Policy Briefs für „{term}“",
    "search_newest": "{tally}, neueste zuerst",
    "search_none": "Kein Policy Brief gefunden. Nehmen Sie einen Filter zurück.",
    "search_none_for": (
        "Kein Policy Brief für „{term}“ gefunden. Versuchen Sie es mit weniger Wörtern oder nehmen Sie "
        "einen Filter zurück."
    ),
    "search_failed": (
        "Die Suche konnte nicht geladen werden. Über die Listen ist jeder Policy Brief erreichbar."
    ),
    "search_serving": (
        "Die Vorschau hat keine Suche; sie entsteht beim Erstellen der Website. Über die Listen ist jeder"
        " Policy Brief erreichbar."
    ),
    "search_script": (
        "Die Suche braucht JavaScript. Ohne JavaScript ist jeder Policy Brief über die Listen erreichbar:"
    ),
    "lost": "Nicht gefunden",
    "lost_heading": "Unter dieser Adresse gibt es keine Seite",
    "lost_text": (
        "Policy Briefs behalten ihre Adresse; diese wurde wohl falsch geschrieben oder abgeschnitten. Ein"
        " Policy Brief lässt sich über Nummer, Autor oder jedes seiner Wörter finden."
    ),
}

_DUTCH = {
    "skip": "Naar de tekst",
    "menu": "Menu",
    "site_nav": "Site",
    "search": "Zoeken",
    "issn": "ISSN (online)",
    "texts_license": "Teksten:",
    "sample": "Voorbeeldreeks: ze laat zien hoe de site werkt en haar auteurs zijn verzonnen.",
    "read": "Lees de policy brief",
    "latest": "Nieuwste policy briefs",
    "find": "Vind een policy brief",
    "by_year": "Per jaar",
    "all_briefs": "Alle policy briefs",
    "all_one": "Alle policy briefs (1)",
    "all_many": "Alle {count} policy briefs",
    "year_heading": "Policy briefs van {year}",
    "tally_one": "{count} policy brief",
    "tally_many": "{count} policy briefs",
    "no_briefs": "Er is nog geen policy brief verschenen.",
    "years": "Jaren",
    "all_years": "Alle jaren",
    "other_lists": "Andere lijsten",
    "pages": "Pagina’s van deze lijst",
    "page": "Pagina",
    "page_of": "{title}, pagina {page}",
    "newer": "Nieuwere",
    "older": "Oudere",
    "by": "Door",
    "and": "en",
    "reading_time": "{minutes} min. leestijd",
    "link": "Link naar deze policy brief",
    "copy_link": "Link kopiëren",
    "link_copied": "Link gekopieerd",
    "key_issues": "Kernpunten",
    "contents": "In deze policy brief",
    "table": "Tabel",
    "note": "Opmerking",
    "notes": "Noten",
    "back_to_text": "Terug naar de tekst",
    "more_columns": "Meer kolommen rechts",
    "data": "Gegevens",
    "data_file": "Gegevens ({kind}, {size})",
    "about_one": "Over de auteur",
    "about_many": "Over de auteurs",
    "funding": "Financiering",
    "acknowledgements": "Dankwoord",
    "subjects": "Thema’s en regio’s",
    "topics": "Thema’s:",
    "regions": "Regio’s:",
    "keywords": "Trefwoorden:",
    "imprint": "Colofon",
    "copyright_one": "© {year} de auteur",
    "copyright_many": "© {year} de auteurs",
    "license": "Licentie:",
    "permalink": "Vast adres:",
    "source": "Bron van deze pagina",
    "related": "Verwante policy briefs",
    "neighbours": "Vorige en volgende policy brief",
    "previous": "Vorige",
    "next": "Volgende",
    "search_heading": "Zoek in de policy briefs",
    "search_field": "Nummer, titel, auteur of willekeurige woorden",
    "search_narrow": "Verfijn op jaar of auteur",
    "search_year": "Jaar",
    "search_author": "Auteur",
    "search_close": "Sluiten",
    "search_more": "Meer resultaten",
    "search_one": "{count} policy brief",
    "search_many": "{count} policy briefs",
    "search_one_for": "{count} policy brief voor ‘{term}’",
    "search_many_for": "{count} policy briefs voor ‘{term}’",
    "search_newest": "{tally}, nieuwste eerst",
    "search_none": "Geen policy brief gevonden. Maak een filter ongedaan.",
    "search_none_for": (
        "Geen policy brief gevonden voor ‘{term}’. Probeer minder woorden of maak een filter ongedaan."
    ),
    "search_failed": "De zoekfunctie kon niet worden geladen. De lijsten leiden naar elke policy brief.",
    "search_serving": (
        "Het voorbeeld heeft geen zoekfunctie; die ontstaat als de site wordt gebouwd. De lijsten leiden "
        "naar elke policy brief."
    ),
    "search_script": (
        "De zoekfunctie heeft JavaScript nodig. Zonder JavaScript leiden de lijsten naar elke policy brief:"
    ),
    "lost": "Niet gevonden",
    "lost_heading": "Op dit adres staat geen pagina",
    "lost_text": (
        "Policy briefs houden hun adres, dus dit adres is waarschijnlijk verkeerd getypt of afgebroken. "
        "Een policy brief is te vinden op nummer, op auteur of op elk woord eruit."
    ),
}

TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        language: MappingProxyType(table)
        for language, table in (("en", _ENGLISH), ("fr", _FRENCH), ("de", _GERMAN), ("nl", _DUTCH))
    }
)


def texts(lang: str) -> Mapping[str, str]:
    """Return the table for a language tag, by its primary subtag; English where there is none.

    Args:
        lang: a BCP 47 tag: "fr", "fr-BE". Case does not matter.
    """
    return TEXTS.get(lang.split("-")[0].lower(), TEXTS[FALLBACK])
