//! The small words of seven languages: they say which language it is and little about what is wanted.
//!
//! English, French, Spanish and German are spoken by the local mind. Portuguese, Italian and Dutch are here as rivals, so that they are
//! not mistaken for one of the four. Words are written as [`crate::text::plain`] writes them: no accents, "don't" as "dont".

use std::collections::HashMap;
use std::sync::LazyLock;

/// Languages in the order of their bit in [`languages_of`].
pub const LANGUAGES: [&str; 7] = ["en", "fr", "es", "de", "pt", "it", "nl"];

/// How many of [`LANGUAGES`] the mind itself speaks; they stand first.
pub const SPOKEN: usize = 4;

const EN: &str = "a about after again all also am an and any are arent as at be because been before being but by can cant could couldnt \
did didnt do does doesnt doing dont for from get got had has hasnt have havent he her here hers hi him his how i id if ill im in into is \
isnt it its ive just like me mine more most my no not now of off on one only or our out over own please pls really she should so some still \
than thanks that thats the their them then there these they this those to too u up ur us very was wasnt we well were what whats when \
where wheres which while who whos why will with wont would yes you your youre yours ya gonna wanna gotta thx plz hey hello";

const FR: &str = "a ai alors apres as au aucun aussi aux avant avec avez avoir bien bonjour bonsoir c ca car ce cela ces cet cette ceux \
chez comme comment d dans de des deux dois doit donc du elle elles en encore es est et etait ete etes etre eu fait faire faut il ils j je \
jusqu l la le les leur leurs lui m ma mais me meme mes moi mon n ne ni non nos notre nous on ont ou oui par parce pas peu peut peux plus \
pour pourquoi pouvez puis puisque qu quand que quel quelle quelles quels qui quoi s sa sans se sera ses si son sont suis sur svp t ta te \
tes toi ton toujours tous tout toute toutes tres trop tu un une va vais vers veux voici voila vos votre vous y salut merci etes stp";

const ES: &str = "a ahora al algo alguien alguna algun ante antes aqui asi aun aunque buenas buenos bien cada como con contra cual cuales \
cuando cuanto cuanta cuantos cuantas de del desde donde dos e el ella ellas ellos en entre era es esa ese eso esta estaba estan estar \
este esto estoy fue fui gracias ha hace hacer han has hasta hay he hola la las le les lo los mas me mi mis muy nada necesito ni no nos \
nosotros nuestra nuestro o otra otro para pero podeis podria por porque puede puedo pueden pues que quien quiero se ser si sido sin sobre \
son soy su sus tambien te tengo tiene tienen tienes todo todos tu tus un una uno unos usted ustedes vosotros y ya yo favor q x xq";

const DE: &str = "ab aber alle als am an auch auf aus bei bin bis bitte da damit danke dann das dass dein deine dem den denn der des dich \
die dir doch du durch ein eine einem einen einer es euch euer fur ganz gibt haben habe habt hallo hat hatte hier ich ihm ihn ihnen ihr \
ihre ihrem ihren im immer in ist ja jetzt kann kannst kein keine konnen konnte mal man mehr mein meine meinem meinen meiner mich mir mit \
moin muss nach nicht noch nun nur ob oder schon sehr sein seine sich sie sind so soll und uns unser unsere von vom vor wann war warum was \
weil welche welcher wenn wer werden wie wieder wir wird wo wurde zu zum zur uber morgen heute gestern";

const PT: &str = "a ao aos aquela aquele as ate bom boa com como da das de dela dele depois do dos e ela ele eles em entre era essa esse \
esta este estou eu foi ha isso isto ja la lhe mais mas me mesmo meu meus minha muito na nao nas nem no nos nossa nosso num numa o obrigado \
obrigada ola onde os ou para pela pelo por porque posso quando quanto que quem se sem ser seu seus so sua tambem te tem tenho ter toda \
todo tu tudo um uma voce voces esta gostaria quero fazer";

