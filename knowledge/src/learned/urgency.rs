//! How soon a person should see a message: words of danger, of anger, of deadlines.

use std::sync::LazyLock;
use triage::classification::Priority;
use triage::phrases::Phrases;
use triage::text::plain;

/// Danger to people or a lawyer: at once. Phrases as [`plain`] writes them, four languages.
const DANGER: &[&str] = &[
    "on fire",
    "caught fire",
    "fire",
    "smoke",
    "smoking",
    "exploded",
    "explosion",
    "gas leak",
    "smell gas",
    "electric shock",
    "injured",
    "injury",
    "injuries",
    "hurt myself",
    "got hurt",
    "bleeding",
    "ambulance",
    "emergency",
    "hospital",
    "accident",
    "unconscious",
    "poisoned",
    "suicide",
    "kill myself",
    "hurt me",
    "burned me",
    "burnt me",
    "allergic reaction",
    "brakes failed",
    "brake failed",
    "feu",
    "fumee",
    "incendie",
    "blesse",
    "blessee",
    "saigne",
    "accident grave",
    "urgences",
    "ambulance",
    "hopital",
    "danger",
    "explose",
    "fuego",
    "incendio",
    "humo",
    "herido",
    "herida",
    "sangre",
    "sangrando",
    "ambulancia",
    "accidente",
    "emergencia",
    "peligro",
    "explotado",
    "feuer",
    "brennt",
    "rauch",
    "verletzt",
    "blutet",
    "krankenwagen",
    "notfall",
    "krankenhaus",
    "gefahr",
];

/// Anger and threats: before the others.
const ANGER: &[&str] = &[
    "unacceptable",
    "ridiculous",
    "disgusting",
    "disgusted",
    "furious",
    "pissed",
    "fed up",
    "sick of",
    "worst",
    "terrible",
    "horrible",
    "awful",
    "pathetic",
    "scam",
    "scammed",
    "scammers",
    "ripoff",
    "rip off",
    "liars",
    "thieves",
    "fraud",
    "stolen",
    "hacked",
    "lawyer",
    "attorney",
    "sue",
    "lawsuit",
    "legal action",
    "small claims",
    "chargeback",
    "complaint",
    "speak to a manager",
    "never again",
    "joke",
    "shame on",
    "wtf",
    "bullshit",
    "third time",
    "still waiting",
    "inadmissible",
    "inacceptable",
    "scandaleux",
    "honteux",
    "arnaque",
    "voleurs",
    "avocat",
    "plainte",
    "furieux",
    "furieuse",
    "ras le bol",
    "marre",
    "vole",
    "pirate",
    "inaceptable",
    "verguenza",
    "estafa",
    "estafadores",
    "ladrones",
    "abogado",
    "denuncia",
    "denunciar",
    "queja",
    "harto",
    "harta",
    "robado",
    "pesimo",
    "unverschamt",
    "unverschamtheit",
    "frechheit",
    "betrug",
    "betruger",
    "anwalt",
    "beschwerde",
    "wutend",
    "inakzeptabel",
    "gestohlen",
];

/// Deadlines: before the others.
const DEADLINE: &[&str] = &[
    "asap",
    "urgent",
    "urgently",
    "right now",
    "right away",
    "immediately",
    "at once",
    "as soon as possible",
    "hurry",
    "by tonight",
    "by tomorrow",
    "by today",
    "in an hour",
    "within the hour",
    "last minute",
    "leaving today",
    "leaving tonight",
    "leaving tomorrow",
    "need it today",
    "need it tonight",
    "need it tomorrow",
    "deadline",
    "tout de suite",
    "au plus vite",
    "des que possible",
    "immediatement",
    "d urgence",
    "urgence",
    "vite",
    "avant ce soir",
    "avant demain",
    "urgente",
    "urgentemente",
    "lo antes posible",
    "ahora mismo",
    "cuanto antes",
    "ya mismo",
    "dringend",
    "sofort",
    "so schnell wie moglich",
    "umgehend",
    "eilig",
];

/// There is time.
const NO_HURRY: &[&str] = &[
    "no rush",
    "no hurry",
    "not urgent",
    "whenever you can",
    "when you get a chance",
    "no worries",
    "take your time",
    "just curious",
    "pas urgent",
    "rien d urgent",
    "pas presse",
    "quand vous pourrez",
    "sin prisa",
    "no es urgente",
    "cuando puedas",
    "nicht eilig",
    "keine eile",
    "nicht dringend",
];

/// A text in capitals shouts from so many letters on.
const SHOUTED_LETTERS_MIN: usize = 12;
/// So many exclamation marks in a row are anger or hurry.
const MARKS_IN_A_ROW: &str = "!!!";

struct Known {
    danger: Phrases,
    anger: Phrases,
    deadline: Phrases,
    no_hurry: Phrases,
}

static PHRASES: LazyLock<Known> = LazyLock::new(|| Known {
    danger: Phrases::of(DANGER),
    anger: Phrases::of(ANGER),
    deadline: Phrases::of(DEADLINE),
    no_hurry: Phrases::of(NO_HURRY),
});

/// The urgency of a text. Danger is urgent; anger or a deadline is high, both together urgent; "no rush" is low unless there is danger or anger.
pub fn urgency(text: &str) -> Priority {
    let plain = plain(text);
    let anger = PHRASES.anger.stand_in(&plain) || shouts(text);
    let no_hurry = PHRASES.no_hurry.stand_in(&plain);
    let deadline = PHRASES.deadline.stand_in(&plain) && !no_hurry;
    if PHRASES.danger.stand_in(&plain) || (anger && deadline) {
        Priority::Urgent
    } else if anger || deadline {
        Priority::High
    } else if no_hurry {
        Priority::Low
    } else {
        Priority::Normal
    }
}

fn shouts(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (mut all, mut capital) = (0usize, 0usize);
    for letter in letters {
        all += 1;
        capital += usize::from(letter.is_uppercase());
    }
    let in_capitals = all >= SHOUTED_LETTERS_MIN && capital * 10 >= all * 8;
    in_capitals || text.contains(MARKS_IN_A_ROW)
}
