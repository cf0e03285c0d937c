//! Poland, Hungary, Czechia, Romania, Ukraine, Bulgaria.

use super::{Nation, Shape};

pub(super) const POLAND: Nation = Nation {
    country: "PL",
    language: "pl",
    share: 65,
    shape: Shape::GivenFamily,
    women: "Łucja; Małgorzata; Agnieszka; Żaneta; Bożena; Wioletta; Świętosława; Jadwiga; Katarzyna; Zofia; Grażyna; Oliwia; Elżbieta; Róża",
    men: "Łukasz; Przemysław; Zbigniew; Sławomir; Grzegorz; Michał; Jędrzej; Wojciech; Świętopełk; Mieczysław; Krzysztof; Błażej; Józef; Tadeusz",
    families: "Wiśniewska; Kowalczyk; Dąbrowska; Wójcik; Zielińska; Szczepańska; Gąsiorowska; Łukaszewicz; Nowak; Świątek; Ćwiklińska; Kaźmierczak; Przybyszewska; Mączyńska; Różycka; Sienkiewicz",
    families_of_men: "Wiśniewski; Kowalczyk; Dąbrowski; Wójcik; Zieliński; Szczepański; Gąsiorowski; Łukaszewicz; Nowak; Świątek; Ćwikliński; Kaźmierczak; Przybyszewski; Mączyński; Różycki; Sienkiewicz",
    streets: "ul. Długa @/4; ul. Świętego Jana @; al. Niepodległości @ m. 12; ul. Żeromskiego @; pl. Wolności @",
    towns: "00-#50|Warszawa; 31-#42|Kraków; 50-#31|Wrocław; 80-#22|Gdańsk; 90-#10|Łódź; 61-#11|Poznań; 35-#30|Rzeszów",
    phone: "+48 500 555 ###",
};

pub(super) const HUNGARY: Nation = Nation {
    country: "HU",
    language: "hu",
    share: 40,
    shape: Shape::GivenFamily,
    women: "Zsófia; Erzsébet; Ágnes; Tünde; Krisztina; Boglárka; Katalin; Ildikó; Gyöngyi; Éva; Márta; Piroska; Réka; Csenge",
    men: "László; György; István; Zoltán; Gábor; Csaba; Győző; Ákos; Bálint; Dezső; Sándor; Tamás; Levente; Jenő",
    families: "Kővári; Németh; Szabó; Nagy; Tóth; Horváth; Kőszegi; Fülöp; Győri; Pásztor; Szűcs; Bíró; Ördögh; Hegedűs; Lőrincz; Jókai",
    families_of_men: "",
    streets: "Petőfi Sándor utca @.; Kossuth Lajos tér @.; Váci út @. II/5; Széchenyi körút @.; Gyöngyvirág köz @.",
    towns: "1#51|Budapest; 4#24|Debrecen; 6#20|Szeged; 7#21|Pécs; 9#21|Győr; 3#30|Miskolc",
    phone: "+36 30 555 0###",
};

pub(super) const CZECHIA: Nation = Nation {
    country: "CZ",
    language: "cs",
    share: 25,
    shape: Shape::GivenFamily,
    women: "Ludmila; Žofie; Růžena; Božena; Kateřina; Anežka; Jiřina; Šárka; Zdeňka; Věra; Markéta; Alžběta; Kristýna",
    men: "Jiří; Ondřej; Tomáš; Vojtěch; Řehoř; Zdeněk; Štěpán; Matěj; Luboš; Čeněk; Bořivoj; Jaromír; Dušan",
    families: "Nováková; Dvořáková; Černá; Procházková; Kučerová; Říhová; Šťastná; Žižková; Hájková; Jelínková; Růžičková; Pokorná",
    families_of_men: "Novák; Dvořák; Černý; Procházka; Kučera; Říha; Šťastný; Žižka; Hájek; Jelínek; Růžička; Pokorný",
    streets: "Dlouhá @; Nábřeží Svobody @; Žižkova @/7; Na Příkopě @; U Kostela @",
    towns: "11# 00|Praha 1; 60# 00|Brno; 70# 30|Ostrava; 30# 00|Plzeň; 77# 00|Olomouc",
    phone: "+420 605 555 ###",
};

