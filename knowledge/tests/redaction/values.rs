//! Values as people write them, personal and not.

/// Numbers that look random and are the same in every run (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn seeded(seed: u64) -> Self {
        Random(seed | 1)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    pub(crate) fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    pub(crate) fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    /// A form in which `#` is any digit and `1` to `9` stand for themselves.
    fn fill(&mut self, form: &str) -> String {
        form.chars().map(|c| if c == '#' { char::from(b'0' + self.below(10) as u8) } else { c }).collect()
    }
}

const PHONES_FR: [&str; 12] = [
    "06 ## ## ## ##",
    "07 ## ## ## ##",
    "06########",
    "06.##.##.##.##",
    "01-##-##-##-##",
    "+33 6 ## ## ## ##",
    "+336########",
    "+33 (0)6 ## ## ## ##",
    "0033 6 ## ## ## ##",
    "06/##/##/##/##",
    "06## ## ## ##",
    "02 ## ## ## ##",
];
const PHONES_ES: [&str; 10] = [
    "6## ### ###",
    "6########",
    "91 ### ## ##",
    "9## ### ###",
    "+34 6## ## ## ##",
    "+346########",
    "6## ## ## ##",
    "6##-###-###",
    "0034 6## ### ###",
    "7## ### ###",
];
const PHONES_DE: [&str; 11] = [
    "0171 #######",
    "0171/#######",
    "0151 ########",
    "030 #######",
    "030/######",
    "+49 171 #######",
    "+49 (0)171 #######",
    "0049 171 #######",
    "0171-#######",
    "(030) #######",
    "0151########",
];
const PHONES_EN: [&str; 17] = [
    "(202) 555-0###",
    "202-555-0###",
    "415.555.0###",
    "2025550###",
    "+1 202 555 0###",
    "+1 (415) 555-0###",
    "+12025550###",
    "1-800-555-0###",
    "555-0###",
    "07911 ######",
    "020 7946 0###",
    "+44 7911 ######",
    "+44 (0)20 7946 0###",
    "+41 79 ### ## ##",
    "+32 470 ## ## ##",
    "+39 333 #######",
    "312 555 0###",
];

pub(crate) fn phone(language: &str, random: &mut Random) -> String {
    let own: &[&str] = match language {
        "fr" => &PHONES_FR,
        "es" => &PHONES_ES,
        "de" => &PHONES_DE,
        _ => &PHONES_EN,
    };
    let foreign: &[&str] = [&PHONES_FR[..], &PHONES_ES[..], &PHONES_DE[..], &PHONES_EN[..]][random.below(4)];
    let form = if random.below(4) > 0 { random.pick(own) } else { random.pick(foreign) };
    random.fill(form)
}

pub(crate) fn email(random: &mut Random) -> String {
    let first = random.pick(&["jo", "marie", "jose.luis", "k.mueller", "anna_b", "peter", "zoe", "m.dupont", "garcia", "info", "élodie"]);
    let more = random.pick(&["", "", "88", "+shop", ".x", "-1990"]);
    let domain = random.pick(&[
        "example.org",
        "gmail.com",
        "hotmail.fr",
        "yahoo.es",
        "web.de",
        "mail.example.co.uk",
        "example.com",
        "a-b.example.net",
    ]);
    let address = format!("{first}{more}@{domain}");
    if random.below(8) == 0 { address.to_uppercase() } else { address }
}

pub(crate) fn card(random: &mut Random) -> String {
    let start = random.pick(&["4", "51", "52", "55", "37", "6011", "2223"]);
    let length = if start == "37" { 15 } else { 16 };
    let body = format!("{start}{}", random.digits(length - 1 - start.len()));
    let sum: u32 = body.bytes().rev().enumerate().fold(0, |sum, (place, digit)| {
        let digit = u32::from(digit - b'0');
        sum + if place % 2 == 0 { (digit * 2) % 10 + digit * 2 / 10 } else { digit }
    });
    let number = format!("{body}{}", (10 - sum % 10) % 10);
    let gap = random.pick(&[" ", "-", "", " ", "."]);
    let cuts: &[usize] = if length == 15 { &[4, 6, 5] } else { &[4, 4, 4, 4] };
    grouped(&number, cuts, gap)
}

fn grouped(text: &str, cuts: &[usize], gap: &str) -> String {
    let mut at = 0;
    let parts: Vec<&str> = cuts
        .iter()
        .map(|length| {
            at += length;
            &text[at - length..at.min(text.len())]
        })
        .collect();
    parts.join(gap)
}

pub(crate) fn iban(random: &mut Random) -> String {
    let (country, length) =
        [("FR", 23), ("DE", 18), ("ES", 20), ("GB", 18), ("NL", 14), ("BE", 12), ("CH", 17), ("IT", 23)][random.below(8)];
    let letters = match country {
        "GB" | "NL" => 4,
        "IT" => 1,
        _ => 0,
    };
    let bank: String = (0..letters).map(|_| char::from(b'A' + random.below(26) as u8)).collect();
    let account = format!("{bank}{}", random.digits(length - letters));
    let rest = format!("{account}{country}00")
        .chars()
        .filter_map(|c| c.to_digit(36))
        .fold(0_u32, |rest, value| (rest * if value > 9 { 100 } else { 10 } + value) % 97);
    let whole = format!("{country}{:02}{account}", 98 - rest);
    let spaced: Vec<String> = whole.as_bytes().chunks(4).map(|chunk| String::from_utf8_lossy(chunk).into_owned()).collect();
    match random.below(4) {
        0 => whole,
        1 => whole.to_lowercase(),
        _ => spaced.join(" "),
    }
}

