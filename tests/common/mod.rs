//! Shared by several tests: parallel texts, runs of the command line tool, and checks of its JSON.

// Each test file is a separate crate and uses only a part of this module.
#![allow(dead_code)]

#[cfg(feature = "cli")]
pub mod cli;
pub mod json;
pub mod schema;
/// The library's random numbers, which it does not export.
#[path = "../../src/split_mix.rs"]
pub mod split_mix;
#[cfg(feature = "cli")]
pub mod workshop;

/// Short English sentences, parallel to [`UKRAINIAN`] and [`GERMAN`]. Tests combine them to texts of any length.
pub const ENGLISH: [&str; 8] = [
    "The town library will close for three weeks in March.",
    "Workers are going to replace the old heating and the roof.",
    "Readers may keep their books until the first of April.",
    "The director, Olena Bondar, called the repair long overdue.",
    "Two million euros come from a fund of the European Union.",
    "A bus with 900 books will visit the villages on Tuesdays.",
    "Children complained that the reading club was cancelled.",
    "The reopening is to be celebrated with a concert.",
];

/// The Ukrainian side of [`ENGLISH`].
pub const UKRAINIAN: [&str; 8] = [
    "Міська бібліотека зачиниться на три тижні в березні.",
    "Робітники замінять старе опалення та дах.",
    "Читачі можуть тримати книжки до першого квітня.",
    "Директорка Олена Бондар назвала ремонт давно необхідним.",
    "Два мільйони євро надійдуть із фонду Європейського Союзу.",
    "Автобус із 900 книжками їздитиме селами щовівторка.",
    "Діти скаржилися, що читацький клуб скасували.",
    "Відкриття мають відсвяткувати концертом.",
];

/// The German side of [`ENGLISH`].
pub const GERMAN: [&str; 8] = [
    "Die Stadtbibliothek schließt im März für drei Wochen.",
    "Arbeiter werden die alte Heizung und das Dach erneuern.",
    "Die Leser dürfen ihre Bücher bis zum ersten April behalten.",
    "Die Direktorin Olena Bondar nannte die Reparatur längst überfällig.",
    "Zwei Millionen Euro kommen aus einem Fonds der Europäischen Union.",
    "Ein Bus mit 900 Büchern wird dienstags die Dörfer besuchen.",
    "Kinder beklagten sich, dass der Leseklub abgesagt wurde.",
    "Die Wiedereröffnung soll mit einem Konzert gefeiert werden.",
];

/// A text that is reliably detected as Russian.
pub const RUSSIAN: &str = "Городская библиотека закроется на три недели в марте, потому что \
    рабочие должны заменить старое отопление и крышу. Читатели могут оставить книги у себя до \
    первого апреля. Это был бы хороший подарок всем жителям, сказал вчера мэр этого города.";

/// A text that is reliably detected as French.
pub const FRENCH: &str = "La bibliothèque municipale fermera ses portes pendant trois semaines au \
    mois de mars, parce que les ouvriers doivent remplacer le chauffage et le toit. Les lecteurs \
    peuvent garder leurs livres jusqu'au premier avril.";