pub(super) const ROMANIA: Nation = Nation {
    country: "RO",
    language: "ro",
    share: 25,
    shape: Shape::GivenFamily,
    women: "Ștefania; Ioana; Mădălina; Anișoara; Cătălina; Lăcrămioara; Brândușa; Crenguța; Mihaela; Ruxandra; Țincuța; Ilinca; Simona",
    men: "Ștefan; Călin; Răzvan; Ionuț; Dragoș; Mihai; Cătălin; Vlăduț; Horațiu; Sorin; Țugui; Petru; Traian",
    families: "Ionescu; Popescu; Mureșanu; Țepeș; Brâncoveanu; Lăzărescu; Știrbu; Constantinescu; Văcărescu; Dumitrașcu; Ursu; Căpățână; Albu",
    families_of_men: "",
    streets: "Str. Mihai Eminescu nr. @; Bd. Unirii nr. @, ap. 9; Str. Pădurii nr. @; Calea Victoriei nr. @",
    towns: "01#061|București; 40#110|Cluj-Napoca; 70#515|Iași; 30#006|Timișoara; 55#180|Sibiu",
    phone: "+40 720 555 0##",
};

pub(super) const UKRAINE: Nation = Nation {
    country: "UA",
    language: "uk",
    share: 25,
    shape: Shape::GivenFamily,
    women: "Оксана=Oksana; Наталія=Nataliia; Ірина=Iryna; Соломія=Solomiia; Марія=Mariia; Юлія=Yuliia; Катерина=Kateryna; Зоряна=Zoriana; Людмила=Liudmyla; Ганна=Hanna; Євгенія=Yevheniia; Дарина=Daryna",
    men: "Андрій=Andrii; Тарас=Taras; Юрій=Yurii; Богдан=Bohdan; Олексій=Oleksii; Сергій=Serhii; Микола=Mykola; Ігор=Ihor; Дмитро=Dmytro; Василь=Vasyl; Ярослав=Yaroslav; Остап=Ostap",
    families: "Шевченко=Shevchenko; Коваленко=Kovalenko; Бондаренко=Bondarenko; Ткачук=Tkachuk; Мельник=Melnyk; Лисенко=Lysenko; Гнатюк=Hnatiuk; Щербань=Shcherban; Їжак=Yizhak; Кравчук=Kravchuk; Савченко=Savchenko; Рибак=Rybak",
    families_of_men: "",
    streets: "вул. Хрещатик, @; вул. Франка, @, кв. 7; просп. Свободи, @; вул. Лесі Українки, @",
    towns: "010##|Київ; 790##|Львів; 650##|Одеса; 610##|Харків; 580##|Чернівці",
    phone: "+380 50 555 0###",
};

pub(super) const BULGARIA: Nation = Nation {
    country: "BG",
    language: "bg",
    share: 15,
    shape: Shape::GivenFamily,
    women: "Мария=Mariya; Елена=Elena; Десислава=Desislava; Райна=Rayna; Цветелина=Tsvetelina; Снежана=Snezhana; Йорданка=Yordanka; Василка=Vasilka; Гергана=Gergana; Виолета=Violeta; Лиляна=Lilyana; Жени=Zheni",
    men: "Георги=Georgi; Иван=Ivan; Димитър=Dimitar; Стоян=Stoyan; Николай=Nikolay; Петър=Petar; Христо=Hristo; Пламен=Plamen; Александър=Aleksandar; Тодор=Todor; Ангел=Angel; Любомир=Lyubomir",
    families: "Иванова=Ivanova; Георгиева=Georgieva; Димитрова=Dimitrova; Петрова=Petrova; Стоянова=Stoyanova; Тодорова=Todorova; Христова=Hristova; Ангелова=Angelova; Илиева=Ilieva; Маринова=Marinova; Попова=Popova; Щерева=Shtereva",
    families_of_men: "Иванов=Ivanov; Георгиев=Georgiev; Димитров=Dimitrov; Петров=Petrov; Стоянов=Stoyanov; Тодоров=Todorov; Христов=Hristov; Ангелов=Angelov; Илиев=Iliev; Маринов=Marinov; Попов=Popov; Щерев=Shterev",
    streets: "ул. „Шипка“ @; бул. „Витоша“ @, ет. 3; ул. „Цар Симеон“ @; ул. „Роза“ @",
    towns: "10#0|София; 40#0|Пловдив; 90#0|Варна; 80#0|Бургас; 70#0|Русе",
    phone: "+359 88 555 0###",
};
