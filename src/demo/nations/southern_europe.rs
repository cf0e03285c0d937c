//! Spain, Portugal, Italy, Greece, Turkey.

use super::{Nation, Shape};

pub(super) const SPAIN: Nation = Nation {
    country: "ES",
    language: "es",
    share: 85,
    shape: Shape::TwoFamilies,
    women: "Ana Lucía; María José; Begoña; Montserrat; Núria; Inmaculada; Íñiga; Leire; Xiomara; Rocío; Pilar; Macarena; Itziar; Sofía; Lucía; Concepción; Ainhoa; Mercè",
    men: "José Luis; Iñaki; Álvaro; Andrés; Joaquín; Ramón; Xavier; Gonzalo; Martín; Jesús María; Óscar; Raúl; Unai; Tomás; Hernán; Jordi; Íñigo; Nicolás",
    families: "Fernández; Quiroga; García; Muñoz; Ibáñez; Núñez; Echeverría; Puigdollers; Casals; de la Fuente; Márquez; Ortega; Peña; Rodríguez; Santamaría; Urrutia; Vázquez; Zúñiga; López; Castañeda; Gutiérrez; del Río",
    families_of_men: "",
    streets: "Carrer dels Tarongers @, 3.º B; Calle Mayor @; Avenida de la Constitución @, 2.º izda.; Plaza del Ángel @; Paseo de los Álamos @; Rúa do Vilar @",
    towns: "46#00|Valencia; 28#14|Madrid; 08#25|Barcelona; 41#02|Sevilla; 48#11|Bilbao; 15#04|A Coruña; 24#03|León",
    phone: "+34 600 555 ###",
};

pub(super) const PORTUGAL: Nation = Nation {
    country: "PT",
    language: "pt",
    share: 45,
    shape: Shape::TwoFamilies,
    women: "Inês; Conceição; Beatriz; Graça; Leonor; Matilde; Assunção; Mafalda; Joana; Margarida; Vitória; Luísa; Rosário; Lurdes",
    men: "João; Mateus; Simão; António; Nuno; Gonçalo; Estêvão; Tomé; Duarte; Afonso; Rui; Vasco; Zacarias; Sebastião",
    families: "Gonçalves; da Conceição; Valadares; Prior; Magalhães; dos Santos; Guimarães; Falcão; Simões; Araújo; Leitão; Bragança; Teixeira; Antunes; Brandão; Pinhão; d’Ávila; Sequeira",
    families_of_men: "",
    streets: "Rua das Flores @, 1.º Dto.; Travessa do Carmo @; Largo de São Domingos @; Avenida da Liberdade @; Calçada do Monte @",
    towns: "1#00-001|Lisboa; 4#50-012|Porto; 3#00-115|Coimbra; 8#00-210|Faro; 4#00-330|Braga; 7#00-021|Évora",
    phone: "+351 910 555 ###",
};

pub(super) const ITALY: Nation = Nation {
    country: "IT",
    language: "it",
    share: 55,
    shape: Shape::GivenFamily,
    women: "Giulia; Chiara; Niccolina; Fiammetta; Ludovica; Allegra; Rosalìa; Ginevra; Serafina; Maddalena; Loredana; Mariasole; Perla; Beatrice",
    men: "Nicolò; Giosuè; Lorenzo; Matteo; Gianmarco; Raffaele; Ettore; Salvatore; Cosimo; Leonardo; Tommaso; Noè; Pier Paolo; Vittorio",
    families: "D’Angelo; Bellini; Castelnuovo; De Santis; Esposito; Ferrari; Lo Presti; Marchetti; Nicolò; Orsini; Dell’Acqua; Quattrocchi; Santoro; Tagliabue; Vezzosi; Zanetti; Colò; Messner",
    families_of_men: "",
    streets: "Via Garibaldi @; Piazza della Libertà @; Corso Umberto I @; Vicolo dell’Oro @/A; Salita San Nicolò @",
    towns: "001##|Roma; 201##|Milano; 501##|Firenze; 161##|Genova; 801##|Napoli; 391##|Bolzano; 901##|Palermo",
    phone: "+39 320 555 0###",
};

