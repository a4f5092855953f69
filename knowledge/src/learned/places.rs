//! Names of countries and of a few regions, in the four languages that the mind speaks: enough to notice that a question names one.
//!
//! A short list, not a gazetteer: cities and regions that it lacks are noticed by what stands before them (see
//! [`crate::learned::named`]) or because a passage writes them with a capital letter. Names that are common words ("turkey" on
//! a menu, "jordan", "chad") are left out.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One place a line: its names as [`triage::text::plain`] writes them, parted by `/`.
const PLACES: &str = "\
united states/the us/u s/usa/the states/america/etats unis/estados unidos/eeuu/ee uu/vereinigte staaten/vereinigten staaten/amerika
united kingdom/uk/u k/great britain/britain/england/royaume uni/grande bretagne/angleterre/reino unido/inglaterra/grossbritannien
scotland/ecosse/escocia/schottland
wales/pays de galles/gales
ireland/irlande/irlanda/irland
canada/kanada
quebec
ontario
british columbia/colombie britannique
alberta
mexico/mexique/mejico/mexiko
france/francia/frankreich
corsica/corse/corcega/korsika
spain/espagne/espana/spanien
canary islands/iles canaries/islas canarias/canarias/kanarische inseln
germany/allemagne/alemania/deutschland
austria/autriche/osterreich
switzerland/suisse/suiza/schweiz
belgium/belgique/belgica/belgien
netherlands/holland/pays bas/hollande/paises bajos/holanda/niederlande
luxembourg/luxemburgo/luxemburg
italy/italie/italia/italien
portugal
denmark/danemark/dinamarca
norway/norvege/noruega/norwegen
sweden/suede/suecia/schweden
finland/finlande/finlandia/finnland
iceland/islande/islandia/island
poland/pologne/polonia/polen
czech republic/czechia/republique tcheque/tchequie/republica checa/chequia/tschechien
slovakia/slovaquie/eslovaquia/slowakei
hungary/hongrie/hungria/ungarn
romania/roumanie/rumania/rumanien
bulgaria/bulgarie/bulgarien
greece/grece/grecia/griechenland
croatia/croatie/croacia/kroatien
slovenia/slovenie/eslovenia/slowenien
serbia/serbie/serbien
ukraine/ucrania
russia/russie/rusia/russland
estonia/estonie/estland
latvia/lettonie/letonia/lettland
lithuania/lituanie/lituania/litauen
cyprus/chypre/chipre/zypern
malta/malte
israel
egypt/egypte/egipto/agypten
morocco/maroc/marruecos/marokko
algeria/algerie/argelia/algerien
tunisia/tunisie/tunez/tunesien
nigeria
kenya/kenia
south africa/afrique du sud/sudafrica/sudafrika
saudi arabia/arabie saoudite/arabia saudita/saudi arabien
united arab emirates/uae/dubai/emirats arabes unis/emiratos arabes unidos
india/inde/indien
pakistan
bangladesh
china/chine/kina
hong kong
taiwan
japan/japon
south korea/korea/coree du sud/coree/corea del sur/corea/sudkorea
singapore/singapour/singapur
malaysia/malaisie/malasia
thailand/thailande/tailandia
vietnam
indonesia/indonesie/indonesien
philippines/filipinas/philippinen
australia/australie/australien
new zealand/nouvelle zelande/nueva zelanda/neuseeland
brazil/bresil/brasil/brasilien
argentina/argentine/argentinien
colombia/colombie/kolumbien
peru/perou
venezuela
ecuador/equateur
cuba/kuba
puerto rico/porto rico
dominican republic/republique dominicaine/republica dominicana
europe/europa/the eu/european union/union europeenne/union europea/europaische union
africa/afrique/afrika
asia/asie/asien
alaska
hawaii/hawai
california/californie/californien
texas
florida/floride
new york/nueva york
new jersey
washington
chicago
los angeles
london/londres
paris
madrid
barcelona/barcelone
berlin
vienna/vienne/wien
zurich
geneva/geneve/ginebra/genf
brussels/bruxelles/bruselas/brussel
montreal
toronto
vancouver";

/// Words of a name at most.
pub const NAME_WORDS_MAX: usize = 4;

/// Every name with the line that it stands on.
static NAMES: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let lines = PLACES.lines().enumerate();
    lines.flat_map(|(line, names)| names.split('/').map(move |name| (name, line))).collect()
});

/// A place that a text names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// As the text has it, in plain words.
    pub written: String,
    /// Equal for all names of one place.
    pub key: usize,
}

/// The listed places among plain words, in their order; the longest name counts ("new york").
pub fn places(plain: &str) -> Vec<Place> {
    let words: Vec<&str> = plain.split(' ').collect();
    let mut places = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let longest = (1..=NAME_WORDS_MAX.min(words.len() - at)).rev().find_map(|count| {
            let name = words.get(at..at + count)?.join(" ");
            let key = *NAMES.get(name.as_str())?;
            Some((count, Place { written: name, key }))
        });
        at += longest.as_ref().map_or(1, |(count, _)| *count);
        places.extend(longest.map(|(_, place)| place));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_one_in_every_language() {
        let key = |text: &str| places(text).first().map(|place| place.key);
        assert_eq!(key("shipping to canada"), key("versand nach kanada"));
        assert_eq!(key("in the us"), key("aux etats unis"));
        assert!(key("to new york city").is_some() && key("to new york city") != key("new jersey"));
    }

    #[test]
    fn words_that_are_no_places_are_left_alone() {
        for text in ["tell us more", "a turkey sandwich", "michael jordan shoes", ""] {
            assert_eq!(places(text), [], "{text}");
        }
    }
}