pub(crate) fn social(language: &str, random: &mut Random) -> String {
    if language != "fr" {
        let (area, gap) = (random.between(101, 799), random.pick(&["-", "-", " "]));
        return format!("{area}{gap}{:02}{gap}{:04}", random.between(1, 99), random.between(1, 9999));
    }
    let body = format!(
        "{}{:02}{:02}{:02}{:03}{:03}",
        1 + random.below(2),
        random.below(100),
        random.between(1, 12),
        random.between(1, 95),
        random.between(1, 990),
        random.between(1, 999)
    );
    let key = 97 - body.parse::<u64>().unwrap() % 97;
    let whole = format!("{body}{key:02}");
    if random.below(3) == 0 { whole } else { grouped(&whole, &[1, 2, 2, 2, 3, 3, 2], " ") }
}

pub(crate) fn order(random: &mut Random) -> String {
    let form = random.pick(&["#####", "######", "########", "AB-######", "WB-#####", "##########", "#### ####"]);
    let filled = random.fill(form);
    if filled.starts_with('0') { filled.replacen('0', "4", 1) } else { filled }
}

pub(crate) fn price(random: &mut Random) -> String {
    let form = random.pick(&[
        "1#,50 €",
        "€4#.99",
        "$1,2##.99",
        "1 2##,00 EUR",
        "2.3## €",
        "3# EUR",
        "9# euros",
        "£1,2##",
        "$5##",
        "12##.50 USD",
        "1 2## €",
        "4#€",
        "25### EUR",
        "CHF 1#9.50",
        "1 250 000 €",
    ]);
    random.fill(form)
}

pub(crate) fn date(random: &mut Random) -> String {
    let (day, month, year) = (random.between(1, 28), random.between(1, 12), random.between(2019, 2027));
    match random.below(9) {
        0 => format!("{year}-{month:02}-{day:02}"),
        1 => format!("{day:02}/{month:02}/{year}"),
        2 => format!("{day}.{month}.{year}"),
        3 => format!("{day:02}.{month:02}.{}", year % 100),
        4 => format!("{day:02}/{month:02}"),
        5 => format!("{year}-{month:02}-{day:02} {:02}:30", random.between(8, 19)),
        6 => format!("{day:02}/{month:02}/{year} - {:02}/{month:02}/{year}", random.between(1, 28)),
        7 => format!("{year}-{}", year + 1),
        _ => format!("{day:02}-{month:02}-{year}"),
    }
}

pub(crate) fn time(random: &mut Random) -> String {
    let (hour, minute) = (random.between(7, 21), random.pick(&["00", "15", "30", "45"]));
    match random.below(4) {
        0 => format!("{hour}:{minute}"),
        1 => format!("{hour}h{minute}"),
        2 => format!("{hour}.{minute}"),
        _ => format!("{} pm", hour % 12 + 1),
    }
}

pub(crate) fn hours(random: &mut Random) -> String {
    random
        .pick(&[
            "9:00-18:00",
            "9h30-18h30",
            "9.30-18.00",
            "9am-5pm",
            "9-17 Uhr",
            "10.00 - 19.30",
            "08:00 - 12:00",
            "9 a 17 h",
            "0900-1700",
            "10h à 19h",
            "9.00-12.30 14.00-18.00",
        ])
        .to_owned()
}

pub(crate) fn size(random: &mut Random) -> String {
    random
        .pick(&[
            "38",
            "EU 42",
            "36/38",
            "90x200 cm",
            "120 x 60 x 45 cm",
            "W32 L34",
            "36 38 40 42",
            "42.5",
            "10-12",
            "1200 x 800 mm",
            "15,6\"",
            "500 ml",
        ])
        .to_owned()
}

pub(crate) fn amount(random: &mut Random) -> String {
    random.pick(&["3 x 250 g", "2", "1 000", "12 500", "1 250 000", "5-7", "100", "24", "2 500", "1.500", "10 000", "3-4"]).to_owned()
}

pub(crate) fn place(random: &mut Random) -> String {
    random
        .pick(&[
            "75011 Paris",
            "10115 Berlin",
            "28013 Madrid",
            "SW1A 1AA",
            "New York, NY 10001",
            "Beverly Hills 90210-1234",
            "12 rue de la Paix, 69002 Lyon",
            "Hauptstr. 45, 80331 München",
            "Calle Mayor 5, 08001 Barcelona",
            "D-50667 Köln",
        ])
        .to_owned()
}

pub(crate) fn product(random: &mut Random) -> String {
    random
        .pick(&[
            "iPhone 15 Pro 256 GB",
            "X-450",
            "WD40",
            "Brightline 600",
            "iOS 17.4.1",
            "https://shop.example/articles/360012345678",
            "USB 3.2",
            "A4 80g",
            "192.168.1.254",
            "SPRING20",
            "PS5",
            "4x4",
            "firmware 10.0.19045",
            "4500-200",
        ])
        .to_owned()
}
