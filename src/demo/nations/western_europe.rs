//! Britain, Ireland, Germany, the Netherlands, France, Austria.

use super::{Nation, Shape};

pub(super) const BRITAIN: Nation = Nation {
    country: "GB",
    language: "en",
    share: 110,
    shape: Shape::GivenFamily,
    women: "Harriet; Imogen; Rosalind; Beatrice; Florence; Gwen; Isla; Eilidh; Catrin; Poppy; Margaret; Hannah; Leah; Amara; Zainab; Grace; Charlotte; Bronwen; Philippa; Tamsin",
    men: "Alasdair; Edmund; Rhys; Callum; Oliver; Hamish; Gareth; Jasper; Tobias; Kwame; Imran; Duncan; Felix; George; Emyr; Nathaniel; Rory; Theo; Winston; Ivor",
    families: "Ashdown; Blackwood; Carmichael; Dunmore; Ellery; Fairweather; Galbraith; Hathersage; Ingleby; Jessop; Kershaw; Llewellyn; MacTavish; Nightingale; Oakeshott; Pemberton; Quill; Rhydderch; Sutcliffe; Thornbury; Underhill; Whitlock; O’Rourke; St John; Okafor; Hussain",
    families_of_men: "",
    streets: "@ Osier Lane; @ Mill Street; @ Church Walk; Flat 3, @ Harbour Road; @ St Mary’s Terrace; @ Orchard Close; @ Station Road; @ Heol y Bont",
    towns: "WM4 7QT|Withermere; LS2 #AB|Leeds; BS6 #QP|Bristol; EH9 #LD|Edinburgh; CF1# 4TR|Cardiff; NR2 #PF|Norwich; BT7 #NS|Belfast; M2# 5GH|Manchester; EX4 #JE|Exeter",
    phone: "+44 7700 900###",
};

pub(super) const IRELAND: Nation = Nation {
    country: "IE",
    language: "en",
    share: 45,
    shape: Shape::GivenFamily,
    women: "Aoife; Siobhán; Niamh; Gráinne; Caoimhe; Órlaith; Róisín; Sinéad; Saoirse; Bláthnaid; Éabha; Méabh; Fionnuala; Clíodhna",
    men: "Cillian; Oisín; Tadhg; Pádraig; Ruairí; Eoghan; Conor; Fiachra; Diarmuid; Cathal; Lorcán; Seán; Darragh; Colm",
    families: "Ní Dhonnchadha; O’Shaughnessy; Murphy; Breathnach; Ó Súilleabháin; Mac Giolla Phádraig; Kavanagh; Fitzgerald; O’Flaherty; Quinn; Byrne; Gallagher; Nic Gabhann; Hennessy; McLoughlin",
    families_of_men: "",
    streets: "@ Main Street; @ Harbour View; @ Bóthar na Trá; @ Abbey Street; @ Chapel Lane; @ Sráid an Chaisleáin",
    towns: "D08 X#F#|Dublin; T12 R#W#|Cork; H91 E#K#|Galway; V94 Y#P#|Limerick; F91 T#C#|Sligo; P31 N#K#|Ballincollig",
    phone: "+353 85 555 0###",
};

pub(super) const GERMANY: Nation = Nation {
    country: "DE",
    language: "de",
    share: 95,
    shape: Shape::GivenFamily,
    women: "Annegret; Birgit; Käthe; Mechthild; Svenja; Friederike; Heike; Jördis; Lieselotte; Änne; Gudrun; Hannelore; Katharina; Leonie; Marlene; Franziska; Emine; Ayşe; Ulrike; Wiebke",
    men: "Jörg; Günther; Matthias; Björn; Torsten; Wolfgang; Lukas; Jannik; Rüdiger; Heinrich; Sönke; Emre; Florian; Tobias; Achim; Götz; Karl-Heinz; Leopold; Malte; Uwe",
    families: "Müller; Schröder; Größer; Weißmann; Achterberg; Brandstätter; Fröhlich; Hölderlin; Jäger; Köhler; Lüdenscheidt; Möllenkamp; Nußbaumer; Özdemir; Pfefferkorn; Rosenkranz; Süßmilch; Thiele; Vogelsang; Wiedemeyer; Zöllner; von der Heide; Yıldırım; Schmidt",
    families_of_men: "",
    streets: "Lindenstraße @; Am Mühlbach @; Bahnhofstraße @; Königsberger Weg @; Goethestraße @; Fährgasse @; Hinter der Kirche @",
    towns: "1#435|Berlin; 2#357|Hamburg; 8#331|München; 5#676|Köln; 4#143|Düsseldorf; 2#199|Bremen; 0#099|Dresden; 7#070|Tübingen; 9#047|Würzburg",
    phone: "+49 171 555 0###",
};

