//! Spanish wording. The subjunctive asks ("no me envíen"), the indicative tells ("no me envían"): the forms carry the difference.

use super::grammar::Table;

/// How Spanish-speaking customers ask to be left alone, or back. `phrase` says how a row is read.
pub const TABLE: Table = Table {
    spelling: SPELLING,
    joined: JOINED,
    courtesy: "porfavor gracias porfa favor y e pero hola buenas ahora ya perdon disculpe disculpen inmediatamente nunca senor senores",
    classes: CLASSES,
    stop: STOP,
    except: EXCEPT,
    instruction: &[
        "envia|envie|responda|responde|mande|manda stop|baja|alto|salir ..1 al|a|para",
        "para darse|darte de baja ..1 envia|envie|responda|responde|manda",
    ],
    start: START,
    help: &["<< ayuda >>"],
};

const SPELLING: &[(&str, &str)] = &[
    ("msj", "mensajes"),
    ("msjs", "mensajes"),
    ("msjes", "mensajes"),
    ("mensages", "mensajes"),
    ("mensage", "mensaje"),
    ("mjs", "mensajes"),
    ("mensajitos", "mensajes"),
    ("q", "que"),
    ("qiero", "quiero"),
    ("kiero", "quiero"),
    ("xfa", "porfavor"),
    ("xfavor", "porfavor"),
    ("porfis", "porfavor"),
    ("nro", "numero"),
    ("telefono", "numero"),
    ("celular", "numero"),
    ("escriva", "escriba"),
    ("escrivan", "escriban"),
    ("embien", "envien"),
    ("enbien", "envien"),
    ("dege", "deje"),
    ("degen", "dejen"),
    ("recivir", "recibir"),
    ("resibir", "recibir"),
];

const JOINED: &[(&str, &str)] =
    &[("por favor", "porfavor"), ("x favor", "porfavor"), ("por fa", "porfavor"), ("otra vez", "otravez"), ("de nuevo", "otravez")];

const CLASSES: &[(&str, &str)] = &[
    ("dejen", "dejen deje deja dejad dejar dejes paren pare para parar parad cesen cese basta"),
    ("mensajes", "mensajes mensaje sms textos publicidad promociones promos spam propaganda anuncios notificaciones ofertas"),
    ("enviar", "enviar enviarme enviarnos mandar mandarme mandarnos enviando mandando"),
    (
        "escribirme",
        "escribirme escribirnos escribir molestarme molestar molestarnos contactarme contactar contactarnos textearme textear acosarme acosar fastidiar fastidiarme mensajear mensajearme",
    ),
    ("envien", "envien envie envies envieis manden mande mandes mandeis"),
    (
        "escriban",
        "escriban escriba escribas escribais contacten contacte contactes contacteis molesten moleste molestes textee texteen mensajeen",
    ),
    (
        "quiten",
        "quitenme quiteme quitame saquenme saqueme sacame borrenme borreme borrame eliminenme elimineme eliminame remuevanme remueveme sacarme quitarme borrarme eliminarme \
                quitadme borradme",
    ),
    (
        "borren",
        "eliminen elimine elimina borren borre borra eliminar borrar olviden olvide olvida quiten quite quita saquen saque saca pierda pierdan",
    ),
    ("lista", "lista listas base sistema contactos registros agenda"),
    ("quiero", "quiero deseo queremos deseamos quisiera necesito gustaria"),
];

const STOP: &[&str] = &[
    "<< stop|alto|basta|paren|pare|baja|parad|dejen|detengan >>",
    "<< para|pare|paren|parad|basta ya >>",
    "< stop >",
    "<< ya no mas >>",
    "no|nunca|jamas me|nos @envien ..2 @mensajes|nada",
    "no|nunca me|nos @envien mas|> >",
    "no @envien mas @mensajes",
    "no|nunca|jamas me|nos @escriban",
    "no|nunca me|nos vuelvan|vuelva|vuelvas|sigan|siga|sigas a? @escribirme|@enviar|escribiendo|enviando|mandando|molestando|contactando",
    "no|nunca vuelvan|vuelva|vuelvas|sigan|siga|sigas a? @escribirme|@enviar",
    "no|ya @quiero mas|sus|tus|estos|los|tantos|ningun|recibir|que|seguir|seguir ..3 @mensajes",
    "no @quiero que me|nos @escriban",
    "no @quiero que me|nos @envien nada|mas|>",
    "no @quiero ser contactado|contactada|molestado|molestada",
    "no @quiero @mensajes",
    "ya no @quiero @mensajes",
    "@dejen|dejar ya? de ..1 @escribirme",
    "@dejen ya? de @enviar ..2 @mensajes|cosas|>",
    "@dejen|dejar de @enviar ..2 @mensajes",
    "basta de|con ..2 @mensajes",
    "< no mas @mensajes >",
    "< ni un @mensajes mas",
    "< sin @mensajes >",
    "@quiten ..1 de|del ..3 @lista",
    "@quiten porfavor >>",
    "me quiten|saquen|borren|eliminen|retiren de ..2 @lista",
    "@borren mi|este numero >",
    "@borren mi|este numero de ..4 @lista|sus|su|tu",
    "olviden|olvide|olvida|pierdan mi|este numero",
    "dejenme|dejame|dejeme|dejenos|dejadme en? paz|tranquilo|tranquila",
    "darme|darnos de baja >",
    "darme|darnos|doy|dar|damos de baja de|del|en ..2 @mensajes|@lista",
    "dame|denme|deme|dadme|denos ..1 de baja >",
    "dame|denme|deme|dadme de baja de|del ..2 @mensajes|@lista|esto",
    "den|dar|dan|de de baja mi|este numero",
    "como me doy de baja >",
    "me doy de baja >|de",
    "cancelar|cancelen|cancele|cancela|detener|detengan|detenga|paren|pare los|estos|sus|la|las|esos|el|de suscripcion|envio|alertas? a|de? los|estos|sus? @mensajes >",
    "retiro|revoco|anulo mi ..1 consentimiento|permiso|autorizacion",
    "me opongo a ..4 @mensajes",
    "desuscribirme|desuscribanme|desuscribeme|desinscribirme|desuscribir",
    "numero equivocado .? stop|borren|eliminen|quiten",
];

const EXCEPT: &[&str] = &[
    "no|nunca|sin @dejen",
    "no me den|des|de|deis de baja",
    "no me|quiero darme|doy de baja",
    "@escriban|@envien ..2 antes|hasta|despues|durante|mientras",
    "no me @quiten|borren|quiten|saquen",
    "@quiten ..3 espera",
    "@escriban por correo|email|telefono",
    "desuscribirme del|de ..2 plan|premium|correo|correos|canal",
    "por sms|mensaje|texto",
    "por que ..6",
    "porque no me ..3",
    "@enviar|@envien ..1 @mensajes de error",
    "como @borren mi numero",
    "numero y pongan|agreguen|ponga|agregue|poner",
    "si no me ..3",
];

const START: &[&str] = &[
    "@quiero ..1 recibir ..2 @mensajes otravez",
    "pueden|puedes|puede volver a @escribirme|@enviar",
    "vuelvan|vuelva|vuelve a @escribirme|@enviar >",
    "suscribirme|suscribanme|suscribeme otravez",
    "darme|denme|dame de alta otravez?",
    "<< escribanme|escribeme otravez >>",
    "reanuden|reanudar los|sus? @mensajes",
];