const IT: &str = "a abbiamo ai al alla alle anche avete bene buongiorno che chi ci ciao come con cosa cui da dal dalla degli dei del della \
delle di do dopo dove e ed era gli grazie ha hai hanno ho i il in io la le lei li lo loro lui ma mi mia mio molto nel nella no noi non \
nostra nostro o ogni per perche piu poi posso puo quale quando quanto quanti questa questo qui se sei senza si sia siamo sono sta sto su \
sua sul suo te ti tra tu tua tuo tutti tutto un una uno vi voi vorrei ancora quello";

const NL: &str = "aan al alles als altijd ben bij daar dag dan dat de deze die dit doen door dus een en er ge geen had heb hebben hebt \
heeft hem het hier hij hoe hoi hoeveel ik in is ja je jij jullie kan kunnen kunt maar me meer met mij mijn moet naar niet niets nog nu of \
om onder ons onze ook op over te toch toen tot u uit uw van veel voor waar waarom wanneer want waren was wat we wel werd wie wij wil \
worden wordt ze zich zij zijn zo zonder zou bedankt goedemorgen graag";

/// Words of trade and courtesy that tell the language but carry meaning: they are no function words.
const TELLING: [&str; 7] = [
    "order refund delivery shipping price open close closed store shop card money track tracking package return much many long where help \
     need want know time today tomorrow morning evening good call text number account payment charged cancel change size week days buy work \
     broken wrong late arrived never cost hours free lol nite gud tmr",
    "commande remboursement livraison livrer colis magasin prix combien ouvert ferme horaires heure heures retour argent carte facture \
     besoin aide jour jours demain hier semaine numero compte paiement annuler changer taille recu urgent acheter adresse marche cadeau \
     voudrais aimerais savoir coucou dispo rdv personne quelqu quelque",
    "pedido pedidos reembolso envio enviar paquete tienda precio cuesta abierto abren abre cierran cierra horario devolver devolucion \
     dinero tarjeta factura ayuda dias manana ayer semana numero cuenta pago cancelar cambiar talla comprar direccion recibido llega llegado \
     llego regalo saber tardes dias noches disculpe perdon quisiera hablar cita mande hacen tarda",
    "bestellung bestellt lieferung paket geschaft preis kostet offen offnet geoffnet geschlossen offnungszeiten ruckgabe zuruck geld \
     karte rechnung hilfe tage uhr wochen nummer konto zahlung stornieren andern grosse kaufen adresse angekommen gutschein lange brauche \
     mochte gerne guten tag abend servus gruss versand umtausch umtauschen laden filiale rad fahrrad termin kaputt erhalten",
    "pedido encomenda entrega reembolso loja preco aberto fechado dinheiro cartao ajuda dias amanha semana bom dia comprar",
    "ordine rimborso consegna spedizione pacco negozio prezzo costa aperto chiuso orari soldi carta fattura aiuto giorni domani ieri \
     settimana numero conto comprare arrivato salve buonasera prego",
    "bestelling pakket levering winkel prijs kost open gesloten geld kaart factuur hulp dagen morgen gisteren week nummer kopen geleverd terug",
];

struct Words {
    function: HashMap<&'static str, u8>,
    telling: HashMap<&'static str, u8>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| Words { function: masks([EN, FR, ES, DE, PT, IT, NL]), telling: masks(TELLING) });

fn masks(lists: [&'static str; 7]) -> HashMap<&'static str, u8> {
    let mut masks: HashMap<&'static str, u8> = HashMap::new();
    for (bit, list) in lists.into_iter().enumerate() {
        for word in list.split_whitespace() {
            *masks.entry(word).or_default() |= 1 << bit;
        }
    }
    masks
}

/// The word is a function word of one of the four spoken languages.
pub fn is_function_word(word: &str) -> bool {
    WORDS.function.get(word).is_some_and(|mask| mask & ((1 << SPOKEN) - 1) != 0)
}

/// The languages that know the word as a telling one: bit `i` is `LANGUAGES[i]`; 0 when none does.
pub fn languages_of(word: &str) -> u8 {
    WORDS.function.get(word).copied().unwrap_or(0) | WORDS.telling.get(word).copied().unwrap_or(0)
}
