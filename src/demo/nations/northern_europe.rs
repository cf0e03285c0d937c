//! Sweden, Norway, Denmark, Finland, Iceland.

use super::{Nation, Shape};

pub(super) const SWEDEN: Nation = Nation {
    country: "SE",
    language: "sv",
    share: 35,
    shape: Shape::GivenFamily,
    women: "Åsa; Märta; Ingegerd; Linnéa; Margarethe; Gunnel; Saga; Ebba; Elsa; Ylva; Desirée; Britt-Marie; Tuva; Amina",
    men: "Åke; Göran; Björn; Sören; Håkan; Lars-Erik; Torbjörn; Melker; Östen; Gustaf; Axel; Nils; Kjell; Yusuf",
    families: "Lindqvist; Åkerström; Öberg; Sjöström; Nordenskiöld; Bergström; Lönnroth; Hägg; Ekelöf; Söderlund; Wallén; Ängström; Dahlgren; Björkman",
    families_of_men: "",
    streets: "Storgatan @; Björkvägen @; Östra Hamngatan @; Sankt Eriksgatan @ lgh 1102; Åvägen @",
    towns: "11# 35|Stockholm; 41# 01|Göteborg; 21# 22|Malmö; 75# 20|Uppsala; 97# 31|Luleå; 39# 32|Kalmar",
    phone: "+46 70 555 0###",
};

pub(super) const NORWAY: Nation = Nation {
    country: "NO",
    language: "nb",
    share: 25,
    shape: Shape::GivenFamily,
    women: "Ingrid; Solveig; Bjørg; Åshild; Ragnhild; Sigrid; Tone; Liv; Gro; Marit; Randi; Synnøve; Torunn",
    men: "Øystein; Bjørn; Håkon; Sverre; Torbjørn; Eirik; Geir; Magnus; Pål; Åsmund; Leif; Knut; Sondre",
    families: "Solheim; Brekkhus; Ødegård; Fjæreide; Haugen; Kvålseth; Nygård; Østby; Rønning; Skjelbred; Tøndevold; Aasen; Bakken",
    families_of_men: "",
    streets: "Fjellveien @; Storgata @; Øvre Slottsgate @; Strandgaten @ B; Kirkeveien @",
    towns: "01#5|Oslo; 50#1|Bergen; 70#0|Trondheim; 90#8|Tromsø; 40#5|Stavanger; 80#6|Bodø",
    phone: "+47 405 55 ###",
};

pub(super) const DENMARK: Nation = Nation {
    country: "DK",
    language: "da",
    share: 25,
    shape: Shape::GivenFamily,
    women: "Dorthe; Søs; Kirstine; Bodil; Freja; Mette; Gry; Ragna; Karen; Signe; Lærke; Inger; Tove",
    men: "Søren; Jørgen; Rasmus; Aage; Mads; Flemming; Kåre; Bertil; Preben; Villads; Anders; Jeppe; Torkild",
    families: "Sørensen; Bjerregård; Kjærgaard; Nørgaard; Østergaard; Lund; Holmegård; Vestergård; Krogh; Ravn; Skovgaard; Thygesen; Møller",
    families_of_men: "",
    streets: "Åboulevarden @; Nørregade @, 2. tv.; Skovvej @; Strandvejen @; Øster Allé @",
    towns: "21#0|København Ø; 80#0|Aarhus C; 50#0|Odense C; 90#0|Aalborg; 67#0|Esbjerg; 40#0|Roskilde",
    phone: "+45 20 55 5# ##",
};

pub(super) const FINLAND: Nation = Nation {
    country: "FI",
    language: "fi",
    share: 20,
    shape: Shape::GivenFamily,
    women: "Äänikki; Päivi; Hilkka; Aino; Sirkka-Liisa; Tuulikki; Kaisa; Riikka; Eeva; Inka; Sinikka; Lumi; Venla",
    men: "Väinö; Jyrki; Pekka; Heikki; Eero; Tapio; Yrjö; Kari; Mikko; Hannu; Arttu; Sampo; Ilmari",
    families: "Mäkelä; Hämäläinen; Väisänen; Korhonen; Lehtinen; Pöysti; Kääriäinen; Saarikivi; Rautio; Tähtinen; Ylä-Outinen; Niemelä; Åström",
    families_of_men: "",
    streets: "Mannerheimintie @ A 12; Koivutie @; Kirkkokatu @; Pääskynpolku @; Rantatie @",
    towns: "00#70|Helsinki; 33#00|Tampere; 20#10|Turku; 90#20|Oulu; 70#11|Kuopio; 40#00|Jyväskylä",
    phone: "+358 50 555 0###",
};

pub(super) const ICELAND: Nation = Nation {
    country: "IS",
    language: "is",
    share: 10,
    shape: Shape::GivenFamily,
    women: "Þórdís; Guðrún; Sigríður; Ásdís; Hrafnhildur; Björk; Ragnheiður; Auður; Íris; Steinunn; Þórunn; Elísabet",
    men: "Þórður; Guðmundur; Sigurður; Ásgeir; Hrafnkell; Björgvin; Ragnar; Ólafur; Ísak; Steinþór; Þorsteinn; Kári",
    families: "Hrafnkelsdóttir; Guðmundsdóttir; Sigurðardóttir; Þorsteinsdóttir; Ásgeirsdóttir; Ólafsdóttir; Kjartansdóttir; Ragnarsdóttir; Einarsdóttir; Björnsdóttir; Jökulsdóttir; Stefánsdóttir",
    families_of_men: "Hrafnkelsson; Guðmundsson; Sigurðsson; Þorsteinsson; Ásgeirsson; Ólafsson; Kjartansson; Ragnarsson; Einarsson; Björnsson; Jökulsson; Stefánsson",
    streets: "Laugavegur @; Skólavörðustígur @; Hafnarstræti @; Þingholtsstræti @; Ægisgata @",
    towns: "1#1|Reykjavík; 6#0|Akureyri; 7#0|Egilsstaðir; 2#0|Hafnarfjörður; 9#0|Vestmannaeyjar",
    phone: "+354 611 5###",
};
