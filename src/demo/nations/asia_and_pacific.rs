//! Japan, Korea, China, Vietnam, India, the Emirates, Israel, New Zealand.

use super::{Nation, Shape};

pub(super) const JAPAN: Nation = Nation {
    country: "JP",
    language: "ja",
    share: 30,
    shape: Shape::FamilyGivenTurned,
    women: "美咲=Misaki; 陽菜=Hina; さくら=Sakura; 優子=Yūko; 千尋=Chihiro; 彩香=Ayaka; 真由美=Mayumi; 恵子=Keiko; 結衣=Yui; 明日香=Asuka; 京子=Kyōko; 七海=Nanami; 麻衣=Mai; 桃子=Momoko",
    men: "大翔=Hiroto; 健太=Kenta; 翔太=Shōta; 悠斗=Yūto; 拓也=Takuya; 一郎=Ichirō; 直樹=Naoki; 誠=Makoto; 陽介=Yōsuke; 隆=Takashi; 海斗=Kaito; 亮=Ryō; 蓮=Ren; 浩二=Kōji",
    families: "佐藤=Satō; 鈴木=Suzuki; 高橋=Takahashi; 田中=Tanaka; 渡辺=Watanabe; 伊藤=Itō; 山本=Yamamoto; 中村=Nakamura; 小林=Kobayashi; 加藤=Katō; 吉田=Yoshida; 山口=Yamaguchi; 斎藤=Saitō; 松本=Matsumoto; 井上=Inoue; 清水=Shimizu",
    families_of_men: "",
    streets: "桜町1丁目@番; 本町2丁目@番; 中央3丁目@番; 緑が丘4丁目@番; 駅前通り@番",
    towns: "15#-0043|東京都渋谷区; 53#-0001|大阪市北区; 60#-8001|京都市下京区; 46#-0008|名古屋市中区; 06#-0042|札幌市中央区; 81#-0001|福岡市中央区",
    phone: "+81 90 5550 ####",
};

pub(super) const KOREA: Nation = Nation {
    country: "KR",
    language: "ko",
    share: 25,
    shape: Shape::FamilyGivenJoined,
    women: "서연=Seo-yeon; 지우=Ji-woo; 민서=Min-seo; 하은=Ha-eun; 수빈=Su-bin; 지민=Ji-min; 유진=Yu-jin; 은지=Eun-ji; 혜원=Hye-won; 다은=Da-eun; 미영=Mi-young; 소희=So-hee",
    men: "민준=Min-jun; 서준=Seo-jun; 도윤=Do-yun; 지훈=Ji-hoon; 현우=Hyun-woo; 성민=Sung-min; 동현=Dong-hyun; 준영=Jun-young; 태양=Tae-yang; 상우=Sang-woo; 재석=Jae-seok; 영호=Young-ho",
    families: "김=Kim; 김=Kim; 김=Kim; 이=Lee; 이=Lee; 박=Park; 박=Park; 최=Choi; 정=Jung; 강=Kang; 조=Cho; 윤=Yoon; 장=Jang; 임=Lim; 한=Han; 오=Oh; 서=Seo; 신=Shin",
    families_of_men: "",
    streets: "세종대로 @; 테헤란로 @; 해운대로 @; 중앙로 @길 3; 벚꽃로 @",
    towns: "04#24|서울특별시; 48#58|부산광역시; 41#31|대구광역시; 34#26|대전광역시; 63#09|제주시",
    phone: "+82 10 5550 ####",
};

