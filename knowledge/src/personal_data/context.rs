//! What the words around a number say of it.

use triage::text::fold;

/// Bytes before a number that are looked at.
const WINDOW_BYTES: usize = 48;
/// Words before a number that are looked at, the nearest first.
const WORDS_MAX: usize = 6;

/// What a number is about, by the words before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// Calling somebody.
    Phone,
    /// An order, a parcel, an account. `is_next`: nothing but "number", "is" and the like stands between.
    Order {
        /// The word stands right before.
        is_next: bool,
    },
    /// Social security.
    Social,
    /// A birth.
    Birth,
    /// A thing that is sold.
    Product,
    /// A number, of what is not said.
    Number,
    /// Nothing is said.
    Unknown,
}

/// Words that announce a phone number; one that ends with `*` is the beginning of words.
const PHONE: [&str; 34] = [
    "phone",
    "phones",
    "telephone",
    "tel",
    "tlf",
    "tfno",
    "cell",
    "cellphone",
    "mobile",
    "mobil",
    "mob",
    "whatsapp",
    "sms",
    "text",
    "txt",
    "call",
    "calling",
    "ring",
    "reach",
    "fax",
    "portable",
    "appel*",
    "rappel*",
    "joign*",
    "joindre",
    "movil",
    "telefono",
    "llam*",
    "handy",
    "telefon*",
    "anruf*",
    "ruf*",
    "erreich*",
    "ruckruf*",
];
/// Words that announce the number of an order, a parcel, an account.
const ORDER: [&str; 45] = [
    "order",
    "orders",
    "ordernumber",
    "commande",
    "commandes",
    "cmd",
    "cde",
    "pedido",
    "pedidos",
    "bestell*",
    "auftrag*",
    "tracking",
    "suivi",
    "seguimiento",
    "sendung*",
    "ticket",
    "invoice",
    "facture",
    "factura",
    "rechnung*",
    "account",
    "compte",
    "cuenta",
    "konto*",
    "kunden*",
    "reference",
    "referencia",
    "referenz",
    "ref",
    "booking",
    "reservation",
    "reservierung*",
    "reserva",
    "id",
    "parcel",
    "colis",
    "paquete",
    "paket*",
    "package",
    "customer",
    "client",
    "cliente",
    "dossier",
    "vorgang*",
    "shipment",
];
const SOCIAL: [&str; 12] =
    ["ssn", "social", "security", "secu", "securite", "sociale", "nir", "seguridad", "sozialversicherung*", "sv", "insee", "nss"];
const BIRTH: [&str; 14] = [
    "born",
    "birth",
    "birthday",
    "birthdate",
    "dob",
    "ne",
    "nee",
    "naissance",
    "nacido",
    "nacida",
    "nacimiento",
    "geboren",
    "geburt*",
    "geb",
];
const PRODUCT: [&str; 32] = [
    "article",
    "articles",
    "artikel*",
    "articulo",
    "model",
    "modell",
    "modele",
    "modelo",
    "sku",
    "ean",
    "isbn",
    "gtin",
    "upc",
    "barcode",
    "item",
    "part",
    "product",
    "produit",
    "producto",
    "produkt*",
    "size",
    "taille",
    "talla",
    "grosse",
    "type",
    "typ",
    "version",
    "serie",
    "series",
    "code-barres",
    "lot",
    "iso",
];
/// Words that stand between a noun and its number and change nothing.
const LINKING: [&str; 24] = [
    "no", "nr", "n", "num", "nbr", "is", "was", "the", "my", "est", "es", "ist", "le", "la", "el", "ma", "mon", "mi", "die", "der",
    "meine", "code", "de", "o",
];
const NUMBER: [&str; 8] = ["number", "numero", "nummer", "numbers", "num", "nro", "numeros", "nummern"];
/// After these words a number of five digits is a place: "my order to 75011 Paris".
const PLACE: [&str; 25] = [
    "to",
    "for",
    "para",
    "pour",
    "fur",
    "hacia",
    "in",
    "at",
    "near",
    "from",
    "a",
    "au",
    "en",
    "nach",
    "aus",
    "bei",
    "zip",
    "postcode",
    "postal",
    "postale",
    "cp",
    "plz",
    "pc",
    "zipcode",
    "postleitzahl",
];
/// What is counted or measured when it touches the digits.
const UNITS_TOUCHING: [&str; 40] = [
    "h", "x", "cm", "mm", "m", "g", "kg", "mg", "ml", "cl", "l", "km", "am", "pm", "eur", "euro", "euros", "e", "k", "w", "v", "gb", "mb",
    "go", "tb", "st", "nd", "rd", "th", "er", "eme", "ème", "min", "s", "j", "d", "uhr", "usd", "gbp", "chf",
];
/// What is counted or measured one blank later.
const UNITS_APART: [&str; 48] = [
    "cm",
    "mm",
    "kg",
    "ml",
    "km",
    "eur",
    "euro",
    "euros",
    "usd",
    "dollars",
    "dollar",
    "dolares",
    "dólares",
    "pounds",
    "gbp",
    "chf",
    "x",
    "people",
    "personnes",
    "personas",
    "personen",
    "pieces",
    "pièces",
    "pcs",
    "stück",
    "stueck",
    "stk",
    "piezas",
    "items",
    "fois",
    "veces",
    "days",
    "jours",
    "días",
    "dias",
    "tage",
    "tagen",
    "weeks",
    "semaines",
    "semanas",
    "wochen",
    "months",
    "mois",
    "meses",
    "monate",
    "units",
    "unités",
    "unidades",
];
/// Hours of the day, which bind two digits only.
const HOURS: [&str; 6] = ["am", "pm", "h", "uhr", "heures", "horas"];
const CURRENCIES: [char; 4] = ['€', '$', '£', '¥'];
const CURRENCY_WORDS: [&str; 5] = ["eur", "usd", "gbp", "chf", "us$"];

