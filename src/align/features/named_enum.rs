//! Enums whose variants have a name in a table and a position in an array.

/// Defines an enum with `ALL`, `COUNT`, `index`, `name` and `from_name`, all from one list.
macro_rules! named_enum {
    (
        $(#[$about:meta])*
        $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(in crate::align) enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// All variants, by index.
            pub(in crate::align) const ALL: [$name; [$($text),+].len()] = [$($name::$variant),+];

            /// The number of variants.
            pub(in crate::align) const COUNT: usize = $name::ALL.len();

            /// The position in arrays and in `ALL`.
            pub(in crate::align) const fn index(self) -> usize {
                self as usize
            }

            /// The name in tables of weights.
            pub(in crate::align) const fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)+
                }
            }

            /// The variant of a name in a table of weights.
            #[allow(dead_code)]
            pub(in crate::align) fn from_name(name: &str) -> Option<$name> {
                $name::ALL.into_iter().find(|variant| variant.name() == name)
            }
        }
    };
}
pub(in crate::align) use named_enum;