pub(super) const CHINA: Nation = Nation {
    country: "CN",
    language: "zh",
    share: 30,
    shape: Shape::FamilyGivenJoined,
    women: "丽华=Lihua; 秀英=Xiuying; 雨桐=Yutong; 欣怡=Xinyi; 诗涵=Shihan; 美玲=Meiling; 婷婷=Tingting; 静=Jing; 晓燕=Xiaoyan; 佳慧=Jiahui; 梦洁=Mengjie; 芳=Fang",
    men: "伟=Wei; 建国=Jianguo; 浩然=Haoran; 子轩=Zixuan; 俊杰=Junjie; 小明=Xiaoming; 志强=Zhiqiang; 宇航=Yuhang; 磊=Lei; 文博=Wenbo; 家豪=Jiahao; 海涛=Haitao",
    families: "王=Wang; 李=Li; 张=Zhang; 刘=Liu; 陈=Chen; 杨=Yang; 黄=Huang; 赵=Zhao; 吴=Wu; 周=Zhou; 徐=Xu; 孙=Sun; 欧阳=Ouyang; 林=Lin",
    families_of_men: "",
    streets: "人民路@号; 中山东路@号; 桂花巷@号2单元; 解放大道@号; 湖滨南路@号",
    towns: "2000##|上海市; 1000##|北京市; 5100##|广州市; 6100##|成都市; 3100##|杭州市",
    phone: "+86 155 5550 ####",
};

pub(super) const VIETNAM: Nation = Nation {
    country: "VN",
    language: "vi",
    share: 25,
    shape: Shape::FamilyGiven,
    women: "Thị Phương Thảo; Thị Hồng Nhung; Thị Mỹ Duyên; Thị Ngọc Ánh; Thanh Hương; Thùy Linh; Thị Bích Vân; Khánh Huyền; Thị Thu Hằng; Quỳnh Như; Thị Kim Oanh; Tuyết Mai",
    men: "Văn Dũng; Hữu Phước; Minh Quân; Đức Thịnh; Quốc Bảo; Xuân Trường; Thành Đạt; Anh Tuấn; Công Vinh; Đình Phong; Trọng Nghĩa; Hoàng Việt",
    families: "Nguyễn; Nguyễn; Nguyễn; Nguyễn; Nguyễn; Trần; Trần; Lê; Lê; Phạm; Hoàng; Huỳnh; Phan; Vũ; Võ; Đặng; Bùi; Đỗ; Hồ; Dương",
    families_of_men: "",
    streets: "@ đường Lê Lợi; @ phố Hàng Bạc; @ đường Nguyễn Huệ; @ ngõ Văn Chương; @ đường Trần Phú",
    towns: "1000##|Hà Nội; 7000##|Thành phố Hồ Chí Minh; 5500##|Đà Nẵng; 9000##|Cần Thơ; 5300##|Huế",
    phone: "+84 90 555 ####",
};

pub(super) const INDIA: Nation = Nation {
    country: "IN",
    language: "en",
    share: 40,
    shape: Shape::GivenFamily,
    women: "Priya; Lakshmi; Ananya; Deepika; Kavitha; Meenakshi; Nandini; Padmavathi; Radhika; Saraswathi; Shreya; Sushmita; Harpreet; Farzana; Ishani; Vaishnavi",
    men: "Arjun; Balakrishnan; Chandrasekhar; Devendra; Gurpreet; Harish; Jaideep; Karthik; Manoj; Narayanan; Omprakash; Rajendra; Siddharth; Venkatesh; Imtiaz; Yashwant",
    families: "Venkataraghavan; Subramaniam; Chattopadhyay; Mukherjee; Deshpande; Iyer; Krishnamurthy; Gill; Nair; Patel; Reddy; Sharma; Thiruvengadam; Kulkarni; D’Souza; Bandyopadhyay; Ahluwalia; Rathore",
    families_of_men: "",
    streets: "@ MG Road; Flat 12, @ Gandhi Nagar; @ 3rd Cross, Malleswaram; @ Park Street; @ Lake View Colony",
    towns: "5600##|Bengaluru; 4000##|Mumbai; 7000##|Kolkata; 6000##|Chennai; 1100##|New Delhi; 3800##|Ahmedabad; 6820##|Kochi",
    phone: "+91 90000 55###",
};

