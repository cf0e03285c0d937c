//! Nigeria, Ghana, Brazil, Mexico, Canada.

use super::{Nation, Shape};

pub(super) const NIGERIA: Nation = Nation {
    country: "NG",
    language: "en",
    share: 20,
    shape: Shape::GivenFamily,
    women: "Ngozi; Adaeze; Chidinma; Folasade; Olúfúnmiláyọ̀; Yétúndé; Ọmọlará; Hauwa; Ifeoma; Titilayo; Amarachi; Zainab; Ebele",
    men: "Chukwuemeka; Babátúndé; Olúwaséun; Adébáyọ̀; Ikechukwu; Musa; Obinna; Ṣẹ́gun; Tunde; Ìdòwú; Emeka; Ibrahim; Nnamdi",
    families: "Okonkwo; Adéyẹmí; Oyelaran; Nwachukwu; Ọláńrewájú; Eze; Balogun; Danjuma; Obi; Akíntọ́lá; Chukwu; Ògúnbándé; Uzoma",
    families_of_men: "",
    streets: "@ Broad Street; @ Adeola Odeku Street; @ Allen Avenue; @ Ring Road; @ Ahmadu Bello Way",
    towns: "1002##|Lagos; 9002##|Abuja; 2002##|Ibadan; 4002##|Enugu; 7002##|Kano",
    phone: "+234 803 555 0###",
};

pub(super) const GHANA: Nation = Nation {
    country: "GH",
    language: "en",
    share: 15,
    shape: Shape::GivenFamily,
    women: "Akosua; Abena; Efua; Ama; Esi; Adwoa; Afia; Yaa; Dzifa; Mawusi; Sena; Akua; Naa Ardua",
    men: "Kwabena; Kofi; Kwame; Yaw; Kwasi; Kojo; Kwaku; Ekow; Selorm; Edem; Nii Armah; Fiifi; Elikem",
    families: "Asante; Mortimer; Mensah; Owusu; Boateng; Amoako; Agyeman; Ofori; Tɛtɛ=Tete; Addo; Quaye; Dzokoto; Nkrumah; Adjei",
    families_of_men: "",
    streets: "@ Oxford Street; @ Liberation Road; @ Cantonments Road; @ Harper Road; @ Cape Coast Road",
    towns: "GA-0##-1234|Accra; AK-0##-5678|Kumasi; CC-0##-2345|Cape Coast; NT-0##-3456|Tamale",
    phone: "+233 24 555 0###",
};

pub(super) const BRAZIL: Nation = Nation {
    country: "BR",
    language: "pt-BR",
    share: 45,
    shape: Shape::TwoFamilies,
    women: "Conceição; Antônia; Fabíola; Jussara; Iracema; Letícia; Luíza; Mônica; Tainá; Verônica; Vitória; Flávia; Eloá; Yasmim",
    men: "João Pedro; Antônio; Caíque; Cauã; Flávio; Jandir; Mateus; Otávio; Raí; Sérgio; Thiago; Ubirajara; Vinícius; Zeferino",
    families: "da Silva; de Araújo; Gonçalves; Assunção; Brandão; Camargo; dos Anjos; Falcão; Guimarães; Ishikawa; Lobão; Magalhães; Nóbrega; Queirós; Sampaio; Zanella",
    families_of_men: "",
    streets: "Rua das Palmeiras, @; Avenida São João, @, ap. 71; Travessa da Paixão, @; Alameda dos Ipês, @; Praça da Sé, @",
    towns: "0####-000|São Paulo; 2####-100|Rio de Janeiro; 4####-200|Salvador; 3####-300|Belo Horizonte; 8####-400|Florianópolis; 6####-500|Fortaleza",
    phone: "+55 11 95550-####",
};

pub(super) const MEXICO: Nation = Nation {
    country: "MX",
    language: "es",
    share: 35,
    shape: Shape::TwoFamilies,
    women: "Guadalupe; Xóchitl; Citlali; María Fernanda; Socorro; Ximena; Verónica; Araceli; Itzel; Yolanda; Ángeles; Refugio; Consuelo",
    men: "José Guadalupe; Cuauhtémoc; Ulises; Emiliano; Jesús; Moisés; Tonatiuh; Ángel; Efraín; Nezahualcóyotl; Joaquín; Rubén; Isaías",
    families: "Hernández; Martínez; Xicoténcatl; Cárdenas; Treviño; Güemes; Zaragoza; Peñaloza; Ávila; Montaño; Ramírez; Villaseñor; Tlapa; Ocampo",
    families_of_men: "",
    streets: "Calle Benito Juárez @; Av. Insurgentes Sur @, Int. 4; Calzada de Guadalupe @; Privada Jacarandas @; Calle 5 de Mayo @",
    towns: "06###|Ciudad de México; 44###|Guadalajara; 64###|Monterrey; 72###|Puebla; 97###|Mérida; 68###|Oaxaca",
    phone: "+52 55 5550 ####",
};

pub(super) const CANADA: Nation = Nation {
    country: "CA",
    language: "fr",
    share: 30,
    shape: Shape::GivenFamily,
    women: "Geneviève; Marie-Ève; Océane; Brooke; Kateri; Siku; Ariane; Madison; Élise; Mégane; Priscille; Jade; Rosalie",
    men: "Jean-Baptiste; Étienne; Tyler; Benoît; Félix; Wyatt; Zacharie; Aputi; Mathis; Loïc; Hugo; Napoléon; Connor",
    families: "Tremblay; Bélanger; Gagné; Côté; Lévesque; MacDonald; Okpik; Singh; Pelletier; Bouchard; Desrosiers; Ouellet; Whitefeather; Thériault",
    families_of_men: "",
    streets: "@, rue Sainte-Catherine; @ Maple Avenue; @, chemin du Lac; @ King Street West; @, boulevard René-Lévesque",
    towns: "H2# 1K9|Montréal; G1# 2L2|Québec; M5# 3A8|Toronto; V6# 2C4|Vancouver; E1# 5N6|Moncton; R3# 0T5|Winnipeg",
    phone: "+1 514 555 01##",
};