pub(super) const GREECE: Nation = Nation {
    country: "GR",
    language: "el",
    share: 30,
    shape: Shape::GivenFamily,
    women: "Ελένη=Eleni; Κατερίνα=Katerina; Δήμητρα=Dimitra; Άννα=Anna; Ευαγγελία=Evangelia; Χριστίνα=Christina; Βασιλική=Vasiliki; Ιωάννα=Ioanna; Θεοδώρα=Theodora; Ζωή=Zoi; Ξανθή=Xanthi; Φωτεινή=Foteini",
    men: "Γιώργος=Giorgos; Δημήτρης=Dimitris; Νίκος=Nikos; Παναγιώτης=Panagiotis; Κώστας=Kostas; Θανάσης=Thanasis; Σπύρος=Spyros; Χρήστος=Christos; Αλέξανδρος=Alexandros; Ηλίας=Ilias; Μιχάλης=Michalis; Στέλιος=Stelios",
    families: "Παπαδοπούλου=Papadopoulou; Γεωργίου=Georgiou; Νικολαΐδου=Nikolaidou; Οικονόμου=Oikonomou; Καραγιάννη=Karagianni; Βλάχου=Vlachou; Θεοδωροπούλου=Theodoropoulou; Κωνσταντινίδου=Konstantinidou; Αναγνώστου=Anagnostou; Χατζή=Chatzi; Ψαρρά=Psarra; Μαυρίδου=Mavridou",
    families_of_men: "Παπαδόπουλος=Papadopoulos; Γεωργίου=Georgiou; Νικολαΐδης=Nikolaidis; Οικονόμου=Oikonomou; Καραγιάννης=Karagiannis; Βλάχος=Vlachos; Θεοδωρόπουλος=Theodoropoulos; Κωνσταντινίδης=Konstantinidis; Αναγνώστου=Anagnostou; Χατζής=Chatzis; Ψαρράς=Psarras; Μαυρίδης=Mavridis",
    streets: "Οδός Ερμού @; Λεωφόρος Κηφισίας @; Αριστοτέλους @; Αγίου Νικολάου @; Πλατεία Ελευθερίας @",
    towns: "10# 63|Αθήνα; 54# 24|Θεσσαλονίκη; 26# 21|Πάτρα; 71# 02|Ηράκλειο; 38# 21|Βόλος",
    phone: "+30 690 555 0###",
};

pub(super) const TURKEY: Nation = Nation {
    country: "TR",
    language: "tr",
    share: 35,
    shape: Shape::GivenFamily,
    women: "Ayşe; Gülşen; Çiğdem; Şebnem; Özlem; Tuğba; Işıl; Ümmühan; Yağmur; İpek; Nazlı; Büşra; Elif; Zeynep",
    men: "Çağatay; Oğuzhan; Şükrü; İbrahim; Gökhan; Özgür; Yiğit; Barış; Uğur; Kâzım; Ümit; Mehmet; Serdar; Tayfun",
    families: "Yılmaz; Öztürk; Çelik; Şahin; Kılıç; Doğan; Gündoğdu; Işık; Karaağaç; Aydın; Demirağ; Erdoğdu; Güneş; Türkoğlu; Aslanoğlu; Üstündağ",
    families_of_men: "",
    streets: "İstiklâl Caddesi No. @; Atatürk Bulvarı No. @; Çınar Sokağı No. @; Gül Sokağı No. @ D. 4",
    towns: "34###|İstanbul; 06###|Ankara; 35###|İzmir; 16###|Bursa; 26###|Eskişehir; 63###|Şanlıurfa",
    phone: "+90 505 555 0###",
};
