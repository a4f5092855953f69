//! German wording. Words are without umlauts here ("hort" for "hört"); spellings such as "hoert" are listed.

use super::grammar::Table;

/// How German-speaking customers ask to be left alone, or back. `phrase` says how a row is read.
pub const TABLE: Table = Table {
    spelling: SPELLING,
    joined: JOINED,
    courtesy: "bitte danke und aber hallo jetzt sofort endlich also mal doch bitteschon guten tag ab",
    classes: CLASSES,
    stop: STOP,
    except: EXCEPT,
    instruction: &[
        "antworten|antworte|senden|sende|sms sie? mit? stop|stopp|abmelden ..1 an|mit|um|zum",
        "zum abmelden|abbestellen ..2 antworten|senden",
    ],
    start: START,
    help: &["<< hilfe >>"],
};

const SPELLING: &[(&str, &str)] = &[
    ("hoer", "hor"),
    ("hoert", "hort"),
    ("hoeren", "horen"),
    ("moechte", "mochte"),
    ("moechten", "mochten"),
    ("wuensche", "wunsche"),
    ("belaestigen", "belastigen"),
    ("belaestigt", "belastigt"),
    ("loeschen", "loschen"),
    ("loescht", "loscht"),
    ("loesch", "losch"),
    ("loesche", "losch"),
    ("losche", "losch"),
    ("lassts", "lasst"),
    ("nachichten", "nachrichten"),
    ("nachrichen", "nachrichten"),
    ("nich", "nicht"),
    ("ned", "nicht"),
    ("kein", "keine"),
    ("keinen", "keine"),
    ("schreibe", "schreib"),
    ("schicke", "schick"),
    ("hoere", "hor"),
    ("hore", "hor"),
];

const JOINED: &[(&str, &str)] = &[
    ("nie wieder", "niewieder"),
    ("nicht mehr", "niewieder"),
    ("nie mehr", "niewieder"),
    ("nicht weiter", "niewieder"),
    ("nicht langer", "niewieder"),
];

const CLASSES: &[(&str, &str)] = &[
    (
        "nachrichten",
        "sms nachrichten nachricht texte textnachrichten werbung werbe werbesms spam mitteilungen benachrichtigungen angebote infos smsen",
    ),
    ("schreiben", "schreiben schreibt schreib texten textet simst anschreiben"),
    ("kontaktieren", "kontaktieren kontaktiert kontaktier kontaktiere belastigen belastigt storen stort nerven nervt anschreiben spammen"),
    ("schicken", "schicken schickt schick senden sendet sende send"),
    ("streichen", "streichen streicht streich nehmen nehmt nimm loschen loscht losch entfernen entfernt entferne tragen tragt entfern"),
    ("liste", "liste listen verteiler kartei system datenbank kontakten adressbuch"),
    ("warum", "warum wieso weshalb ihr sie er wir man wenn ich kann konnte falls"),
    ("will", "will mochte mochten wollen wunsche wunschen mag brauche wurde"),
];

const STOP: &[&str] = &[
    "<< stop|stopp >>",
    "<< aufhoren|hor|hort auf? >>",
    "<< horen sie auf >>",
    "< keine weiteren|weitere? @nachrichten mehr",
    "< keine weiteren|weitere @nachrichten",
    "< keine @nachrichten >",
    "< nie|niewieder @nachrichten",
    "@will ..1 von|von? euch|ihnen? keine weiteren|weitere|eurer|ihrer? @nachrichten",
    "@will keine ..2 @nachrichten mehr",
    "@will niewieder angeschrieben|kontaktiert|belastigt",
    "@will ..1 niewieder ..2 kontaktiert|angeschrieben|belastigt",
    "~@warum @schreiben sie? mir|uns|mich? bitte? niewieder",
    "~@warum @kontaktieren sie? mich|uns bitte? niewieder|nie|nicht",
    "< niewieder @schreiben|@kontaktieren|melden >",
    "hor|hort|horen sie? bitte? auf .? mir|mich|uns ..2 schreiben|schicken|senden|nerven|belastigen|kontaktieren|texten|spammen",
    "hor|hort|horen sie? bitte? auf mit ..2 @nachrichten",
    "~@warum @schicken sie? mir|uns bitte? keine weiteren|weitere|eure|ihre? @nachrichten",
    "~@warum @schicken sie? mir|uns bitte? nichts mehr",
    "@streichen sie? mich|uns|meine|diese nummer? ..1 von|aus|vom ..2 @liste",
    "mich|meine|uns nummer? von|aus|vom ..2 @liste|verteilern @streichen",
    "@streichen|vergessen|vergiss|vergesst sie? bitte? meine|diese nummer",
    "~@warum meine|diese nummer bitte? @streichen >",
    "melden|meldet|melde sie? mich|uns bitte? ab",
    "mich|uns ..1 abmelden >",
    "mich von|fur|aus ..2 @nachrichten|@liste abmelden",
    "< abmelden >",
    "< abbestellen >>",
    "die|diese|eure|ihre|alle @nachrichten abbestellen|abmelden|stoppen|abstellen|kundigen >",
    "lasst|lassen|lass sie? mich|uns ..2 ruhe|frieden",
    "widerrufe|entziehe|widerruf|ziehe ..2 einwilligung|zustimmung|erlaubnis",
    "widerspreche ..4 @nachrichten",
    "schluss mit ..2 @nachrichten",
    "stoppt|stoppen|stopp|stop|stoppe sie? bitte? die|diese|eure|ihre|den|das|mit? @nachrichten",
    "genug mit? von|den|euren|der? @nachrichten",
    "abmeldung von ..2 @nachrichten",
    "falsche nummer .? bitte? loschen|stop|stopp|entfernen",
];

const EXCEPT: &[&str] = &[
    "@nachrichten|@schreiben|@kontaktieren ..3 vor|nach|bis|wahrend",
    "per|via|als sms|nachricht",
    "abo|premium|konto|app|newsletter ..2 abbestellen|abmelden",
    "vom|im|aus|beim dem? konto|app|portal|account|premium|abo ..2 abmelden",
    "abmelden im|in|vom",
    "wie|wo ..3 meine nummer",
    "nicht|nie abmelden|abbestellen",
    "nicht mich ..2 abmelden",
    "warum|wieso|weshalb ..8",
    "@nachrichten bekommen|erhalten|gekriegt|angekommen",
    "lassen|lasst|lass mich|uns ..1 in ruhe uberlegen|nachdenken|schauen|entscheiden",
    "kann|konnte mich ..1 abmelden",
    "nummer und",
    "nicht ab",
];

const START: &[&str] = &[
    "< wieder @nachrichten @schicken",
    "@will ..1 wieder @nachrichten",
    "melden|meldet|melde sie? mich|uns wieder an",
    "mich wieder anmelden",
    "konnt|konnen|durft|durfen sie|ihr? mir|uns wieder @schreiben",
    "@schreiben|@schicken sie? mir|uns wieder >|@nachrichten",
    "wieder @nachrichten bekommen|erhalten|empfangen >>",
];