pub(super) const EMIRATES: Nation = Nation {
    country: "AE",
    language: "ar",
    share: 25,
    shape: Shape::GivenFamily,
    women: "نور الهدى=Nour; فاطمة=Fatima; عائشة=Aisha; مريم=Maryam; ليلى=Layla; زينب=Zaynab; سلمى=Salma; هدى=Huda; ياسمين=Yasmin; رانيا=Rania; خديجة=Khadija; أمل=Amal",
    men: "محمد=Muhammad; أحمد=Ahmad; خالد=Khalid; يوسف=Yusuf; عمر=Omar; إبراهيم=Ibrahim; سعيد=Said; حسن=Hasan; طارق=Tariq; عبد الله=Abdullah; راشد=Rashid; سامي=Sami",
    families: "الخطيب=al-Khatib; المنصوري=al-Mansouri; الحداد=al-Haddad; النجار=al-Najjar; السيد=al-Sayyid; الشامي=al-Shami; الهاشمي=al-Hashimi; العلي=al-Ali; الرشيد=al-Rashid; البغدادي=al-Baghdadi; القاسمي=al-Qasimi; صالح=Saleh",
    families_of_men: "",
    streets: "شارع الوحدة @; شارع الكورنيش @; شارع النخيل @; شارع الملك فيصل @",
    towns: "1####|دبي; 2####|أبو ظبي; 3####|الشارقة; 4####|العين",
    phone: "+971 50 555 0###",
};

pub(super) const ISRAEL: Nation = Nation {
    country: "IL",
    language: "he",
    share: 20,
    shape: Shape::GivenFamily,
    women: "יעל=Yael; נועה=Noa; תמר=Tamar; רבקה=Rivka; מיכל=Michal; שירה=Shira; אביגיל=Avigail; מרים=Miriam; הדס=Hadas; ענת=Anat; ליאת=Liat; רות=Ruth",
    men: "דוד=David; יוסף=Yosef; אברהם=Avraham; משה=Moshe; איתן=Eitan; נועם=Noam; אורי=Uri; גיל=Gil; רון=Ron; שלמה=Shlomo; יונתן=Yonatan; עמית=Amit",
    families: "בן־דוד=Ben-David; כהן=Cohen; לוי=Levi; מזרחי=Mizrahi; פרץ=Peretz; ביטון=Biton; אזולאי=Azoulay; פרידמן=Friedman; שפירא=Shapira; ברק=Barak; גולן=Golan; הראל=Harel",
    families_of_men: "",
    streets: "רחוב הרצל @; שדרות רוטשילד @; רחוב הזית @; רחוב ויצמן @",
    towns: "6####00|תל אביב; 9####00|ירושלים; 3####00|חיפה; 8####00|באר שבע",
    phone: "+972 50 555 0###",
};

pub(super) const NEW_ZEALAND: Nation = Nation {
    country: "NZ",
    language: "en",
    share: 25,
    shape: Shape::GivenFamily,
    women: "Aroha; Hinemoa; Ngaio; Tūī; Mereana; Whetū; Kahurangi; Marama; Ōriwa; Charlotte; Isabella; Anahera; Rāhera",
    men: "Tāne; Wiremu; Hēmi; Rāwiri; Kauri; Manaaki; Nīkau; Te Ariki; Mikaere; Tāmati; Jack; Lachlan; Hōne",
    families: "Rangihuna; Ngāwhare; Te Rangi; Parata; Waititi; Kākā; Tūhoro; Hāpuka; Thompson; McKenzie; Tūwhare; Pōmare; Manihera; Whaanga",
    families_of_men: "",
    streets: "@ Kōwhai Street; @ Rimu Road; @ Beach Parade; @ Tūī Glen; @ Marine Drive",
    towns: "10##|Auckland; 60##|Wellington; 80##|Ōtautahi Christchurch; 90##|Dunedin; 31##|Tauranga; 40##|Gisborne",
    phone: "+64 21 555 0###",
};