pub(super) const NETHERLANDS: Nation = Nation {
    country: "NL",
    language: "nl",
    share: 70,
    shape: Shape::GivenFamily,
    women: "Maria-Magdalena; Anneke; Femke; Lotte; Saskia; Marijke; Fleur; Sanne; Noor; Willemijn; Hanneke; Roos; Fatima; Eefje; Liesbeth; Jolanda",
    men: "Pieter; Joost; Sjoerd; Bram; Daan; Maarten; Ruud; Thijs; Gijs; Cornelis; Hendrik; Jeroen; Youssef; Floris; Wouter; Teun",
    families: "van der Heijden; van den Berg; de Vries; Oosterwijk; ten Brink; van ’t Hoff; Kuijpers; Hoekstra; in ’t Veld; Zijlstra; Bakker; van de Ven; Dijkstra; de Ruijter; El Amrani; Groenewoud; Vermeulen; Jansma",
    families_of_men: "",
    streets: "Prinsengracht @; Dorpsstraat @; Wilgenlaan @; Oude Delft @; Kerkstraat @ bis; Molenweg @",
    towns: "1015 #B|Amsterdam; 3011 #C|Rotterdam; 3511 #X|Utrecht; 9711 #L|Groningen; 6211 #N|Maastricht; 5611 #E|Eindhoven; 2511 #D|’s-Gravenhage",
    phone: "+31 6 5550 ####",
};

pub(super) const FRANCE: Nation = Nation {
    country: "FR",
    language: "fr",
    share: 55,
    shape: Shape::GivenFamily,
    women: "Anne-Sophie; Chloé; Élodie; Françoise; Geneviève; Hélène; Inès; Joséphine; Léa; Maëlle; Noémie; Océane; Aïcha; Zoé; Bérengère; Solène",
    men: "François; Jérôme; Loïc; Gaëtan; Étienne; Raphaël; Jean-Baptiste; Théo; Mathieu; Benoît; Cédric; Rémi; Noël; Yann; Mehdi; Aurélien",
    families: "Lefèvre; Dubois; Beaumont; Guérin; L’Hermitte; Château; D’Aubigné; Moreau; Noël; Pélissier; Rousseau; Benali; Le Goff; Charpentier; de La Tour; Girard; Hébert; Kerouédan",
    families_of_men: "",
    streets: "@ rue des Lilas; @ bis, avenue de la République; @ quai Saint-Michel; @ chemin du Moulin; @ place de l’Église; @ impasse Molière",
    towns: "7501#|Paris; 6900#|Lyon; 1300#|Marseille; 3500#|Rennes; 4400#|Nantes; 6700#|Strasbourg; 3100#|Toulouse; 2100#|Dijon",
    phone: "+33 6 39 98 ## ##",
};

pub(super) const AUSTRIA: Nation = Nation {
    country: "AT",
    language: "de",
    share: 20,
    shape: Shape::GivenFamily,
    women: "Walburga; Johanna; Theresia; Magdalena; Hermine; Rosa; Elfriede; Kreszenz; Sidonie; Valerie; Marlies; Notburga; Vroni",
    men: "Alois; Leopold; Xaver; Ferdinand; Sepp; Gernot; Lorenz; Vinzenz; Korbinian; Franz; Ignaz; Clemens; Raimund",
    families: "Hinterhölzl; Obermoser; Gruber; Pöltl; Steinböck; Wieser; Zehetner; Kärntner; Unterweger; Mühlbacher; Schönthaler; Brandauer; Jovanović",
    families_of_men: "",
    streets: "Mariahilfer Straße @; Am Anger @; Kirchengasse @/3; Salzachgasse @; Weingartenweg @",
    towns: "10#0|Wien; 50#0|Salzburg; 60#0|Innsbruck; 80#0|Graz; 40#0|Linz; 68#0|Feldkirch",
    phone: "+43 660 555 0###",
};