fn is_one_of(word: &str, table: &[&str]) -> bool {
    table.iter().any(|entry| match entry.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => *entry == word,
    })
}

/// The word announces a phone number.
pub fn is_phone_word(word: &str) -> bool {
    is_one_of(&fold(word), &PHONE)
}

/// What the words before a number say; words before another number, a line break, a question or a call say nothing.
pub fn subject(before: &str) -> Subject {
    if before.trim_end().ends_with(['#', '№']) {
        return Subject::Order { is_next: true };
    }
    let border = before.len().saturating_sub(WINDOW_BYTES);
    let window = (border..=before.len()).find_map(|at| before.get(at..)).unwrap_or_default();
    let window = window.rsplit(|c: char| c.is_ascii_digit() || "\n?!;".contains(c)).next().unwrap_or_default();
    let folded = fold(window);
    let (mut is_next, mut is_number, mut is_place) = (true, false, false);
    for word in folded.rsplit(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(WORDS_MAX) {
        match word {
            word if is_one_of(word, &PHONE) => return Subject::Phone,
            word if is_one_of(word, &SOCIAL) => return Subject::Social,
            word if is_one_of(word, &BIRTH) && is_next => return Subject::Birth,
            word if is_one_of(word, &PRODUCT) && is_next => return Subject::Product,
            word if is_one_of(word, &ORDER) && !is_place => return Subject::Order { is_next },
            word if is_one_of(word, &NUMBER) => is_number = true,
            word if is_one_of(word, &PLACE) => (is_place, is_next) = (true, false),
            word if is_one_of(word, &LINKING) => {}
            _ => is_next = false,
        }
    }
    if is_number { Subject::Number } else { Subject::Unknown }
}

/// The letters at the start of a text, after one blank at most.
pub fn word_at_start(text: &str) -> &str {
    let text = text.strip_prefix([' ', '\u{a0}', '\u{202f}']).unwrap_or(text);
    text.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default()
}

/// What follows some digits makes them an amount: a currency, a percentage, a unit. `word` is the word at the start of it.
pub fn is_unit(after: &str, word: &str, digits: &str) -> bool {
    let rest = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    if rest.starts_with(CURRENCIES) || rest.starts_with(['%', '°']) {
        return true;
    }
    if word.is_empty() {
        return false;
    }
    let lower = word.to_lowercase();
    let touches = after.starts_with(word);
    if HOURS.contains(&lower.as_str()) {
        let hour = digits.parse::<u32>().unwrap_or(u32::MAX);
        return (digits.len() <= 2 && hour <= 24) || (touches && digits.len() <= 4);
    }
    if touches { UNITS_TOUCHING.contains(&lower.as_str()) } else { UNITS_APART.contains(&lower.as_str()) }
}

/// What stands before some digits ends with a currency.
pub fn ends_with_currency(before: &str) -> bool {
    let head = before.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    let letters = head.rsplit(|c: char| !c.is_alphabetic() && c != '$').next().unwrap_or_default();
    head.ends_with(CURRENCIES) || (letters.len() == 3 && CURRENCY_WORDS.iter().any(|word| word.eq_ignore_ascii_case(letters)))
}
